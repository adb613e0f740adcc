"""F48 of an upload: up to eight payments in one message, and the count that ends them.

    02 | 00 000123 00004111111111111111 000000012345 | 01 000124 ...
    n   card STAN  number, zeros before it  amount

An upload ends with the number of all payments, four digits, even when there are none.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from protocol.amount import AMOUNT_MINOR_MAX
from protocol.errors import StructureError
from protocol.secrets import PAN_LENGTH_MAX, PAN_LENGTH_MIN, Pan
from protocol.structures.parts import Part, check, check_number, cut

FIELD: Final = 48
ITEMS_MAX: Final = 8
UPLOAD_COUNT_MAX: Final = 9999
PAN_SIZE: Final = 20

COUNT: Final = (Part("count of items", 2),)
ITEM: Final = (
    Part("card origin", 2),
    Part("STAN", 6),
    Part("card number", PAN_SIZE),
    Part("amount", 12),
)
ITEM_SIZE: Final = sum(part.size for part in ITEM)
END: Final = (Part("count of payments", 4),)


class CardOrigin(Enum):
    """Which half of the totals a card counts in."""

    DOMESTIC = "00"
    FOREIGN = "01"


_ORIGINS: Final = {origin.value: origin for origin in CardOrigin}


class UploadedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of the batch; the amount in minor units."""

    stan: str
    pan: Pan
    amount: int
    origin: CardOrigin = CardOrigin.DOMESTIC

    def __post_init__(self) -> None:
        check(FIELD, [self.origin.value, self.stan], ITEM)
        check_number(FIELD, 28, "amount", self.amount, AMOUNT_MINOR_MAX)
        if self.pan.reveal().startswith("0"):
            raise ValueError(f"F{FIELD} at character 8: card number begins with a zero")

    def build(self) -> str:
        """Return the 40 digits."""
        pan = self.pan.reveal().zfill(PAN_SIZE)
        return f"{self.origin.value}{self.stan}{pan}{self.amount:012d}"


class UploadDetail(msgspec.Struct, frozen=True):
    """The payments of one 0320, one to eight."""

    payments: tuple[UploadedPayment, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.payments) <= ITEMS_MAX:
            raise ValueError(f"F{FIELD} at character 0: count of items is 1 to {ITEMS_MAX}")

    @classmethod
    def parse(cls, value: str) -> UploadDetail:
        """Read F48 of an 0320 with details. Raises StructureError."""
        count = int(cut(FIELD, value, COUNT)[0])
        if not 1 <= count <= ITEMS_MAX:
            raise StructureError(FIELD, 0, f"count of items is 1 to {ITEMS_MAX}")
        if len(value) != 2 + count * ITEM_SIZE:
            raise StructureError(FIELD, 0, "count of items is not what follows")
        return cls(tuple(_payment(value, 2 + item * ITEM_SIZE) for item in range(count)))

    def build(self) -> str:
        """Return the value of F48."""
        items = "".join(payment.build() for payment in self.payments)
        return f"{len(self.payments):02d}{items}"


class UploadCount(msgspec.Struct, frozen=True):
    """How many payments were uploaded: F48 of the message that ends an upload."""

    count: int

    def __post_init__(self) -> None:
        check_number(FIELD, 0, END[0].name, self.count, UPLOAD_COUNT_MAX)

    @classmethod
    def parse(cls, value: str) -> UploadCount:
        """Read F48 of the end of an upload. Raises StructureError."""
        (count,) = cut(FIELD, value, END)
        if len(value) != len(count):
            raise StructureError(FIELD, len(count), "digits follow the count")
        return cls(int(count))

    def build(self) -> str:
        """Return the value of F48."""
        return f"{self.count:04d}"


def _payment(value: str, begin: int) -> UploadedPayment:
    origin, stan, number, amount = cut(FIELD, value, ITEM, begin=begin)
    if origin not in _ORIGINS:
        raise StructureError(FIELD, begin, "card origin is 00 or 01")
    digits = number.lstrip("0")
    if not PAN_LENGTH_MIN <= len(digits) <= PAN_LENGTH_MAX:
        raise StructureError(FIELD, begin + 8, "card number is none")
    return UploadedPayment(stan=stan, pan=Pan(digits), amount=int(amount), origin=_ORIGINS[origin])
