"""Commands that talk to the acquirer of no one payment: sign-on, settle, inquire, recover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tallywire.commands.terminal.endings import ending
from tallywire.commands.terminal.session import Options, perform, say
from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings

SALE_EXITS: Final = {
    "declined": Exit.DECLINED,
    "reversed": Exit.DECLINED,
    "not_sent": Exit.UNREACHABLE,
    "refused": Exit.REFUSED,
    "cancelled": Exit.REFUSED,
}
INQUIRE_EXITS: Final = {"refused": Exit.REFUSED, "declined": Exit.DECLINED}
SETTLE_EXITS: Final = {"open": Exit.UNREACHABLE, "refused": Exit.REFUSED}


@click.command("sign-on")
@click.pass_obj
def sign_on(options: Options) -> None:
    """Sign on with the acquirer."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.sign_on()
        say(options, result, f"Signed on, batch {result.batch}." if result.signed_on else "")
        if not result.signed_on:
            raise ending(result, Exit.UNREACHABLE)

    perform(options, act)


@click.command()
@click.pass_obj
def settle(options: Options) -> None:
    """Close the batch with the acquirer, or go on closing it."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        result = await terminal.settle()
        say(options, result, f"{result.outcome.upper()}  batch {result.batch}  {result.en}")
        if not result.closed:
            raise ending(result, SETTLE_EXITS.get(result.outcome, Exit.UNKNOWN_OUTCOME))

    perform(options, act)


@click.command()
@click.argument("batch", default="")
@click.pass_obj
def inquire(options: Options, batch: str) -> None:
    """Ask where BATCH, or the open one, stands at the acquirer; closes nothing.

    Our own extension, for hosts that have it: `settlement_inquiry = true` switches it on.
    """

    async def act(terminal: Terminal, settings: Settings) -> None:
        from terminal.inquiry import batch_problem

        if batch and (problem := batch_problem(batch)):
            raise Ending(Exit.USAGE, f"{batch!r}: {problem}.", "See inquire --help.")
        result = await terminal.inquire(batch)
        answered = result.outcome == "answered"
        sentence = f"{result.state.upper()}  batch {result.batch}  {result.en}"
        say(options, result, sentence if answered else "")
        if not answered:
            raise ending(result, INQUIRE_EXITS.get(result.outcome, Exit.UNREACHABLE))

    perform(options, act)


@click.command()
@click.option("--retry-manual", is_flag=True, help="Try again what was given up for a person.")
@click.pass_obj
def recover(options: Options, *, retry_manual: bool) -> None:
    """Finish what is unfinished: settlement, reversals, paper that waits."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from terminal.texts import text_of

        result = await terminal.recover(retry_manual=retry_manual)
        await terminal.paperwork.print_waiting()
        say(options, result, f"{result.mode}, batch {result.batch}.")
        if result.reversals_manual:
            text = text_of("L48")
            raise Ending(Exit.UNKNOWN_OUTCOME, f"{text.en}.", f"{text.next_en}.", "L48")
        if result.mode not in ("READY", "NEEDS_SIGNON"):
            raise Ending(Exit.UNKNOWN_OUTCOME, f"Still {result.mode}.", "Try again later.")

    perform(options, act)
