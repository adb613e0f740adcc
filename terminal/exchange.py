"""A payment request and its reply: what is kept of the one, and whether the other answers it.

Shared by the two machines that speak of payments: `terminal.payment` asks, `terminal.advice` tells.
"""

from __future__ import annotations

from typing import TypedDict

from protocol.operations import PaymentReply, PaymentRequest
from terminal.facts import SealedCard
from terminal.responses import response


class IntentFields(TypedDict):
    """The fields of `terminal.payment.PaymentPrepared`."""

    terminal_id: str
    merchant_id: str
    batch: str
    stan: str
    amount_minor: int
    currency: str
    card: SealedCard
    entry_mode: str
    transmission: str
    time: str
    date: str
    operator: str
    kind: str
    original_batch: str
    original_stan: str


def contradiction(asked: PaymentRequest, reply: PaymentReply) -> str:
    """Say in words why a reply does not answer this request, "" when it does."""
    if (reply.stan, reply.origin) != (asked.stan, asked.origin):
        return "the reply names another payment"
    if reply.batch not in (None, asked.batch):
        return "the reply names another batch"
    if not response(reply.code).success:
        return ""
    if reply.batch is None or (reply.amount, reply.kind) != (asked.amount, asked.kind):
        return "the reply approves something else"
    return ""


def intent_of(asked: PaymentRequest, card: SealedCard, operator: str) -> IntentFields:
    """Return what the first commit of a payment or an advice keeps of its request."""
    assert card.masked == asked.card.pan.masked, "the sealed card is the one that pays"
    return IntentFields(
        terminal_id=asked.origin.terminal_id,
        merchant_id=asked.origin.merchant_id,
        batch=asked.batch,
        stan=asked.stan,
        amount_minor=asked.amount.minor,
        currency=asked.amount.currency,
        card=card,
        entry_mode=asked.card.entry_mode,
        transmission=asked.stamp.transmission,
        time=asked.stamp.time,
        date=asked.stamp.date,
        operator=operator,
        kind=asked.kind.value,
        original_batch=asked.original.batch if asked.original else "",
        original_stan=asked.original.stan if asked.original else "",
    )


def is_part(asked: PaymentRequest, reply: PaymentReply) -> bool:
    """True when a partial approval names its payment and a smaller amount of its currency."""
    part = reply.amount
    if part is None or (reply.batch, reply.kind) != (asked.batch, asked.kind):
        return False
    return part.currency == asked.amount.currency and 0 < part.minor < asked.amount.minor
