"""The payment inquiry's own data, both ways: text of fixed places, in one field of the dialect.

    asked     000001 000002 000000000007 000007 000000000000
              batch, STAN, RRN, authorisation, RRN to begin after; zeros or blanks: not asked for
    answered  0007 000009 000000000007  and up to four payments of 99 characters
              count of all, highest STAN, RRN to go on after (zeros: that was the last page)

Of a payment: batch, STAN, kind (as 60.1 of the packed dialect), state (A approved, D declined, R
reversed, E expired), moment (UTC), amount, currency, masked card, code, RRN, authorisation,
settlement date, and batch and STAN of the payment it speaks of (zeros: none).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.errors import StructureError
from protocol.inquiries import MOMENT, KnownPayment, PaymentState
from protocol.kinds import KINDS
from protocol.structures.parts import LETTERS_DIGITS, TEXT, Part, check, check_number, cut

PAYMENTS_MAX: Final = 4
"""In one answer: as many as the smallest of the fields has room for."""
COUNT_MAX: Final = 9999
NO_NUMBER: Final = "000000"
NO_RRN: Final = "0" * 12

ASKED: Final = (
    Part("batch", 6),
    Part("STAN", 6),
    Part("reference number", 12, LETTERS_DIGITS),
    Part("authorisation", 6, LETTERS_DIGITS),
    Part("reference number to begin after", 12),
)
HEAD: Final = (
    Part("count of payments", 4),
    Part("highest STAN", 6),
    Part("reference number to go on after", 12),
)
PAYMENT: Final = (
    Part("batch", 6),
    Part("STAN", 6),
    Part("kind", 2),
    Part("state", 1, LETTERS_DIGITS),
    Part("moment", 14),
    Part("amount", 12),
    Part("currency", 3),
    Part("card", 19, TEXT),
    Part("code", 2, LETTERS_DIGITS),
    Part("reference number", 12, LETTERS_DIGITS),
    Part("authorisation", 6, LETTERS_DIGITS),
    Part("settlement date", 4),
    Part("original batch", 6),
    Part("original STAN", 6),
)
ASKED_SIZE: Final = sum(part.size for part in ASKED)
HEAD_SIZE: Final = sum(part.size for part in HEAD)
PAYMENT_SIZE: Final = sum(part.size for part in PAYMENT)

STATES: Final = {
    "A": PaymentState.APPROVED,
    "D": PaymentState.DECLINED,
    "R": PaymentState.REVERSED,
    "E": PaymentState.EXPIRED,
}
_STATE_LETTERS: Final = {state: letter for letter, state in STATES.items()}
_KINDS: Final = {row.message_type: kind for kind, row in KINDS.items()}


class InquiryData(msgspec.Struct, frozen=True, kw_only=True):
    """What an inquiry asks for; "" is not asked for."""

    batch: str = ""
    voucher: str = ""
    rrn: str = ""
    authorisation: str = ""
    after: str = ""

    @classmethod
    def parse(cls, field: int, value: str) -> InquiryData:
        """Read what was asked. Raises StructureError."""
        batch, voucher, rrn, authorisation, after = cut(field, value, ASKED)
        if len(value) > ASKED_SIZE:
            raise StructureError(field, ASKED_SIZE, "something follows the last part")
        return cls(
            batch=_number(batch),
            voucher=_number(voucher),
            rrn=rrn.rstrip(),
            authorisation=authorisation.rstrip(),
            after="" if after == NO_RRN else after,
        )

    def build(self, field: int) -> str:
        """Return the value of the field. Raises ValueError."""
        parts = [
            self.batch or NO_NUMBER,
            self.voucher or NO_NUMBER,
            self.rrn.ljust(12),
            self.authorisation.ljust(6),
            self.after or NO_RRN,
        ]
        check(field, parts, ASKED)
        return "".join(parts)


class PageData(msgspec.Struct, frozen=True, kw_only=True):
    """One page of an answer."""

    count: int = 0
    last_stan: str = ""
    following: str = ""
    payments: tuple[KnownPayment, ...] = ()

    @classmethod
    def parse(cls, field: int, value: str) -> PageData:
        """Read a page. Raises StructureError."""
        count, last_stan, following = cut(field, value, HEAD)
        if (len(value) - HEAD_SIZE) % PAYMENT_SIZE:
            raise StructureError(field, HEAD_SIZE, "no whole number of payments follows")
        begins = range(HEAD_SIZE, len(value), PAYMENT_SIZE)
        payments = tuple(_read_payment(field, value, begin) for begin in begins)
        if len(payments) > int(count):
            raise StructureError(field, 0, "more payments follow than there are")
        return cls(
            count=int(count),
            last_stan=_number(last_stan),
            following="" if following == NO_RRN else following,
            payments=payments,
        )

    def build(self, field: int) -> str:
        """Return the value of the field. Raises ValueError."""
        check_number(field, 0, "count of payments", self.count, COUNT_MAX)
        if len(self.payments) > PAYMENTS_MAX:
            raise ValueError(f"F{field}: a page has at most {PAYMENTS_MAX} payments")
        parts = [f"{self.count:04d}", self.last_stan or NO_NUMBER, self.following or NO_RRN]
        check(field, parts, HEAD)
        return "".join([*parts, *(_build_payment(field, one) for one in self.payments)])


def _number(digits: str) -> str:
    return "" if digits == NO_NUMBER else digits


def _build_payment(field: int, payment: KnownPayment) -> str:
    parts = [
        payment.batch,
        payment.stan,
        KINDS[payment.kind].message_type,
        _STATE_LETTERS[payment.state],
        payment.at,
        f"{payment.amount.minor:012d}",
        payment.amount.currency,
        payment.card.ljust(19),
        payment.code,
        payment.rrn.ljust(12),
        payment.authorisation.ljust(6),
        payment.settlement_date or "0000",
        payment.original_batch or NO_NUMBER,
        payment.original_stan or NO_NUMBER,
    ]
    check(field, parts, PAYMENT)
    return "".join(parts)


def _read_payment(field: int, value: str, begin: int) -> KnownPayment:
    parts = dict(
        zip((part.name for part in PAYMENT), cut(field, value, PAYMENT, begin=begin), strict=True)
    )
    kind, state = _KINDS.get(parts["kind"]), STATES.get(parts["state"])
    if kind is None:
        raise StructureError(field, begin + 12, "kind is no payment's type")
    if state is None:
        raise StructureError(field, begin + 14, "state is A, D, R or E")
    if not _is_moment(parts["moment"]):
        raise StructureError(field, begin + 15, "moment is no date and time")
    date = parts["settlement date"]
    try:
        return KnownPayment(
            batch=parts["batch"],
            stan=parts["STAN"],
            kind=kind,
            state=state,
            at=parts["moment"],
            amount=Amount(int(parts["amount"]), parts["currency"]),
            card=parts["card"].rstrip(),
            code=parts["code"],
            rrn=parts["reference number"].rstrip(),
            authorisation=parts["authorisation"].rstrip(),
            settlement_date="" if date == "0000" else date,
            original_batch=_number(parts["original batch"]),
            original_stan=_number(parts["original STAN"]),
        )
    except ValueError:
        # A card in the clear is refused here, and nothing of it goes into the error.
        pass
    raise StructureError(field, begin + 44, "card is not masked, or currency is none")


def _is_moment(digits: str) -> bool:
    try:
        return bool(datetime.strptime(digits, MOMENT))  # noqa: DTZ007 - the digits are UTC
    except ValueError:
        return False
