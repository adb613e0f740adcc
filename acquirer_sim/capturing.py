"""The end of an upload where the terminal captures: what it lists is paid for, the rest let go.

    an approved payment of the batch                     what happens
    ------------------------------------------------     -----------------------------------------
    listed, of the same kind and card                    captured, for what was approved
    not listed, or as something else                     its money goes back, as if reversed
    the same, but a void, a refund or a tip rests on it  captured with it: they are of one piece
    reversed, declined, never seen                       as it was: reported, nothing moves

The latest go first, so that a void nobody listed lets its sale go before the sale is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from acquirer_sim import ledger
from acquirer_sim.desk import Desk
from acquirer_sim.originals import can_be_released, release_original
from acquirer_sim.payments import count
from acquirer_sim.rows import Batch, Item, Payment, PaymentStatus
from protocol.kinds import KINDS, Side


def capture_listed(desk: Desk, batch: Batch) -> Batch:
    """Return the batch with the figures of what its upload has listed; let go what it has not."""
    rows, entry = desk.rows, desk.rows.next_entry()
    for payment in sorted(_approved(desk, batch), key=lambda one: -one.entry):
        # What went before may have changed this one.
        payment = rows.payments[payment.key]
        if _is_listed(payment, rows.items.get(payment.key)) or not _is_free(desk, payment):
            batch = count(batch, payment.kind, 1, payment.minor)
        else:
            _let_go(desk, batch, payment, entry)
    return batch


def _approved(desk: Desk, batch: Batch) -> Iterator[Payment]:
    key = (batch.terminal, batch.merchant, batch.batch)
    for place, payment in desk.rows.payments.items():
        counts = KINDS[payment.kind].side is not Side.NEITHER
        if place[:3] == key and counts and payment.status is PaymentStatus.APPROVED:
            yield payment


def _is_listed(payment: Payment, item: Item | None) -> bool:
    return item is not None and (item.kind, item.token) == (payment.kind, payment.token)


def _is_free(desk: Desk, payment: Payment) -> bool:
    rests = payment.ended_entry or payment.refunded_minor or payment.adjusted_minor
    return not rests and can_be_released(desk.rows, payment)


def _let_go(desk: Desk, batch: Batch, payment: Payment, entry: int) -> None:
    rows = desk.rows
    lines = ledger.lines_of(payment, rows.numbered, batch.capture)
    rows.put_payment(msgspec.structs.replace(payment, status=PaymentStatus.EXPIRED))
    release_original(rows, payment)
    rows.transfers += ledger.release(payment, lines, entry, desk.at)
    rows.spend(payment, -ledger.spent_by(lines))
