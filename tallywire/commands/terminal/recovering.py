"""Commands that hold the acquirer's copy against the books: recover-receipts, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.endings import ending
from tallywire.commands.terminal.paper import tell_outcomes
from tallywire.commands.terminal.session import Options, perform, say
from tallywire.exits import Ending, Exit
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings
    from terminal.results import CopyResult, RecoveryResult
    from terminal.selection import Selection


@click.command("recover-receipts")
@click.option("--batch", default="", metavar="NUMBER", help="This batch; the open one if none.")
@click.option("--stan", default="", metavar="NUMBER", help="Only this voucher of the batch.")
@click.option("--rrn", default="", metavar="DIGITS", help="Only this reference, of any batch.")
@click.option("--auth", default="", metavar="CODE", help="Only this authorisation of the batch.")
@click.option("--print", "now", is_flag=True, help="Print them now, not when they are asked for.")
@click.option("--yes", is_flag=True, help="Rebuild without asking.")
@click.pass_obj
def recover_receipts(
    options: Options, *, batch: str, stan: str, rrn: str, auth: str, now: bool, yes: bool
) -> None:
    """Rebuild the receipts of payments that only the acquirer has (补录).

    Lists what differs, asks, and rebuilds from the acquirer's record what the books here have
    lost. It is paper only: no payment, no total and no batch changes. Our own extension, for hosts
    that have it: `payment_inquiry = true` switches it on.
    """

    async def act(terminal: Terminal, settings: Settings) -> None:
        compared = await terminal.recoverer.compare(_selection(batch, stan, rrn, auth))
        _show(options, compared.result)
        count = len(compared.lost)
        asks = count and options.asks_person and not yes
        if asks and not click.confirm(f"补录 {count} 张凭证 / Rebuild {count} receipts?"):
            click.echo("Nothing was rebuilt.")
            return
        result = await terminal.recoverer.rebuild(compared, printed=now)
        _say_rebuilt(options, result)
        if now and result.receipts:
            tell_outcomes(options, await terminal.paperwork.print_waiting())
        _end(result)

    perform(options, act)


@click.command()
@click.option("--host", is_flag=True, help="Compare with the acquirer's copy as well.")
@click.option("--batch", default="", metavar="NUMBER", help="With --host: not the open batch.")
@click.pass_obj
def verify(options: Options, *, host: bool, batch: str) -> None:
    """Check that tables and papers are what the journal says; with --host, the acquirer's copy too.

    Ends with 0 only if nothing differs.
    """

    async def act(terminal: Terminal, settings: Settings) -> None:
        if batch and not host:
            raise Ending(Exit.USAGE, "--batch compares with the acquirer.", "Give --host as well.")
        found = await terminal.verify()
        for one in found:
            if options.as_json:
                tell(event="difference", where=one.where, problem=one.problem)
            else:
                click.echo(f"{one.where}: {one.problem}")
        if host:
            compared = await terminal.recoverer.compare(_selection(batch, "", "", ""))
            _show(options, compared.result)
            say(options, compared.result, "")
            _end(compared.result)
        if found:
            sentence = f"{len(found)} things here are not what the journal says."
            raise Ending(Exit.BOOKS_DIFFER, sentence, "Keep the data as it is and call service.")
        if not options.as_json:
            click.echo("All is as the journal says.")

    perform(options, act)


def _selection(batch: str, stan: str, rrn: str, auth: str) -> Selection:
    from tallywire.paper_orders import BadOrder
    from tallywire.recovery import selection_of

    problem = ""
    try:
        return selection_of(batch=batch, stan=stan, rrn=rrn, auth=auth)
    except BadOrder as error:
        problem = str(error)
    raise Ending(Exit.USAGE, f"{problem[0].upper()}{problem[1:]}.", "See --help.")


def _show(options: Options, compared: CopyResult) -> None:
    if compared.payments and not options.as_json:
        from tallywire.recovery_views import show_copy

        show_copy(compared.payments)


def _say_rebuilt(options: Options, result: RecoveryResult) -> None:
    from tallywire.recovery import exit_of

    names = f": {', '.join(result.receipts)}" if result.receipts else ""
    well = exit_of(result) is Exit.OK
    say(options, result, f"{result.zh} / {result.en}{names}." if well else "")


def _end(result: CopyResult | RecoveryResult) -> None:
    from tallywire.recovery import exit_of

    if exit_of(result) is not Exit.OK:
        raise ending(result, exit_of(result))
