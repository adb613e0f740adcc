"""The upload: the terminal tells its payments one by one, the host keeps its own books.

An item is known by (batch, original STAN) and counts once however often it comes: 00 the
first time, 94 after that, as long as the batch waits for it. The trailer ends the upload:
the host compares item by item, freezes the report, and closes the batch on its own figures;
what differs is reported, not corrected. The trailer again gets 94. Anything for a batch that
waits for no upload gets 12, except the trailer of one that closed in balance: 00.
"""

from __future__ import annotations

from typing import Final

import msgspec

from acquirer_sim.desk import Desk
from acquirer_sim.reconciliation import reconcile
from acquirer_sim.rows import Batch, BatchState, Item, StoredReport
from acquirer_sim.settlements import close_batch
from protocol.operations import APPROVED, ReconciliationResult, UploadEnd, UploadItem, UploadReply

TAKEN_BEFORE: Final = "94"
NOT_AWAITED: Final = "12"


def decide_item(desk: Desk, request: UploadItem) -> UploadReply:
    """Answer one 0320 that carries a payment."""
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch, request.original.stan)
    batch = desk.rows.batches.get(key[:3])
    known = desk.rows.items.get(key)
    if batch is None or (known is None and batch.state is not BatchState.AWAIT_UPLOAD):
        return _answer(request, NOT_AWAITED)
    fresh = _item(desk, request)
    if known is None:
        desk.rows.put_item(fresh)
        return _answer(request, APPROVED)
    if batch.state is BatchState.AWAIT_UPLOAD:
        conflicts = known.conflicts + (not _same_content(known, fresh))
        again = msgspec.structs.replace(known, times=known.times + 1, conflicts=conflicts)
        desk.rows.put_item(again)
    return _answer(request, TAKEN_BEFORE)


def decide_end(desk: Desk, request: UploadEnd) -> UploadReply:
    """Answer the trailer: compare, report, close."""
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch)
    batch = desk.rows.batches.get(key)
    if batch is None or batch.state is BatchState.OPEN:
        return _answer(request, NOT_AWAITED)
    if batch.state is BatchState.CLOSED:
        balanced = batch.result == ReconciliationResult.IN_BALANCE.value
        return _answer(request, APPROVED if balanced else TAKEN_BEFORE)
    body = _report(desk, batch, request.count)
    close_batch(desk, origin, batch)
    desk.rows.reports.append(StoredReport(*key, body, desk.at))
    return _answer(request, APPROVED)


def _report(desk: Desk, batch: Batch, announced: int) -> str:
    key = (batch.terminal, batch.merchant, batch.batch)
    payments = [row for place, row in desk.rows.payments.items() if place[:3] == key]
    items = [row for place, row in desk.rows.items.items() if place[:3] == key]
    reversals = [row for place, row in desk.rows.reversals.items() if place[:3] == key]
    report = reconcile(batch, payments, items, reversals, announced=announced, reported_at=desk.at)
    return msgspec.json.encode(report).decode("utf-8")


def _item(desk: Desk, request: UploadItem) -> Item:
    origin = request.origin
    return Item(
        origin.terminal_id,
        origin.merchant_id,
        request.batch,
        request.original.stan,
        request.kind,
        request.number,
        request.original.transmission,
        desk.policy.card(request.pan).token,
        request.pan.masked,
        request.amount.minor,
        request.amount.currency,
        request.rrn,
        request.authorisation,
        1,
        0,
        desk.at,
    )


def _same_content(known: Item, again: Item) -> bool:
    """A repeat on the wire has the same number; the same payment under two numbers has not."""
    return (
        known.number == again.number
        and known.kind is again.kind
        and known.transmission == again.transmission
        and known.minor == again.minor
        and known.currency == again.currency
        and known.token == again.token
    )


def _answer(request: UploadItem | UploadEnd, code: str) -> UploadReply:
    return UploadReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
    )
