"""F48 of a settlement: 62 digits, domestic cards and then foreign ones.

    0   12  debit amount     15  12  credit amount     30  1  reply code
    12   3  debit count      27   3  credit count      31     the same for foreign cards

Each side has room for 999 payments. One more is refused, never wrapped: a terminal has to
settle before it comes to that.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.amount import AMOUNT_MINOR_MAX
from protocol.errors import StructureError
from protocol.operations import ReconciliationResult, Totals
from protocol.structures.parts import Part, check_number, cut

FIELD: Final = 48
SIDE_COUNT_MAX: Final = 999
NOT_ASKED: Final = "0"
"""The reply code of a request."""

PARTS: Final = (
    Part("debit amount", 12),
    Part("debit count", 3),
    Part("credit amount", 12),
    Part("credit count", 3),
    Part("reply code", 1),
)
HALF_SIZE: Final = sum(part.size for part in PARTS)

_RESULTS: Final = {result.value: result for result in ReconciliationResult}


class CardTotals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and amounts (minor units) of the cards of one origin, and the host's verdict.

    `reply_code` is a digit and not an enumeration: a host may send one that nobody knows, and
    then the batch is not closed.
    """

    debit_amount: int = 0
    debit_count: int = 0
    credit_amount: int = 0
    credit_count: int = 0
    reply_code: str = NOT_ASKED

    def __post_init__(self) -> None:
        for at, name, amount in (
            (0, "debit", self.debit_amount),
            (15, "credit", self.credit_amount),
        ):
            check_number(FIELD, at, f"{name} amount", amount, AMOUNT_MINOR_MAX)
        for at, name, count in ((12, "debit", self.debit_count), (27, "credit", self.credit_count)):
            check_number(FIELD, at, f"{name} count", count, SIDE_COUNT_MAX)
        if len(self.reply_code) != 1 or self.reply_code not in "0123456789":
            raise ValueError(f"F{FIELD} at character 30: reply code is one digit")

    @property
    def result(self) -> ReconciliationResult | None:
        """The verdict; None when the host gave none that closes a batch or names a difference."""
        return _RESULTS.get(self.reply_code)

    def build(self) -> str:
        """Return the 31 digits."""
        return (
            f"{self.debit_amount:012d}{self.debit_count:03d}"
            f"{self.credit_amount:012d}{self.credit_count:03d}{self.reply_code}"
        )


class SettlementTotals(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of one batch, as the terminal counts them or as the host answers."""

    domestic: CardTotals = CardTotals()
    foreign: CardTotals = CardTotals()

    @classmethod
    def parse(cls, value: str) -> SettlementTotals:
        """Read F48 of an 0500 or 0510. Raises StructureError."""
        halves = cut(FIELD, value, (*PARTS, *PARTS))
        if len(value) != 2 * HALF_SIZE:
            raise StructureError(FIELD, 2 * HALF_SIZE, "digits follow the totals")
        return cls(
            domestic=_card_totals(halves[: len(PARTS)]),
            foreign=_card_totals(halves[len(PARTS) :]),
        )

    def build(self) -> str:
        """Return the 62 digits."""
        return self.domestic.build() + self.foreign.build()


def less(totals: Totals, part: Totals) -> Totals:
    """Return totals without a part of them: domestic cards are all but the foreign ones."""
    return Totals(
        credit_count=totals.credit_count - part.credit_count,
        debit_count=totals.debit_count - part.debit_count,
        credit_amount=totals.credit_amount - part.credit_amount,
        debit_amount=totals.debit_amount - part.debit_amount,
    )


def _card_totals(texts: list[str]) -> CardTotals:
    debit_amount, debit_count, credit_amount, credit_count, reply_code = texts
    return CardTotals(
        debit_amount=int(debit_amount),
        debit_count=int(debit_count),
        credit_amount=int(credit_amount),
        credit_count=int(credit_count),
        reply_code=reply_code,
    )
