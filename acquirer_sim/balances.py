"""The balance inquiry: what is left on a card, told and forgotten.

It moves no money, belongs to no batch and leaves no row: asked again it is answered anew. What is
left is the card's limit less what it has spent and set aside; a card without a limit has the
balance that the configuration gives to all of them.
"""

from __future__ import annotations

from datetime import datetime

from acquirer_sim.desk import Desk
from acquirer_sim.magic import APPROVED_IN_PART
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from protocol.amount import Amount
from protocol.operations import APPROVED, PaymentReply, PaymentRequest


def answer_inquiry(desk: Desk, request: PaymentRequest) -> PaymentReply:
    """Answer an 0200 with F3 310000."""
    card = desk.policy.card(request.card.pan)
    spent = desk.spent_by(card)
    return inquiry_reply(request, desk.policy, spent, desk.order, desk.now)


def inquiry_reply(
    request: PaymentRequest,
    policy: Policy,
    spent: int,
    order: Order | None = None,
    now: datetime | None = None,
) -> PaymentReply:
    """Answer for a card that has spent `spent`, as far as the policy lets it be asked."""
    card = policy.card(request.card.pan)
    code = policy.judge(request, card, None, order, now)
    code = APPROVED if code == APPROVED_IN_PART else code
    limit = card.limit_minor
    left = policy.configuration.balance_minor if limit is None else max(0, limit - spent)
    balance = Amount(left, request.amount.currency) if code == APPROVED else None
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        kind=request.kind,
        batch=request.batch,
        balance=balance,
    )
