"""F54: additional amounts, twenty characters each (ISO 8583:1987, 4.4.16).

10 02 156 C 000000012345
account type, amount type, currency, credit or debit, minor units
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from protocol.amount import Amount
from protocol.errors import StructureError
from protocol.structures.parts import LETTERS_DIGITS, Part, check, cut

FIELD: Final = 54
BALANCES_MAX: Final = 6
PARTS: Final = (
    Part("account type", 2),
    Part("amount type", 2),
    Part("currency", 3),
    Part("sign", 1, LETTERS_DIGITS),
    Part("amount", 12),
)
SIZE: Final = sum(part.size for part in PARTS)


class Sign(Enum):
    """Whose the amount is: a credit is the cardholder's money."""

    CREDIT = "C"
    DEBIT = "D"


_SIGNS: Final = {sign.value: sign for sign in Sign}


class AmountType(Enum):
    """What an additional amount is; a network may have more."""

    LEDGER_BALANCE = "01"
    AVAILABLE_BALANCE = "02"
    CASH = "40"


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One additional amount; `amount_type` two digits, such as those of AmountType."""

    amount: Amount
    sign: Sign = Sign.CREDIT
    account_type: str = "00"
    amount_type: str = AmountType.AVAILABLE_BALANCE.value

    def __post_init__(self) -> None:
        check(FIELD, [self.account_type, self.amount_type, self.amount.currency], PARTS)


class Balances(msgspec.Struct, frozen=True):
    """The additional amounts of one message."""

    balances: tuple[Balance, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.balances) <= BALANCES_MAX:
            raise ValueError(f"F{FIELD} at character 0: there are 1 to {BALANCES_MAX} amounts")

    @classmethod
    def parse(cls, value: str) -> Balances:
        """Read F54. Raises StructureError."""
        begins = range(0, len(value), SIZE)
        if not 1 <= len(begins) <= BALANCES_MAX:
            raise StructureError(FIELD, 0, f"there are 1 to {BALANCES_MAX} amounts")
        return cls(tuple(_balance(value, begin) for begin in begins))

    def build(self) -> str:
        """Return the value of F54."""
        return "".join(
            f"{one.account_type}{one.amount_type}{one.amount.currency}"
            f"{one.sign.value}{one.amount.minor:012d}"
            for one in self.balances
        )


def _balance(value: str, begin: int) -> Balance:
    account_type, amount_type, currency, sign, minor = cut(FIELD, value, PARTS, begin=begin)
    if sign not in _SIGNS:
        raise StructureError(FIELD, begin + 7, "sign is C or D")
    return Balance(
        amount=Amount(int(minor), currency),
        sign=_SIGNS[sign],
        account_type=account_type,
        amount_type=amount_type,
    )
