"""`printer`: how the printers are, and a page that tests one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.endings import paper_ending
from tallywire.commands.terminal.paper import tell_outcomes
from tallywire.commands.terminal.session import Options, perform
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings


@click.group()
def printer() -> None:
    """Look after the printers of this terminal."""


@printer.command()
@click.pass_obj
def status(options: Options) -> None:
    """Ask every printer how it is; print nothing."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.paper_views import show_printers
        from tallywire.serving_paper import plain_readiness

        found = await terminal.paperwork.printer_status()
        if options.as_json:
            for name, readiness in found:
                tell(event="printer", **plain_readiness(name, readiness))
        else:
            show_printers(found)
        causes = [readiness.cause for _, readiness in found]
        if None not in causes and causes[0] is not None:
            raise paper_ending(causes[0].value)

    perform(options, act)


@printer.command()
@click.pass_obj
def test(options: Options) -> None:
    """Print a page with everything a printer must be able to do."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        ready = await terminal.paperwork.printer_status()
        name = next((name for name, found in ready if found.cause is None), ready[0][0])
        page = terminal.clerk.self_test(name)
        tell_outcomes(options, await terminal.clerk.reprint(page, operator=settings.operator))

    perform(options, act)
