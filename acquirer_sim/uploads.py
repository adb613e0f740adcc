"""The upload: the terminal tells its payments, the host keeps its own books.

An item is known by (batch, original STAN) and counts once however often it comes: 00 the
first time, 94 after that, as long as the batch waits for it. The trailer ends the upload:
the host compares item by item, freezes the report, and closes the batch on its own figures;
what differs is reported, not corrected. Where the terminal captures, those figures are made of
what it has listed (`capturing.py`). The trailer again gets 94. Anything for a batch that
waits for no upload gets 12, except the trailer of one that closed in balance: 00.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from acquirer_sim.capturing import capture_listed
from acquirer_sim.desk import Desk
from acquirer_sim.foreign import Foreign
from acquirer_sim.reconciliation import reconcile
from acquirer_sim.rows import CLOSED, Batch, BatchState, Capture, Chip, Item, Payment, StoredReport
from acquirer_sim.settlements import close_batch
from protocol.kinds import PaymentKind
from protocol.operations import (
    APPROVED,
    ReconciliationResult,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.uploads import ChipUpload, UploadDetails, UploadLine

TAKEN_BEFORE: Final = "94"
NOT_AWAITED: Final = "12"


def decide_item(desk: Desk, request: UploadItem) -> UploadReply:
    """Answer one 0320 that carries a payment."""
    return _answer(request, _take(desk, _item(desk, request)))


def decide_details(desk: Desk, request: UploadDetails) -> UploadReply:
    """Answer one 0320 that carries several payments: 94 when every one was there before."""
    codes = [_take(desk, _line(desk, request, line)) for line in request.lines]
    if NOT_AWAITED in codes:
        return _answer(request, NOT_AWAITED)
    return _answer(request, APPROVED if APPROVED in codes else TAKEN_BEFORE)


def _take(desk: Desk, fresh: Item) -> str:
    """Put one payment on the list of its batch, once; return the code that says what it was."""
    key = (fresh.terminal, fresh.merchant, fresh.batch, fresh.stan)
    batch = desk.rows.batches.get(key[:3])
    known = desk.rows.items.get(key)
    if batch is None or (known is None and batch.state is not BatchState.AWAIT_UPLOAD):
        return NOT_AWAITED
    if desk.policy.is_legacy and batch.state in CLOSED:
        return NOT_AWAITED
    if known is None:
        desk.rows.put_item(fresh)
        return APPROVED
    if batch.state is BatchState.AWAIT_UPLOAD:
        conflicts = known.conflicts + (not _same_content(known, fresh))
        again = msgspec.structs.replace(known, times=known.times + 1, conflicts=conflicts)
        desk.rows.put_item(again)
    return TAKEN_BEFORE


def decide_chip(desk: Desk, request: ChipUpload) -> UploadReply:
    """Answer one 0320 that carries chip data: kept once, for any batch that was settled."""
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch, request.original.stan)
    batch, known = desk.rows.batches.get(key[:3]), desk.rows.chips.get(key)
    if batch is None or batch.state is BatchState.OPEN:
        return _answer(request, NOT_AWAITED)
    if known is not None:
        desk.rows.put_chip(msgspec.structs.replace(known, times=known.times + 1))
        return _answer(request, TAKEN_BEFORE)
    # Imported here: few terminals have chips, and a host starts without this.
    from protocol.tlv import scrub

    desk.rows.put_chip(
        Chip(
            *key,
            request.outcome,
            request.pan.masked,
            request.amount.minor,
            request.amount.currency,
            scrub(request.chip.reveal()).hex().upper(),
            1,
            desk.at,
        )
    )
    return _answer(request, APPROVED)


def decide_end(desk: Desk, request: UploadEnd) -> UploadReply:
    """Answer the trailer: compare, report, close."""
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch)
    batch = desk.rows.batches.get(key)
    if batch is None or batch.state is BatchState.OPEN:
        return _answer(request, NOT_AWAITED)
    if batch.state in CLOSED:
        if desk.policy.is_legacy:
            return _answer(request, NOT_AWAITED)
        balanced = batch.result == ReconciliationResult.IN_BALANCE.value
        return _answer(request, APPROVED if balanced else TAKEN_BEFORE)
    if batch.capture is Capture.TERMINAL:
        batch = capture_listed(desk, batch)
    body = _report(desk, batch, request.count)
    close_batch(desk, origin, batch)
    desk.rows.reports.append(StoredReport(*key, body, desk.at))
    return _answer(request, APPROVED)


def _report(desk: Desk, batch: Batch, announced: int) -> str:
    key = (batch.terminal, batch.merchant, batch.batch)
    payments = [row for place, row in desk.rows.payments.items() if place[:3] == key]
    items = [row for place, row in desk.rows.items.items() if place[:3] == key]
    reversals = [row for place, row in desk.rows.reversals.items() if place[:3] == key]
    report = reconcile(
        batch,
        payments,
        items,
        reversals,
        announced=announced,
        reported_at=desk.at,
        listed=_listed(desk, batch),
    )
    return msgspec.json.encode(report).decode("utf-8")


def _listed(desk: Desk, batch: Batch) -> Callable[[Payment], bool]:
    """Return which payments a terminal lists: those of a side that was out of balance."""
    foreign = Foreign.of(batch)
    if foreign is None:
        return lambda payment: True
    verdicts = dict(zip((False, True), foreign.sides, strict=True))
    out = ReconciliationResult.OUT_OF_BALANCE
    return lambda payment: verdicts[desk.policy.is_foreign(payment.card)] is out


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


def _line(desk: Desk, request: UploadDetails, line: UploadLine) -> Item:
    """Return one line as an item; its kind is not told, so it is that of the payment here."""
    origin, batch = request.origin, request.batch
    payment = desk.rows.payments.get((origin.terminal_id, origin.merchant_id, batch, line.stan))
    return Item(
        origin.terminal_id,
        origin.merchant_id,
        batch,
        line.stan,
        payment.kind if payment is not None else PaymentKind.SALE,
        0,
        "",
        desk.policy.card(line.pan).token,
        line.pan.masked,
        line.amount.minor,
        line.amount.currency,
        None,
        None,
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


def _answer(request: UploadItem | UploadDetails | ChipUpload | UploadEnd, code: str) -> UploadReply:
    return UploadReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
    )
