"""The reversal: whatever became of the original, afterwards nothing is left of it.

    the original here                        answer    what happens
    ------------------------------------     ------    ------------------------------------
    approved, batch open                     00        the contrary is posted, figures reduced
    approved, batch reconciled (H10)         00        moved through suspense, figures stay
    approved, counts in no figures           00        the contrary is posted
    reversed already                         00        nothing
    declined                                 12        nothing
    voided, refunded, adjusted or            12        nothing
    completed since
    never seen                               25        a tombstone: if it comes late, 12
    another F7 or kind than F90 says         25        nothing; an alert
    another amount or card                   64        nothing; an alert

What the payment had done to its own original is taken back with it: a voided sale stands again,
a completed pre-authorisation holds again. A void of a completion cannot be taken back when its
pre-authorisation has ended meanwhile, nor a tip that was refunded: 12 and an alert.

The answer is stored. The same reversal again, as 0400, 0401, 0420 or 0421, gets it again; one
of other content gets 94.
"""

from __future__ import annotations

from typing import Final

import msgspec

from acquirer_sim import ledger
from acquirer_sim.desk import Desk
from acquirer_sim.originals import can_be_released, release_original
from acquirer_sim.payments import count
from acquirer_sim.rows import (
    BatchState,
    Capture,
    Payment,
    PaymentKey,
    PaymentStatus,
    ReversalEffect,
)
from acquirer_sim.rows import Reversal as Row
from protocol.kinds import KINDS, Side
from protocol.operations import APPROVED, Reversal, ReversalReply

NOT_APPROVED: Final = "12"
NOT_FOUND: Final = "25"
ORIGINAL_DIFFERS: Final = "64"
DUPLICATE: Final = "94"

NO_CARD: Final = ""
"""The token of a reversal that names no card number: STAN, batch and amount identify it."""


def decide_reversal(desk: Desk, request: Reversal) -> ReversalReply:
    """Answer an 0400, 0401, 0420 or 0421 by the table above."""
    key = _key(request)
    token = desk.policy.card(request.pan).token if request.pan is not None else NO_CARD
    known = desk.rows.reversals.get(key)
    if known is not None:
        if not _same_content(known, request, token):
            return _answer(request, DUPLICATE, 0)
        forgets = desk.order is not None and desk.order.forgets
        if forgets or desk.policy.is_legacy:
            return _answer(request, NOT_FOUND, 0)
        desk.rows.put_reversal(msgspec.structs.replace(known, repeats=known.repeats + 1))
        return _answer(request, known.code, known.entry)
    code, effect = _judge(desk, request, token)
    entry = desk.rows.next_entry()
    desk.rows.put_reversal(_row(desk, request, token, code, effect, entry))
    _perform(desk, request, token, effect, entry)
    return _answer(request, code, entry)


def _key(request: Reversal) -> PaymentKey:
    """The original's place: F90 names its STAN, F60 its batch."""
    origin = request.origin
    return (origin.terminal_id, origin.merchant_id, request.batch, request.original.stan)


def _same_content(known: Row, request: Reversal, token: str) -> bool:
    return (
        known.transmission == request.original.transmission
        and known.minor == request.amount.minor
        and known.currency == request.amount.currency
        and known.token == token
    )


def _judge(desk: Desk, request: Reversal, token: str) -> tuple[str, ReversalEffect]:
    payment = desk.rows.payments.get(_key(request))
    if payment is None:
        return NOT_FOUND, ReversalEffect.TOMBSTONE
    times = ("", payment.transmission)
    if request.original.transmission not in times or payment.kind is not request.kind:
        return NOT_FOUND, ReversalEffect.REFUSED
    # A terminal that did not see a partial approval knows only what it had asked for.
    amounts = (payment.minor, payment.asked_minor)
    if token not in (NO_CARD, payment.token) or request.amount.minor not in amounts:
        return ORIGINAL_DIFFERS, ReversalEffect.REFUSED
    if payment.status is PaymentStatus.APPROVED:
        return _judge_approved(desk, payment)
    if payment.status is PaymentStatus.REVERSED:
        return APPROVED, ReversalEffect.NOTHING
    return NOT_APPROVED, ReversalEffect.NOTHING


def _judge_approved(desk: Desk, payment: Payment) -> tuple[str, ReversalEffect]:
    if payment.ended_entry or payment.refunded_minor or payment.adjusted_minor:
        return NOT_APPROVED, ReversalEffect.NOTHING
    if not can_be_released(desk.rows, payment):
        return NOT_APPROVED, ReversalEffect.REFUSED
    if KINDS[payment.kind].side is Side.NEITHER:
        return APPROVED, ReversalEffect.REVERSED
    batch = desk.rows.batches[payment.key[:3]]
    # What waits for the upload of a terminal that captures is in no figures yet.
    waits = batch.capture is Capture.TERMINAL and batch.state is BatchState.AWAIT_UPLOAD
    in_time = waits or batch.state is BatchState.OPEN
    return APPROVED, ReversalEffect.REVERSED if in_time else ReversalEffect.ADJUSTED


def _perform(desk: Desk, request: Reversal, token: str, effect: ReversalEffect, entry: int) -> None:
    rows = desk.rows
    if effect is ReversalEffect.TOMBSTONE:
        rows.put_payment(_tombstone(desk, request, token, entry))
    elif effect is ReversalEffect.REFUSED:
        text = f"reversal of {request.original.stan} does not fit the payment on record"
        desk.alert(request.origin, request.batch, kind="reversal_differs", text=text)
    elif effect is not ReversalEffect.NOTHING:
        _undo(desk, rows.payments[_key(request)], effect, entry)


def _undo(desk: Desk, payment: Payment, effect: ReversalEffect, entry: int) -> None:
    rows = desk.rows
    batch = rows.batches[payment.key[:3]]
    lines = ledger.lines_of(payment, rows.numbered, batch.capture)
    rows.put_payment(msgspec.structs.replace(payment, status=PaymentStatus.REVERSED))
    release_original(rows, payment)
    if effect is ReversalEffect.ADJUSTED:
        rows.transfers += ledger.reverse_late(payment, lines, entry, desk.at)
    else:
        rows.transfers += ledger.reverse(payment, lines, entry, desk.at)
        if batch.capture is Capture.HOST:
            rows.count_batch(count(batch, payment.kind, -1, -payment.minor))
    rows.spend(payment, -ledger.spent_by(lines))


def _tombstone(desk: Desk, request: Reversal, token: str, entry: int) -> Payment:
    return Payment(
        *_key(request),
        request.kind,
        request.original.transmission,
        token,
        request.pan.masked if request.pan is not None else "",
        request.amount.minor,
        request.amount.minor,
        request.amount.currency,
        NOT_APPROVED,
        None,
        desk.settlement_date,
        PaymentStatus.TOMBSTONE,
        0,
        0,
        0,
        0,
        entry,
        desk.at,
    )


def _row(
    desk: Desk, request: Reversal, token: str, code: str, effect: ReversalEffect, entry: int
) -> Row:
    return Row(
        *_key(request),
        request.original.transmission,
        token,
        request.amount.minor,
        request.amount.currency,
        request.reason,
        code,
        effect,
        entry,
        0,
        desk.at,
    )


def _answer(request: Reversal, code: str, entry: int) -> ReversalReply:
    return ReversalReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
        amount=request.amount,
        rrn=f"{entry:012d}" if entry else None,
        advice=request.advice,
    )
