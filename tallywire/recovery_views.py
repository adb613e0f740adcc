"""A comparison with the acquirer's copy as a table for a person, with rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from protocol.amount import Amount
from terminal.host_copy import Agreement, CopyLine

WORDS: Final = {
    Agreement.SAME: ("same", "green"),
    Agreement.RECOVERED: ("recovered here", "green"),
    Agreement.ONLY_HERE: ("only here", "red"),
    Agreement.ONLY_THERE: ("only at the acquirer", "yellow"),
    Agreement.DIFFERS: ("differs", "red"),
    Agreement.UNFINISHED: ("not finished here", "yellow"),
}
WIDTH_IN_FILES: Final = 200


def show_copy(lines: Sequence[CopyLine]) -> None:
    """Show payments in the order of their vouchers: where they are, and what differs."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("batch", "voucher", "type", "card", "reference", "is", "here", "acquirer"):
        table.add_column(head, no_wrap=True)
    table.add_column("differing")
    table.add_column("amount", justify="right", no_wrap=True)
    for line in lines:
        word, style = WORDS[Agreement(line.agreement)]
        named = (line.batch, line.stan, line.kind, line.card, line.rrn)
        sides = (line.here or "-", line.there or "-", ", ".join(line.differing))
        amount = str(Amount(line.amount_minor, line.currency))
        table.add_row(*named, Text(word, style=style), *sides, amount)
    console = Console(highlight=False)
    if not console.is_terminal:
        # A file or a pipe has no width: a line stays a line.
        console.width = WIDTH_IN_FILES
    console.print(table)
