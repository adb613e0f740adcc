"""What a person at the counter asks for: a kind of payment, how much, with which card, of what.

Fields that a kind does not need stay None; `terminal.originals` fills in what follows from the
original: the whole amount, what is left to refund, the card that paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card, OriginalPayment


@dataclass(frozen=True, slots=True)
class Voucher:
    """Names an earlier payment: by its voucher number (STAN) and batch, or by the host's RRN."""

    stan: str = ""
    batch: str | None = None
    rrn: str = ""


class Partial(Enum):
    """What becomes of an approval for less than was asked (code 10)."""

    ASK = "ask"
    ACCEPT = "accept"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Intent:
    """One wish. `voucher` is there exactly when the kind speaks of an earlier payment.

    `tag` is what the shop calls the goods: for the receipt's search, never for the wire.
    """

    kind: PaymentKind
    amount: Amount | None = None
    card: Card | None = None
    voucher: Voucher | None = None
    tag: str = ""
    partial: Partial = Partial.UNDO


@dataclass(frozen=True, slots=True)
class Complete:
    """A wish with everything that its request needs."""

    kind: PaymentKind
    amount: Amount
    card: Card
    original: OriginalPayment | None = None
    tag: str = ""
    partial: Partial = Partial.UNDO
