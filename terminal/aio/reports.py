"""Lists and status out of the journal: masked rows, newest first."""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.operations import Totals
from terminal.aio.desk import Desk
from terminal.projections import Row
from terminal.results import BatchLine, PaymentLine, Status

LIMIT_MAX: Final = 1000


async def status_of(desk: Desk) -> Status:
    """Return where the terminal stands."""
    standing = await desk.standing()
    items = await desk.books.items(standing.batch)
    return Status(
        terminal_id=desk.settings.terminal_id,
        merchant_id=desk.settings.merchant_id,
        mode=_mode(
            settlement=standing.settlement,
            reversals=standing.reversals_open + standing.reversals_manual + standing.unfinished,
            full=standing.unsettled >= desk.settings.limits.unsettled_max,
            signed_on=standing.signed_on,
        ),
        signed_on=standing.signed_on,
        batch=standing.batch,
        host_batch=standing.host_batch,
        last_stan=standing.stan,
        unsettled_count=len(items),
        unsettled_minor=sum(item.amount_minor for item in items),
        unsettled_max=desk.settings.limits.unsettled_max,
        reversals_pending=standing.reversals_open + standing.unfinished,
        reversals_manual=standing.reversals_manual,
        settlement=standing.settlement,
        currency=desk.settings.currency,
    )


def _mode(*, settlement: str, reversals: int, full: bool, signed_on: bool) -> str:
    """Return the overlay that blocks most."""
    modes = (
        ("UPLOADING", settlement == "uploading"),
        ("SETTLEMENT_UNCERTAIN", settlement != "open"),
        ("REVERSAL_PENDING", reversals > 0),
        ("STORAGE_FULL", full),
        ("NEEDS_SIGNON", not signed_on),
    )
    return next((mode for mode, holds in modes if holds), "READY")


PAYMENT_LINE: Final = (
    "SELECT batch, stan, phase, amount_minor, currency, card_masked, code, cause, rrn,"
    " authorisation, prepared_at FROM payment"
)


async def payment_of(desk: Desk, *, batch: str, stan: str) -> PaymentLine | None:
    """Return one payment."""
    sql = f"{PAYMENT_LINE} WHERE batch = ? AND stan = ?"
    rows = await desk.journal.fetch(sql, (batch, stan))
    return _payment(rows[0]) if rows else None


async def payments_of(desk: Desk, *, batch: str | None, limit: int) -> tuple[PaymentLine, ...]:
    """Return payments, newest first; of one batch, or of all."""
    sql = (
        f"{PAYMENT_LINE} WHERE ?1 IS NULL OR batch = ?1"
        " ORDER BY prepared_at DESC, rowid DESC LIMIT ?2"
    )
    rows = await desk.journal.fetch(sql, (batch, min(limit, LIMIT_MAX)))
    return tuple(_payment(row) for row in rows)


def _payment(row: Row) -> PaymentLine:
    return PaymentLine(**dict(zip(PaymentLine.__struct_fields__, row, strict=True)))


async def batches_of(desk: Desk, *, limit: int) -> tuple[BatchLine, ...]:
    """Return batches, newest first, with the frozen totals and the host's."""
    sql = (
        "SELECT b.batch, b.phase, b.opened_at, b.closed_at, s.totals, s.host_totals, s.sends"
        " FROM batch b LEFT JOIN settlement s ON s.batch = b.batch"
        " ORDER BY b.opened_at DESC, b.rowid DESC LIMIT ?"
    )
    return tuple(_batch(*row) for row in await desk.journal.fetch(sql, (min(limit, LIMIT_MAX),)))


def _batch(
    batch: str,
    phase: str,
    opened_at: str,
    closed_at: str,
    frozen: str | None,
    host: str | None,
    sends: int | None,
) -> BatchLine:
    ours = msgspec.json.decode(frozen, type=Totals) if frozen else None
    theirs = msgspec.json.decode(host, type=Totals) if host else None
    return BatchLine(
        batch=batch,
        phase=phase,
        opened_at=opened_at,
        closed_at=closed_at,
        count=ours.debit_count if ours else None,
        amount_minor=ours.net if ours else None,
        host_count=theirs.debit_count if theirs else None,
        host_amount_minor=theirs.net if theirs else None,
        requests=sends or 0,
    )
