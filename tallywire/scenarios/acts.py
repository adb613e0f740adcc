"""What each verb does on the stage."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from protocol.kinds import PaymentKind
from protocol.operations import Card
from protocol.secrets import Pan
from tallywire.payments import VERBS as PAYMENTS
from tallywire.payments import Wanted
from tallywire.scenarios.script import Step
from tallywire.scenarios.stage import Stage, StageError
from tallywire.scenarios.verbs import PaperResult, Verb
from tallywire.virtual_printer import control_line
from terminal.aio.clerk import AmbiguousError
from terminal.errors import TerminalError
from terminal.orders import Order, What
from terminal.print_outcome import As, PrintOutcome
from terminal.selection import Selection

MOMENT_S: Final = 1.0
"""Until what was done to a printer has come over its cable; nobody really waits."""

Operation = Callable[[Stage, Step], Awaitable[msgspec.Struct]]
"""What a terminal does."""
Act = Callable[[Stage, Step], Awaitable[None]]
"""What somebody else does."""


async def _pay(stage: Stage, step: Step) -> msgspec.Struct:
    has_card = step.card or step.do in _NEED_CARD
    wanted = Wanted(
        amount=step.amount,
        read=Card(Pan(step.pan)) if has_card else None,
        stan=step.voucher,
        batch=step.batch or None,
        rrn=step.rrn,
        advice=step.advice,
        partial=step.partial,
        tag=step.tag,
        currency=stage.scenario.terminal.currency,
    )
    return await PAYMENTS[step.do.value](stage.terminal, wanted)


_NEED_CARD: Final = (Verb.SALE, Verb.PREAUTH, Verb.OFFLINE_SALE, Verb.BALANCE)


async def _sign_on(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.sign_on()


async def _echo(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.echo()


async def _settle(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.settle()


async def _recover(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.recover(retry_manual=step.manual)


async def _status(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.status()


async def _inquire(stage: Stage, step: Step) -> msgspec.Struct:
    return await stage.terminal.inquire(step.batch.zfill(6) if step.batch else "")


async def _compare(stage: Stage, step: Step) -> msgspec.Struct:
    batch = step.batch.zfill(6) if step.batch else ""
    return (await stage.terminal.recoverer.compare(Selection(batch=batch))).result


async def _print(stage: Stage, step: Step) -> msgspec.Struct:
    return _told(await stage.terminal.paperwork.print_waiting())


async def _reprint(stage: Stage, step: Step) -> msgspec.Struct:
    clerk = stage.terminal.clerk
    what = What.ANY if step.voucher else What(step.what)
    order = Order(
        what=what,
        stan=step.voucher.zfill(6) if step.voucher else None,
        batch=step.batch.zfill(6) if step.batch else None,
        copy=step.copy,
    )
    try:
        return _told(
            await clerk.reprint(
                await clerk.find(order),
                operator=stage.scenario.terminal.operator,
                as_what=As.ORIGINAL if step.original else As.DUPLICATE,
            )
        )
    except AmbiguousError as error:
        return PaperResult(code=error.code)
    except TerminalError as error:
        return PaperResult(code=error.code)


async def _came_out(stage: Stage, step: Step) -> msgspec.Struct:
    return await _say_of(stage, step)


async def _say_of(stage: Stage, step: Step) -> msgspec.Struct:
    by, jobs = stage.scenario.terminal.operator, stage.terminal.paperwork.jobs
    job = await stage.terminal.clerk.job_named(step.job)
    try:
        match step.do:
            case Verb.CAME_OUT:
                outcome = await jobs.came_out(job, by=by)
            case Verb.DID_NOT:
                outcome = await jobs.did_not(job, by=by)
            case _:
                outcome = await jobs.void(job, by=by, reason="scenario")
    except TerminalError as error:
        return PaperResult(code=error.code)
    return _told([outcome])


def _told(outcomes: Sequence[PrintOutcome]) -> PaperResult:
    causes = [outcome.cause for outcome in outcomes if outcome.cause]
    states = " ".join(outcome.state.value for outcome in outcomes)
    return PaperResult(states=states, code=causes[0] if causes else "")


OPERATIONS: Final[Mapping[Verb, Operation]] = {
    **{verb: _pay for verb in Verb if verb.value in PAYMENTS},
    Verb.SIGN_ON: _sign_on,
    Verb.ECHO: _echo,
    Verb.SETTLE: _settle,
    Verb.RECOVER: _recover,
    Verb.STATUS: _status,
    Verb.INQUIRE: _inquire,
    Verb.COMPARE: _compare,
    Verb.PRINT: _print,
    Verb.REPRINT: _reprint,
    Verb.CAME_OUT: _came_out,
    Verb.DID_NOT: _say_of,
    Verb.VOID_PAPER: _say_of,
}
"""Verb -> what the terminal does."""


async def _fault(stage: Stage, step: Step) -> None:
    assert step.fault is not None, "a verb's keys are checked when the file is read"
    stage.acquirer.add_fault(step.fault)


async def _calm(stage: Stage, step: Step) -> None:
    stage.take_faults()


async def _printer(stage: Stage, step: Step) -> None:
    await control_line(stage.printer, step.line)
    await asyncio.sleep(MOMENT_S)


async def _disk(stage: Stage, step: Step) -> None:
    if stage.disk is None:
        raise StageError("the terminal is off, and its disk with it")
    stage.disk.skip, stage.disk.refuse = step.skip, step.refuse


async def _clock(stage: Stage, step: Step) -> None:
    stage.clock.forward_s += step.seconds


async def _wait(stage: Stage, step: Step) -> None:
    await asyncio.sleep(step.seconds)


async def _kill_terminal(stage: Stage, step: Step) -> None:
    await stage.kill_terminal()


async def _start_terminal(stage: Stage, step: Step) -> None:
    await stage.start_terminal()


async def _kill_acquirer(stage: Stage, step: Step) -> None:
    await stage.kill_acquirer()


async def _start_acquirer(stage: Stage, step: Step) -> None:
    await stage.start_acquirer()


ACTS: Final[Mapping[Verb, Act]] = {
    Verb.FAULT: _fault,
    Verb.CALM: _calm,
    Verb.PRINTER: _printer,
    Verb.DISK: _disk,
    Verb.CLOCK: _clock,
    Verb.WAIT: _wait,
    Verb.KILL_TERMINAL: _kill_terminal,
    Verb.START_TERMINAL: _start_terminal,
    Verb.KILL_ACQUIRER: _kill_acquirer,
    Verb.START_ACQUIRER: _start_acquirer,
}
"""Verb -> what is done to the stage."""

assert PaymentKind.SALE.value in PAYMENTS, "the terminal's verbs are those of the table"


async def operate(stage: Stage, step: Step) -> Any:
    """Let the terminal do a step; None when its power failed meanwhile."""
    stage.terminal  # noqa: B018 - raises when it is off
    if step.cut:
        stage.power.fail_at(step.cut, step.nth)
    result = None
    for _ in range(step.times):
        result = await stage.operate(_as_coroutine(stage, step))
        if result is None:
            return None
    stage.power.keep()
    return result


async def _as_coroutine(stage: Stage, step: Step) -> msgspec.Struct:
    return await OPERATIONS[step.do](stage, step)
