"""A payment: answered once, and the same again to whoever asks again.

row of that terminal, batch and STAN     answer
------------------------------------     --------------------------------------------
same content                             the stored answer, nothing changes
other content                            94
tombstone (its reversal came first)      12, and the tombstone is buried
none, batch not the open one             77 (host rule H5, H10)
none                                     what policy and original say; approved money is posted

So for every kind but the balance inquiry, which leaves no trace (`balances.py`). What a kind asks
of its original is in `originals.py`, what it moves in `ledger.py`. An advice tells what has
happened: limits do not apply to it, all else does, and one that is declined stays on record.
"""

from __future__ import annotations

from typing import Final

import msgspec

from acquirer_sim import ledger
from acquirer_sim.balances import answer_inquiry
from acquirer_sim.desk import Desk
from acquirer_sim.magic import APPROVED_IN_PART
from acquirer_sim.originals import (
    NOT_POSSIBLE,
    TREATMENTS,
    find_original,
    is_expired,
    judge_original,
    mark_original,
)
from acquirer_sim.policy import CardFacts
from acquirer_sim.rows import Batch, BatchState, Capture, Payment, PaymentStatus
from protocol.amount import Amount
from protocol.kinds import KINDS, PaymentKind, Side
from protocol.operations import APPROVED, PaymentReply, PaymentRequest

DUPLICATE: Final = "94"
BATCH_MISMATCH: Final = "77"
INVALID: Final = "12"
# A look into an enumeration runs code of Python 3.11's own, and these are looked at per payment.
SALE: Final = PaymentKind.SALE
BALANCE: Final = PaymentKind.BALANCE
IS_APPROVED: Final = PaymentStatus.APPROVED
IS_DECLINED: Final = PaymentStatus.DECLINED
IS_OPEN: Final = BatchState.OPEN
BY_HOST: Final = Capture.HOST
IN_PART: Final = frozenset({PaymentKind.SALE, PaymentKind.PREAUTHORISATION})
"""Kinds that may be approved for less than was asked."""
PAID: Final = (APPROVED, APPROVED_IN_PART)
COMPLETIONS: Final = frozenset({PaymentKind.COMPLETION, PaymentKind.COMPLETION_ADVICE})


def decide_payment(desk: Desk, request: PaymentRequest) -> PaymentReply:
    """Answer an 0100, 0200 or 0220 by the table above."""
    if request.kind is BALANCE:
        return answer_inquiry(desk, request)
    origin = request.origin
    key = (origin.terminal_id, origin.merchant_id, request.batch, request.stan)
    card = desk.policy.card(request.card.pan)
    known = desk.rows.payments.get(key)
    if known is None:
        decide = _decide_sale if request.kind is SALE else _decide_other
        return _answer(request, decide(desk, request, card))
    if known.status is PaymentStatus.TOMBSTONE:
        return _answer(request, _bury(desk, request, card))
    if _same_content(known, request, card) and not _forgotten(desk):
        return _answer(request, known)
    return _refuse(request, DUPLICATE)


def _forgotten(desk: Desk) -> bool:
    """Return whether a fault makes the host forget its replies (H20), or it never keeps any."""
    return desk.policy.is_legacy or (desk.order is not None and desk.order.forgets)


def _same_content(known: Payment, request: PaymentRequest, card: CardFacts) -> bool:
    return (
        known.transmission == request.stamp.transmission
        and known.asked_minor == request.amount.minor
        and known.currency == request.amount.currency
        and known.token == card.token
        and known.kind is request.kind
    )


def _decide_sale(desk: Desk, request: PaymentRequest, card: CardFacts) -> Payment:
    """Decide the kind of which there are millions: `_decide_other` in short."""
    rows, minor = desk.rows, request.amount.minor
    batch, code = _batch_of(desk, request)
    if code == APPROVED:
        spent = 0 if card.limit_minor is None else desk.spent_by(card)
        code = desk.policy.judge(request, card, spent, desk.order, desk.now)
        if code == APPROVED_IN_PART:
            code, minor = desk.policy.part_of(request, card, spent, desk.order)
    payment = _row(desk, request, card, code, minor)
    rows.put_payment(payment)
    approved = payment.status is IS_APPROVED
    if batch is not None:
        counts = approved and batch.capture is BY_HOST
        _take_in(desk, request, batch, _add(batch, minor) if counts else batch)
        if approved:
            rows.transfers.append(ledger.sale(payment, batch.capture))
    if approved and card.limit_minor is not None:
        rows.spend(payment, minor)
    return payment


def _decide_other(desk: Desk, request: PaymentRequest, card: CardFacts) -> Payment:
    rows, kind = desk.rows, request.kind
    batch, code = _batch_of(desk, request)
    original = find_original(rows, request) if kind in TREATMENTS else None
    minor = request.amount.minor
    if code == APPROVED:
        code, minor = _judge(desk, request, card, original)
    payment = _row(desk, request, card, code, minor, original)
    approved = payment.status is PaymentStatus.APPROVED
    capture = batch.capture if batch is not None else BY_HOST
    lines = ledger.lines_of(payment, rows.numbered, capture) if approved else []
    rows.put_payment(payment)
    if batch is not None:
        counts = approved and capture is BY_HOST
        _take_in(desk, request, batch, count(batch, kind, 1, minor) if counts else batch)
    if approved:
        mark_original(rows, payment)
        rows.transfers += ledger.post(payment, lines)
        rows.spend(payment, ledger.spent_by(lines))
    return payment


def _judge(
    desk: Desk, request: PaymentRequest, card: CardFacts, original: Payment | None
) -> tuple[str, int]:
    """Return the response code and the amount that counts."""
    policy, spent = desk.policy, desk.spent_by(card)
    minor = request.amount.minor
    limited = request.kind is PaymentKind.PREAUTHORISATION
    code = policy.judge(request, card, spent if limited else None, desk.order, desk.now)
    if code == APPROVED_IN_PART:
        if request.kind in IN_PART:
            return policy.part_of(request, card, spent, desk.order)
        code = APPROVED
    if code == APPROVED and request.kind in TREATMENTS:
        code = judge_original(request, original, card.token, policy.configuration)
        if code == APPROVED and request.kind in COMPLETIONS:
            assert original is not None, "found before"
            # Whoever sweeps takes the oldest first, and may not have come to this one.
            code = NOT_POSSIBLE if is_expired(original, desk.at, policy.configuration) else code
    return code, minor


def _batch_of(desk: Desk, request: PaymentRequest) -> tuple[Batch | None, str]:
    """Return the open batch that takes the payment, or none and the code that says why."""
    origin = request.origin
    open_batch = desk.open_batch(origin)
    if open_batch is not None and open_batch != request.batch:
        return None, BATCH_MISMATCH
    batch = desk.rows.batches.get((origin.terminal_id, origin.merchant_id, request.batch))
    if batch is None:
        return desk.new_batch(origin, request.batch, request.amount.currency), APPROVED
    if batch.state is not IS_OPEN:
        return None, BATCH_MISMATCH
    if batch.currency != request.amount.currency:
        # A batch is compared in one currency (F50); a second one could not be told apart.
        return batch, INVALID
    return batch, APPROVED


def _take_in(desk: Desk, request: PaymentRequest, batch: Batch, counted: Batch) -> None:
    """Keep a batch's figures with a payment in them; the first one begins it."""
    rows = desk.rows
    if (batch.terminal, batch.merchant, batch.batch) not in rows.batches:
        if desk.open_batch(request.origin) is None:
            desk.meet(request.origin, request.batch)
        rows.put_batch(batch)
    rows.count_batch(counted)


def _row(
    desk: Desk,
    request: PaymentRequest,
    card: CardFacts,
    code: str,
    minor: int,
    original: Payment | None = None,
) -> Payment:
    entry = desk.rows.next_entry()
    approved = code in PAID
    return Payment(
        request.origin.terminal_id,
        request.origin.merchant_id,
        request.batch,
        request.stan,
        request.kind,
        request.stamp.transmission,
        card.token,
        card.mask,
        request.amount.minor,
        minor,
        request.amount.currency,
        code,
        f"{entry % 1_000_000:06d}" if approved else None,
        desk.settlement_date,
        IS_APPROVED if approved else IS_DECLINED,
        original.entry if original is not None else 0,
        0,
        0,
        0,
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


def count(batch: Batch, kind: PaymentKind, number: int, minor: int) -> Batch:
    """Return a batch with payments of a kind more, or fewer, on its side of the totals."""
    side = KINDS[kind].side
    if side is Side.NEITHER:
        return batch
    if side is Side.DEBIT:
        debits, debit_minor = batch.debit_count + number, batch.debit_minor + minor
        assert debits >= 0, "no more payments leave a batch than came"
        return msgspec.structs.replace(batch, debit_count=debits, debit_minor=debit_minor)
    credits, credit_minor = batch.credit_count + number, batch.credit_minor + minor
    assert credits >= 0, "no more payments leave a batch than came"
    return msgspec.structs.replace(batch, credit_count=credits, credit_minor=credit_minor)


def _bury(desk: Desk, request: PaymentRequest, card: CardFacts) -> Payment:
    """Decline the payment whose reversal was here first, and remember how it looked."""
    declined = _row(desk, request, card, INVALID, request.amount.minor)
    buried = msgspec.structs.replace(declined, status=PaymentStatus.BURIED)
    desk.rows.put_payment(buried)
    return buried


def _answer(request: PaymentRequest, payment: Payment) -> PaymentReply:
    amount = request.amount
    if payment.minor != amount.minor:
        amount = Amount(payment.minor, amount.currency)
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=payment.code,
        kind=request.kind,
        batch=request.batch,
        amount=amount,
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
        kind=request.kind,
        batch=request.batch,
        amount=request.amount,
    )
