"""The payment inquiry: payments as they stand on the books, told a page at a time and forgotten.

    asked for                        told
    -----------------------------    ------------------------------------------------
    an RRN                           that payment, if this terminal made it
    a batch                          its payments in the order they came
    with STAN or authorisation       those of them that have it
    none, or a batch never met       25

Tombstones are no payments: what they stand for never came. A page begins after an RRN, so that
it stays the same page when another payment comes in between.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from acquirer_sim.desk import Desk
from acquirer_sim.originals import entry_of
from acquirer_sim.rows import Payment, PaymentStatus
from protocol.amount import Amount
from protocol.inquiries import (
    MOMENT,
    UNKNOWN_PAYMENT,
    KnownPayment,
    PaymentInquiry,
    PaymentPage,
    PaymentState,
)
from protocol.operations import APPROVED
from protocol.structures.inquiry import COUNT_MAX, PAYMENTS_MAX

STATES: Final = {
    PaymentStatus.APPROVED: PaymentState.APPROVED,
    PaymentStatus.DECLINED: PaymentState.DECLINED,
    PaymentStatus.BURIED: PaymentState.DECLINED,
    PaymentStatus.REVERSED: PaymentState.REVERSED,
    PaymentStatus.EXPIRED: PaymentState.EXPIRED,
}
"""What a status is to a terminal; a TOMBSTONE is nothing."""


def decide_payment_inquiry(desk: Desk, request: PaymentInquiry) -> PaymentPage:
    """Tell what the books hold; nothing is written."""
    found = _found(desk, request)
    narrow = request.voucher or request.rrn or request.authorisation
    if not found and (narrow or not _is_met(desk, request)):
        return refuse(request)
    begin = entry_of(request.after)
    rest = [payment for payment in found if payment.entry > begin]
    told = rest[:PAYMENTS_MAX]
    return PaymentPage(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch or None,
        count=min(len(found), COUNT_MAX),
        following=told[-1].rrn if len(rest) > len(told) else "",
        last_stan=max((payment.stan for payment in _of_batch(desk, request)), default=""),
        payments=tuple(_known(desk, payment) for payment in told),
    )


def refuse(request: PaymentInquiry) -> PaymentPage:
    """Return the answer that no such payment is known."""
    return PaymentPage(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=UNKNOWN_PAYMENT,
        batch=request.batch or None,
    )


def _is_met(desk: Desk, request: PaymentInquiry) -> bool:
    """Tell whether a batch is on the books, or the open one in which nothing has happened yet."""
    known = (*_asker(request), request.batch) in desk.rows.batches
    return known or desk.open_batch(request.origin) == request.batch


def _found(desk: Desk, request: PaymentInquiry) -> list[Payment]:
    """Return what is asked for, oldest first."""
    mine = _of_batch(desk, request)
    if request.rrn:
        numbered = desk.rows.numbered(entry_of(request.rrn))
        mine = [] if numbered is None else [numbered]
    return [
        payment
        for payment in sorted(mine, key=lambda one: one.entry)
        if payment.status in STATES
        and (payment.terminal, payment.merchant) == _asker(request)
        and request.batch in ("", payment.batch)
        and request.voucher in ("", payment.stan)
        and request.authorisation in ("", payment.authorisation)
    ]


def _of_batch(desk: Desk, request: PaymentInquiry) -> list[Payment]:
    key = (*_asker(request), request.batch)
    return [row for place, row in desk.rows.payments.items() if place[:3] == key]


def _asker(request: PaymentInquiry) -> tuple[str, str]:
    return request.origin.terminal_id, request.origin.merchant_id


def _known(desk: Desk, payment: Payment) -> KnownPayment:
    original = desk.rows.numbered(payment.original_entry)
    return KnownPayment(
        batch=payment.batch,
        stan=payment.stan,
        kind=payment.kind,
        state=STATES[payment.status],
        at=datetime.fromisoformat(payment.at).strftime(MOMENT),
        amount=Amount(payment.minor, payment.currency),
        card=payment.card,
        code=payment.code,
        rrn=payment.rrn,
        authorisation=payment.authorisation or "",
        settlement_date=payment.settlement_date,
        original_batch=original.batch if original else "",
        original_stan=original.stan if original else "",
    )
