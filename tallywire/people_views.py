"""Operators and the audit log as tables for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from terminal.audit import AuditLine
from terminal.operators import Operator
from terminal.people import rank_of


def show_operators(operators: Sequence[Operator]) -> None:
    """Show who there is."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("number", "rank", "state"):
        table.add_column(header, no_wrap=True)
    for one in operators:
        table.add_row(one.number, rank_of(one.number).value, one.state)
    Console(highlight=False).print(table)


def show_audit(lines: Sequence[AuditLine], zone: ZoneInfo) -> None:
    """Show the log in the shop's time."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("line", "time", "who", "with", "did", "what", "outcome"):
        table.add_column(header, no_wrap=True)
    for line in lines:
        at = datetime.fromisoformat(line.at).astimezone(zone)
        who = (line.operator, line.second, line.act, line.subject, line.outcome)
        table.add_row(str(line.number), f"{at:%m-%d %H:%M:%S}", *who)
    Console(highlight=False).print(table)
