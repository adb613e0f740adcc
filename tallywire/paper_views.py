"""Papers, jobs, printers and the audit as tables for a person, with rich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from protocol.amount import EXPONENTS, format_minor
from terminal.aio.printers import Readiness
from terminal.documents import Document, SettlementSlip
from terminal.printing import DOUBTFUL, Issued, Job
from terminal.texts import text_of

WIDTH_IN_FILES: Final = 200
ISSUED: Final = {Issued.NO: "no", Issued.MAYBE: "maybe", Issued.YES: "yes"}


def show_documents(documents: Sequence[Document]) -> None:
    """Show receipts or slips, one on a line, newest first."""
    receipts = [one for one in documents if not isinstance(one, SettlementSlip)]
    if receipts:
        heads = ("document", "time", "type", "card", "auth", "reference")
        table = _table(*heads, right="amount")
        for one in receipts:
            amount = format_minor(one.amount_minor, EXPONENTS.get(one.currency, 2))
            words = (one.document_id, one.at, one.kind.value, one.card)
            table.add_row(*words, *_references(one), amount)
        _print(table)
    slips = [one for one in documents if isinstance(one, SettlementSlip)]
    if slips:
        table = _table("document", "time", "result", "payments", right="amount")
        for slip in slips:
            count, total = sum(r.count for r in slip.rows), sum(r.amount_minor for r in slip.rows)
            amount = format_minor(total, EXPONENTS.get(slip.currency, 2))
            table.add_row(slip.document_id, slip.at, slip.result.value, str(count), amount)
        _print(table)


def _references(document: Any) -> tuple[str, str]:
    return getattr(document, "authorisation", ""), getattr(document, "rrn", "")


def show_jobs(jobs: Iterable[Job]) -> None:
    """Show print jobs: what is certain, what is in doubt, and the reason."""
    table = _table("job", "state", "copy number", "original out", "cause")
    for job in jobs:
        state = Text(job.state.value, style="red" if job.state in DOUBTFUL else "")
        reason = f"{job.cause} {text_of(job.cause).en}" if job.cause else ""
        table.add_row(job.job_id, state, str(job.duplicate), ISSUED[job.issued], reason)
    _print(table)


def show_printers(printers: Iterable[tuple[str, Readiness]]) -> None:
    """Show every printer: ready, or what to do about it."""
    table = _table("printer", "is", "what to do")
    for name, readiness in printers:
        found = readiness.cause or readiness.warning
        if found is None:
            table.add_row(name, Text("ready", style="green"), "")
            continue
        text = text_of(found.value)
        style = "red" if readiness.cause else "yellow"
        words = Text(f"{found.value} {text.zh} / {text.en}", style=style)
        table.add_row(name, words, f"{text.next_zh} / {text.next_en}")
    _print(table)


def show_asked(rows: Iterable[Sequence[Any]]) -> None:
    """Show who asked for which paper."""
    table = _table("time", "operator", "role", "purpose", "paper", "number", "refused")
    for name, purpose, count, by, role, at, refused in rows:
        table.add_row(at, by, role, purpose, name, str(count), refused)
    _print(table)


def _table(*heads: str, right: str = "") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold")
    if right:
        table.add_column(right, justify="right")
    return table


def _print(table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        # A file or a pipe has no width: a line stays a line.
        console.width = WIDTH_IN_FILES
    console.print(table)
