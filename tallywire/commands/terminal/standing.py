"""Commands that look, and the one that stays: status, list, serve."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from typing import TYPE_CHECKING

import click
import msgspec

from tallywire.commands.terminal.session import Options, perform
from tallywire.lines import Deaf, stdin_lines
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings


@click.command()
@click.pass_obj
def status(options: Options) -> None:
    """Show where the terminal stands."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.views import show_status

        current = await terminal.status()
        owed = len(await terminal.paperwork.owed())
        if options.as_json:
            tell(event="status", **msgspec.to_builtins(current), paper_owed=owed)
        else:
            show_status(current, owed)

    perform(options, act)


@click.command("list")
@click.option("--batch", help="Only this batch, like 000001.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def list_payments(options: Options, batch: str | None, limit: int) -> None:
    """List payments, newest first."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.views import show_payments

        lines = await terminal.payments(batch=batch, limit=limit)
        if options.as_json:
            for line in lines:
                tell(event="payment", **msgspec.to_builtins(line))
        else:
            show_payments(lines, settings.zone)

    perform(options, act)


@click.command()
@click.pass_obj
def serve(options: Options) -> None:
    """Stay, take commands as JSON lines on standard input, until it ends."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.serving import Service

        await Service(terminal, settings).run(stdin_lines())

    # Whoever hears the lines may go away in the middle of a payment: that is finished all the same.
    with redirect_stdout(Deaf(sys.stdout)):
        perform(replace(options, as_json=True), act)
