"""Lists and status out of the journal: masked rows, newest first."""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.operations import Totals
from terminal.aio.desk import Desk
from terminal.projections import Row
from terminal.results import BatchLine, GaugeLine, PaymentLine, Status
from terminal.storage import Level, worst
from terminal.totals import total
from terminal.wishes import words_of

LIMIT_MAX: Final = 1000


async def status_of(desk: Desk) -> Status:
    """Return where the terminal stands."""
    standing = await desk.standing()
    items = await desk.books.items(standing.batch)
    gauges = await desk.gauges()
    return Status(
        terminal_id=desk.settings.terminal_id,
        merchant_id=desk.settings.merchant_id,
        mode=_mode(
            settlement=standing.settlement,
            reversals=standing.reversals_open + standing.reversals_manual + standing.unfinished,
            full=worst(gauges) in (Level.FULL, Level.EXHAUSTED),
            signed_on=standing.signed_on,
        ),
        signed_on=standing.signed_on,
        batch=standing.batch,
        host_batch=standing.host_batch,
        last_stan=standing.stan,
        unsettled_count=len(items),
        unsettled_minor=total(items).net,
        unsettled_max=desk.settings.limits.unsettled_max,
        reversals_pending=standing.reversals_open + standing.unfinished,
        reversals_manual=standing.reversals_manual,
        advices_waiting=standing.advices,
        settlement=standing.settlement,
        currency=desk.settings.currency,
        host_wish=words_of(await desk.books.host_wish()),
        storage=worst(gauges).value,
        gauges=tuple(
            GaugeLine(name=one.name, used=abs(one.used), stop=abs(one.stop), level=one.level.value)
            for one in gauges
        ),
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
    "SELECT p.batch, p.stan, p.phase, p.amount_minor, p.currency, p.card_masked, p.code, p.cause,"
    " p.rrn, p.authorisation, p.prepared_at, p.kind,"
    " coalesce(f.original_batch || '-' || f.original_stan, ''),"
    " EXISTS (SELECT 1 FROM follow_up g JOIN payment v ON v.batch = g.batch AND v.stan = g.stan"
    "   WHERE g.original_batch = p.batch AND g.original_stan = p.stan"
    "   AND v.kind LIKE '%void' AND v.phase = 'approved')"
    " FROM payment p LEFT JOIN follow_up f ON f.batch = p.batch AND f.stan = p.stan"
)


async def payment_of(desk: Desk, *, batch: str, stan: str) -> PaymentLine | None:
    """Return one payment."""
    sql = f"{PAYMENT_LINE} WHERE p.batch = ? AND p.stan = ?"
    rows = await desk.journal.fetch(sql, (batch, stan))
    return _payment(rows[0]) if rows else None


async def payments_of(desk: Desk, *, batch: str | None, limit: int) -> tuple[PaymentLine, ...]:
    """Return payments, newest first; of one batch, or of all."""
    sql = (
        f"{PAYMENT_LINE} WHERE ?1 IS NULL OR p.batch = ?1"
        " ORDER BY p.prepared_at DESC, p.rowid DESC LIMIT ?2"
    )
    rows = await desk.journal.fetch(sql, (batch, min(limit, LIMIT_MAX)))
    return tuple(_payment(row) for row in rows)


def _payment(row: Row) -> PaymentLine:
    *values, voided = row
    names = PaymentLine.__struct_fields__[:-1]
    return PaymentLine(**dict(zip(names, values, strict=True)), voided=bool(voided))


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
        count=_count(ours),
        amount_minor=ours.net if ours else None,
        host_count=_count(theirs),
        host_amount_minor=theirs.net if theirs else None,
        requests=sends or 0,
    )


def _count(totals: Totals | None) -> int | None:
    return None if totals is None else totals.debit_count + totals.credit_count
