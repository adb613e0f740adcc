"""`find`: receipts by any key, in open and closed batches alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.filters import (
    RECEIPT_FILTERS,
    read_order,
    show_candidates,
    with_options,
)
from tallywire.commands.terminal.session import Options, perform

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings


@click.command()
@with_options(*RECEIPT_FILTERS)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@click.pass_obj
def find(options: Options, /, *, limit: int, **filters: str | None) -> None:
    """Find receipts; show them newest first and print nothing."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from terminal.errors import TerminalError
        from terminal.texts import text_of

        order = read_order(settings, "any", None, filters)
        found = await terminal.clerk.search(order, limit=limit)
        if not found:
            raise TerminalError("L08", text_of("L08").en)
        show_candidates(tuple(one for _, one in found), as_json=options.as_json)

    perform(options, act)
