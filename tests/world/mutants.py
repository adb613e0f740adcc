"""Broken products: each a mistake met in the field, put in memory over one named function or row.

A world that finds nothing proves nothing until it has found these. None is a Mock: each replaces
a function, a row of a table or a constant by one that does the wrong thing on purpose.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from acquirer_sim import decide, payments, reversals, settlements
from acquirer_sim.aio import opening
from acquirer_sim.rows import PaymentStatus
from terminal import papers, payment, printing, reversal, settlement, upload
from terminal.aio import cashier, database, line, paperwork, performer, reverser, settler
from terminal.attempt import ItemTaken
from terminal.effects import Commit, Effects, Send
from terminal.machine import CommitFailed, Connected, Mismatched, PowerOn, TimedOut, Transition
from terminal.numbers import next_number
from terminal.payment import PaymentDeclined, PaymentPhase
from terminal.printing import Issued, Job, JobState, Ready
from terminal.reversal import ReversalCleared
from terminal.totals import total
from tests.world.power import current_process

Patch = contextlib.AbstractContextManager[None]


@dataclass(frozen=True)
class Mutant:
    """One mistake: its name, what is wrong, how to make it, and the weather that shows it.

    `scenario` and `given` say where to look: faults that are there in every run, beside one more.
    """

    name: str
    wrong: str
    patches: Callable[[], tuple[Patch, ...]]
    scenario: str
    given: Mapping[str, str]
    by_mti: bool = False
    """Seen by an MTI that a repeat has: the packed dialect has none."""

    def __str__(self) -> str:
        return self.name

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Break the product, and mend it again."""
        with contextlib.ExitStack() as stack:
            for patch in self.patches():
                stack.enter_context(patch)
            yield


@contextlib.contextmanager
def function(owner: Any, name: str, broken: Any) -> Iterator[None]:
    """Put `broken` in the place of an attribute of a module or class."""
    sound = getattr(owner, name)
    setattr(owner, name, broken)
    try:
        yield
    finally:
        setattr(owner, name, sound)


@contextlib.contextmanager
def row(table: Any, key: Any, broken: Any) -> Iterator[None]:
    """Put `broken` in one row of a table; take a row away again that was not there."""
    sound = table.get(key)
    table[key] = broken
    try:
        yield
    finally:
        if sound is None:
            del table[key]
        else:
            table[key] = sound


async def _send_then_commit(self: Any, machine: Any, state: Any, effects: Effects) -> Any:
    if effects and isinstance(effects[-1], Send):
        event = await self._send(machine, state, effects[-1])
        for effect in effects[:-1]:
            assert isinstance(effect, Commit)
            await self._commit(effect)
        return event
    return await _SOUND_PERFORM(self, machine, state, effects)


_SOUND_PERFORM: Final = performer.Performer._perform


def _decline_unanswered(paying: Any, event: Any) -> tuple[Any, Effects]:
    key = {"batch": paying.purchase.batch, "stan": paying.purchase.stan}
    return paying, (Commit((PaymentDeclined(**key, code="68"), ReversalCleared(**key))),)


def _ask_with_a_new_stan(attempt: Any, event: Any) -> tuple[Any, Effects]:
    again, effects = settlement._send(attempt, event)
    if not attempt.sends:
        return again, effects
    stan = next_number(attempt.request.stan)
    again = replace(again, request=msgspec.structs.replace(attempt.request, stan=stan))
    fact, send = effects
    assert isinstance(send, Send)
    return again, (fact, replace(send, request=again.request))


def _ask_as_if_new(attempt: Any, event: Any) -> tuple[Any, Effects]:
    again, (fact, send) = settlement._send(attempt, event)
    assert isinstance(send, Send)
    return again, (fact, replace(send, request=attempt.request))


async def _resume_with_fresh_totals(self: Any, attempt: Any) -> Any:
    """Add up again what the journal holds, as a terminal does that keeps no frozen totals."""
    rows = await self.desk.journal.fetch("SELECT DISTINCT batch FROM payment")
    items = [item for (batch,) in rows for item in await self.desk.books.items(batch)]
    request = msgspec.structs.replace(attempt.request, totals=total(items))
    return await _SOUND_RESUME(self, replace(attempt, request=request))


_SOUND_RESUME: Final = settler.Settler.resume


_unsaved: dict[Any, tuple[Any, ...]] = {}


def _slip_for_later(*arguments: Any, **details: Any) -> tuple[Any, ...]:
    _unsaved[current_process()] = _SOUND_SLIP(*arguments, **details)
    return ()


async def _save_and_print(self: Any) -> Any:
    facts = _unsaved.pop(current_process(), ())
    if facts:
        await self._books.commit(facts)
    return await _SOUND_PRINT_WAITING(self)


_SOUND_SLIP: Final = papers.slip_papers
_SOUND_PRINT_WAITING: Final = paperwork.Paperwork.print_waiting


def _any_answer_undoes(undoing: Any, reply: Any) -> Any:
    return reversal.Undone("00")


def _always_taken(attempt: Any, reply: Any) -> Any:
    return ItemTaken("00")


async def _connect_once(self: Any) -> None:
    await self._client.connect()


def _settle_again(desk: Any, request: Any, batch: Any) -> Any:
    fresh = msgspec.structs.replace(batch, moved_entry=0, asked=None)
    return settlements._freeze(desk, request, fresh, None)


def _buy_again(desk: Any, request: Any) -> Any:
    origin = request.origin
    desk.rows.payments.pop(
        (origin.terminal_id, origin.merchant_id, request.batch, request.stan), None
    )
    return _SOUND_PURCHASE(desk, request)


_SOUND_PURCHASE: Final = payments.decide_payment


def _leave_no_tombstone(desk: Any, request: Any, token: str, entry: int) -> Any:
    stone = _SOUND_TOMBSTONE(desk, request, token, entry)
    return msgspec.structs.replace(stone, stan="000000", status=PaymentStatus.DECLINED)


_SOUND_TOMBSTONE: Final = reversals._tombstone


def _may_always_start(job: Job) -> bool:
    return job.duplicate > 0 or job.issued is not Issued.YES


_EAGER: Final = printing.WAITING | {JobState.UNKNOWN, JobState.FAILED_PARTIAL}


_P = PaymentPhase

MUTANTS: Final = (
    Mutant(
        "send-before-commit",
        "the request leaves before its intent is on disk",
        lambda: (function(performer.Performer, "_perform", _send_then_commit),),
        "payment",
        {},
    ),
    Mutant(
        "timeout-is-a-decline",
        "silence is taken as a decline, and the reversal is dropped",
        lambda: (
            row(
                payment.TRANSITIONS,
                (_P.SENDING, TimedOut),
                Transition(_P.DECLINED, _decline_unanswered),
            ),
        ),
        "payment",
        {},
    ),
    Mutant(
        "mismatch-clears-the-reversal",
        "a reply that does not match deletes the pending reversal",
        lambda: (
            row(
                payment.TRANSITIONS,
                (_P.SENDING, Mismatched),
                Transition(_P.DECLINED, _decline_unanswered),
            ),
        ),
        "payment",
        {},
    ),
    Mutant(
        "any-answer-clears-the-reversal",
        "the reversal is cleared though the reply was not OK",
        lambda: (function(reverser, "judge", _any_answer_undoes),),
        "payment",
        {"reply terminal1 0210": "lose"},
    ),
    Mutant(
        "boot-forgets-what-was-sent",
        "a payment found SENDING at power-on is taken as never sent",
        lambda: (
            row(
                payment.TRANSITIONS,
                (_P.SENDING, PowerOn),
                Transition(_P.NOT_SENT, payment._not_sent),
            ),
        ),
        "payment",
        {},
    ),
    Mutant(
        "failed-approval-is-ignored",
        "a failed journal write after an approval is ignored",
        lambda: (
            row(
                payment.TRANSITIONS,
                (_P.APPROVED, CommitFailed),
                Transition(_P.DECLINED, _decline_unanswered),
            ),
        ),
        "payment",
        {},
    ),
    Mutant(
        "original-again-after-doubt",
        "what may have come out is printed again, as an original",
        lambda: (
            row(printing.TRANSITIONS[JobState.UNKNOWN], Ready, JobState.SENDING),
            row(printing.TRANSITIONS[JobState.FAILED_PARTIAL], Ready, JobState.SENDING),
            function(printing, "_may_start", _may_always_start),
            function(paperwork, "WAITING", _EAGER),
        ),
        "payment",
        {},
    ),
    Mutant(
        "repeat-with-a-new-stan",
        "an unanswered settlement is asked again as another one",
        lambda: (
            row(
                settlement.TRANSITIONS,
                (settlement._P.UNCERTAIN, Connected),
                Transition(settlement._P.REPEATING, _ask_with_a_new_stan),
            ),
        ),
        "settlement",
        {},
    ),
    Mutant(
        "repeat-as-a-new-0500",
        "a repeat does not say that it is one",
        lambda: (
            row(
                settlement.TRANSITIONS,
                (settlement._P.UNCERTAIN, Connected),
                Transition(settlement._P.REPEATING, _ask_as_if_new),
            ),
        ),
        "settlement",
        {},
    ),
    Mutant(
        "totals-recomputed-on-repeat",
        "a repeat carries totals added up anew instead of the frozen ones",
        lambda: (function(settler.Settler, "resume", _resume_with_fresh_totals),),
        "settlement",
        {},
    ),
    Mutant(
        "sells-while-uncertain",
        "an open settlement does not forbid the next sale",
        lambda: (function(cashier, "SETTLEMENT_BLOCKS", {}),),
        "impatient",
        {},
    ),
    Mutant(
        "print-saves-the-slip",
        "the slip's snapshot is saved by its first print",
        lambda: (
            function(settler, "slip_papers", _slip_for_later),
            function(paperwork.Paperwork, "print_waiting", _save_and_print),
        ),
        "settlement",
        {},
    ),
    Mutant(
        "upload-errors-are-success",
        "an upload item that was refused counts as taken",
        lambda: (function(upload, "judge", _always_taken),),
        "upload",
        {},
    ),
    Mutant(
        "trusts-a-silent-link",
        "a link that did not answer is asked again, for ever",
        lambda: (function(line.AcquirerLine, "connect", _connect_once),),
        "settlement",
        {},
    ),
    Mutant(
        "commits-are-not-durable",
        "the terminal's disk runs with synchronous=NORMAL",
        lambda: (function(database, "PRAGMAS", ("PRAGMA synchronous=NORMAL",)),),
        "payment",
        {},
    ),
    Mutant(
        "host-commits-are-not-durable",
        "the ledger runs with synchronous=NORMAL",
        lambda: (function(opening, "PRAGMAS", ("PRAGMA synchronous = NORMAL",)),),
        "impatient",
        {},
    ),
    Mutant(
        "host-settles-twice",
        "the acquirer treats a repeated 0500 as a new one",
        lambda: (function(settlements, "_answer_again", _settle_again),),
        "settlement",
        {},
    ),
    Mutant(
        "host-buys-twice",
        "the acquirer treats a repeated 0200 as a new one",
        lambda: (function(decide, "decide_payment", _buy_again),),
        "payment",
        {},
    ),
    Mutant(
        "host-keeps-no-tombstone",
        "a purchase that comes after its reversal is approved",
        lambda: (function(reversals, "_tombstone", _leave_no_tombstone),),
        "payment",
        {},
    ),
)
