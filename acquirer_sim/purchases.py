"""The purchase: answered once, and the same again to whoever asks again.

row of that terminal, batch and STAN     answer
------------------------------------     --------------------------------------------
same content                             the stored answer, nothing changes
other content                            94
tombstone (its reversal came first)      12, and the tombstone is buried
none, batch not the open one             77 (host rule H5)
none                                     what the policy says; approved money is posted
"""

from __future__ import annotations

from typing import Final

import msgspec

from acquirer_sim import ledger
from acquirer_sim.desk import Desk
from acquirer_sim.policy import CardFacts
from acquirer_sim.rows import Batch, BatchState, Payment, PaymentStatus
from protocol.operations import APPROVED, PaymentReply, PaymentRequest

DUPLICATE: Final = "94"
BATCH_MISMATCH: Final = "77"
INVALID: Final = "12"


def decide_purchase(desk: Desk, request: PaymentRequest) -> PaymentReply:
    """Answer an 0200 by the table above."""
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch, request.stan)
    card = desk.policy.card(request.card.pan)
    known = desk.rows.payments.get(key)
    if known is None:
        return _answer(request, _decide_new(desk, request, card))
    if known.status is PaymentStatus.TOMBSTONE:
        return _answer(request, _bury(desk, request, card))
    if _same_content(known, request, card):
        return _answer(request, known)
    return _refuse(request, DUPLICATE)


def _same_content(known: Payment, request: PaymentRequest, card: CardFacts) -> bool:
    return (
        known.transmission == request.stamp.transmission
        and known.minor == request.amount.minor
        and known.currency == request.amount.currency
        and known.token == card.token
    )


def _decide_new(desk: Desk, request: PaymentRequest, card: CardFacts) -> Payment:
    rows, origin, minor = desk.rows, request.origin, request.amount.minor
    batch, code = _batch_of(desk, request)
    if code == APPROVED:
        code = desk.policy.judge(request, card, rows.spent.get(card.token, 0))
    approved = code == APPROVED
    payment = _row(desk, request, card, code)
    rows.put_payment(payment)
    if batch is not None:
        if desk.open_batch(origin) is None:
            desk.meet(origin, request.batch)
        rows.put_batch(_add(batch, minor) if approved else batch)
    if approved:
        rows.transfers.append(ledger.purchase(payment))
        if card.limit_minor is not None:
            rows.spend(card.token, minor)
    return payment


def _batch_of(desk: Desk, request: PaymentRequest) -> tuple[Batch | None, str]:
    """Return the open batch that takes the purchase, or none and the code that says why."""
    origin = request.origin
    if desk.open_batch(origin) not in (None, request.batch):
        return None, BATCH_MISMATCH
    batch = desk.rows.batches.get((origin.terminal_id, origin.merchant_id, request.batch))
    if batch is None:
        return desk.new_batch(origin, request.batch, request.amount.currency), APPROVED
    if batch.state is not BatchState.OPEN:
        return None, BATCH_MISMATCH
    if batch.currency != request.amount.currency:
        # A batch is compared in one currency (F50); a second one could not be told apart.
        return batch, INVALID
    return batch, APPROVED


def _row(desk: Desk, request: PaymentRequest, card: CardFacts, code: str) -> Payment:
    entry = desk.rows.next_entry()
    approved = code == APPROVED
    return Payment(
        request.origin.terminal_id,
        request.origin.merchant_id,
        request.batch,
        request.stan,
        request.stamp.transmission,
        card.token,
        card.mask,
        request.amount.minor,
        request.amount.currency,
        code,
        f"{entry % 1_000_000:06d}" if approved else None,
        desk.settlement_date,
        PaymentStatus.APPROVED if approved else PaymentStatus.DECLINED,
        entry,
        desk.at,
    )


def _add(batch: Batch, minor: int) -> Batch:
    # Spelled out because `structs.replace` costs five times as much, once per payment.
    return Batch(
        batch.terminal, batch.merchant, batch.batch, batch.state,
        batch.debit_count + 1, batch.debit_minor + minor, batch.credit_count, batch.credit_minor,
        batch.currency, batch.code, batch.result, batch.asked, batch.settlement_date,
        batch.repeats, batch.moved_entry, batch.opened_at, batch.settled_at, batch.closed_at,
    )  # fmt: skip


def _bury(desk: Desk, request: PaymentRequest, card: CardFacts) -> Payment:
    """Decline the purchase whose reversal was here first, and remember how it looked."""
    declined = _row(desk, request, card, INVALID)
    buried = msgspec.structs.replace(declined, status=PaymentStatus.BURIED)
    desk.rows.put_payment(buried)
    return buried


def _answer(request: PaymentRequest, payment: Payment) -> PaymentReply:
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=payment.code,
        batch=request.batch,
        amount=request.amount,
        rrn=f"{payment.entry:012d}",
        authorisation=payment.authorisation,
        settlement_date=payment.settlement_date,
    )


def _refuse(request: PaymentRequest, code: str) -> PaymentReply:
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
        amount=request.amount,
    )
