"""Status and lists for a person, with rich."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from protocol.amount import Amount, format_minor, format_money
from protocol.kinds import PaymentKind
from terminal.labels import PAYMENTS
from terminal.results import PaymentLine, Status

if TYPE_CHECKING:
    from acquirer_sim.aio.queries import BatchView

STYLES: Final = {
    "approved": "green",
    "declined": "yellow",
    "reversed": "yellow",
    "not_sent": "dim",
}
"""Everything else is unfinished: red."""


def show_status(status: Status, paper_owed: int) -> None:
    """Show where the terminal stands, one fact on a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    sum_of = format_money(status.unsettled_minor, status.currency)
    for name, value in (
        ("terminal", f"{status.terminal_id} of {status.merchant_id}"),
        ("mode", status.mode),
        ("signed on", "yes" if status.signed_on else "no"),
        ("batch", status.batch),
        ("payments in it", f"{status.unsettled_count} for {sum_of}"),
        ("room for", str(status.unsettled_max - status.unsettled_count)),
        ("storage", _storage(status)),
        ("reversals pending", str(status.reversals_pending)),
        ("reversals for a person", str(status.reversals_manual)),
        ("advices to be told", str(status.advices_waiting)),
        ("settlement", status.settlement),
        ("papers owed", str(paper_owed)),
        ("the host wishes", status.host_wish or "nothing"),
    ):
        table.add_row(Text(name, style="dim"), value)
    Console(highlight=False).print(table)


def _storage(status: Status) -> str:
    """Say the worst level, and which gauges are not well."""
    unwell = [f"{one.name} {one.level}" for one in status.gauges if one.level != "ok"]
    return f"{status.storage} ({', '.join(unwell)})" if unwell else status.storage


def show_batches(batches: Sequence[BatchView]) -> None:
    """Show batches of the acquirer's ledger."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("terminal", "batch", "state", "debits", "credits"):
        table.add_column(header, no_wrap=True)
    for header in ("net", "moved"):
        table.add_column(header, justify="right", no_wrap=True)
    for view in batches:
        row = view.batch
        sums = (
            f"{row.debit_count} for {format_minor(row.debit_minor)}",
            f"{row.credit_count} for {format_minor(row.credit_minor)}",
            format_minor(view.net_minor),
        )
        words = (row.terminal, row.batch, row.state.value)
        table.add_row(*words, *sums, "yes" if view.moved else "no")
    Console(highlight=False).print(table)


def show_payments(lines: Sequence[PaymentLine], zone: ZoneInfo) -> None:
    """Show payments in the shop's time."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("batch", "voucher", "time", "card", "outcome", "code"):
        table.add_column(header, no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    for line in lines:
        at = datetime.fromisoformat(line.at).astimezone(zone)
        outcome = Text(_word(line), style=STYLES.get(line.outcome, "red"))
        amount = str(Amount(line.amount_minor, line.currency))
        when = f"{at:%m-%d %H:%M:%S}"
        words = (line.batch, line.stan, when, line.card, outcome, line.code or line.cause)
        table.add_row(*words, amount)
    Console(highlight=False).print(table)


def _word(line: PaymentLine) -> str:
    """Say what stands by its kind, and everything else by its outcome."""
    if line.voided:
        return "voided"
    if line.outcome != "approved" or line.kind == PaymentKind.SALE.value:
        return line.outcome
    return PAYMENTS[PaymentKind(line.kind)].en.lower()
