"""Commands about paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.endings import paper_ending
from tallywire.commands.terminal.session import Options, perform
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings


@click.command()
@click.argument("what", type=click.Choice(["last", "any", "settlement"]))
@click.argument("number", required=False)
@click.option("--batch", help="The batch of the voucher, when several have that number.")
@click.pass_obj
def reprint(options: Options, what: str, number: str | None, batch: str | None) -> None:
    """Print again: the last receipt, any voucher NUMBER, or a settlement (batch NUMBER)."""
    if what == "any" and not number:
        raise click.UsageError("reprint any wants a voucher number, like 000012")

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving import plain_outcome
        from tallywire.serving import reprint as print_again

        of_batch = number if what == "settlement" else batch
        outcomes = await print_again(terminal, what, stan=number or "", batch=of_batch)
        for outcome in outcomes:
            plain = plain_outcome(outcome)
            if options.as_json:
                tell(event="job", **plain)
            else:
                click.echo(f"{plain['job']}: {plain['state']} {plain['cause']}".rstrip())
        waiting = next((outcome for outcome in outcomes if not outcome.printed), None)
        if waiting is not None:
            raise paper_ending(waiting.cause)

    perform(options, act)
