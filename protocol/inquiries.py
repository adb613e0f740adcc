"""The payment inquiry, our own extension: what the host has on its books of one payment or a batch.

No standard lets a terminal read back what it has lost, so this is off by default, like the
settlement inquiry. 0600 asks and 0610 answers (class 6, administrative: ISO 8583:1987, 4.1.2), a
page at a time. Asking changes nothing on either side.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Reply, Request

UNKNOWN_PAYMENT: Final = "25"
"""F39 when nothing on the books is what was asked for."""

MOMENT: Final = "%Y%m%d%H%M%S"
"""When the host answered a payment, in UTC: a receipt needs the year."""

_MASKED: Final = re.compile(r"\d{0,6}\*{2,}\d{0,4}", re.ASCII)


class PaymentState(Enum):
    """What became of a payment at the host; only an APPROVED one stands."""

    APPROVED = "approved"
    DECLINED = "declined"
    REVERSED = "reversed"
    EXPIRED = "expired"


class KnownPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as the host has it. `card` is masked: nothing else is ever told.

    `at` is `MOMENT`; `original_batch` and `original_stan` name the payment it speaks of, or "".
    """

    batch: str
    stan: str
    kind: PaymentKind
    state: PaymentState
    at: str
    amount: Amount
    card: str
    code: str
    rrn: str
    authorisation: str = ""
    settlement_date: str = ""
    original_batch: str = ""
    original_stan: str = ""

    def __post_init__(self) -> None:
        if not _MASKED.fullmatch(self.card):
            raise ValueError("a card is told masked only: first six, stars, last four")

    @property
    def stands(self) -> bool:
        """True when the money moved and was not given back by a reversal."""
        return self.state is PaymentState.APPROVED


class PaymentInquiry(Request, frozen=True, kw_only=True, gc=False):
    """0600: what is there of this batch, oldest first, beginning after the RRN `after`?

    "" is not asked for. A batch or an RRN must be; `voucher` (a payment's STAN), `rrn` and
    `authorisation` narrow it down to one payment.
    """

    batch: str = ""
    voucher: str = ""
    rrn: str = ""
    authorisation: str = ""
    after: str = ""


class PaymentPage(Reply, frozen=True, kw_only=True, gc=False):
    """0610: some of the `count` payments asked for; 25 when there is none.

    `following` is what the next inquiry has as `after`, "" on the last page. `last_stan` is the
    highest number that the batch has seen at the host, "" before the first.
    """

    batch: str | None = None
    count: int = 0
    following: str = ""
    last_stan: str = ""
    payments: tuple[KnownPayment, ...] = ()
