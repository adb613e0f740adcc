"""F60: what kind of message this is, in which batch, by what kind of terminal.

    22 000001 000 6 0 0 000
    60.1 type, 60.2 batch, 60.3 network management, 60.4 reading, 60.5 chip condition,
    60.6 partial approval, 60.7 account type; a message may end after 60.3 and later

The type says how a payment counts. Its first digit: 0 inquiry, 1 authorisation, 2 financial,
3 offline, 4 purse, 5 financial; 2, 3 and 5 count in the totals. Its second digit: even is a
debit, odd a credit.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.kinds import Side
from protocol.structures.parts import Part, check, cut

FIELD: Final = 60
PARTS: Final = (
    Part("type", 2),
    Part("batch", 6),
    Part("network management code", 3),
    Part("reading capability", 1),
    Part("chip condition", 1),
    Part("partial approval flag", 1),
    Part("account type", 3),
)
NEEDED: Final = 3
SIZE: Final = sum(part.size for part in PARTS)

REST_MAX: Final = 30 - SIZE
REST_PROBLEM: Final = f"what follows the account type is at most {REST_MAX} digits"

COUNTED: Final = frozenset("235")
"""First digits of the types that count in the totals."""

SIDES: Final = {digit: Side.CREDIT if digit in "13579" else Side.DEBIT for digit in "0123456789"}
"""Second digit of a type that counts -> the side of the totals."""


def totals_side(message_type: str) -> Side:
    """Return the side of the totals that 60.1 counts on."""
    return SIDES[message_type[1]] if message_type[0] in COUNTED else Side.NEITHER


class BatchData(msgspec.Struct, frozen=True, kw_only=True):
    """F60, each part as its digits; "" for parts that the message ends before.

    `rest` is what follows 60.7 in some networks.
    """

    message_type: str
    batch: str
    network_code: str = "000"
    reading: str = ""
    chip_condition: str = ""
    partial_approval: str = ""
    account_type: str = ""
    rest: str = ""

    def __post_init__(self) -> None:
        parts = self._parts()
        there = [part for part in parts if part]
        if there != parts[: len(there)] or (self.rest and len(there) < len(PARTS)):
            raise ValueError(f"F{FIELD}: a part is there only when those before it are")
        check(FIELD, parts[: max(len(there), NEEDED)], PARTS)
        if not _is_rest(self.rest):
            raise ValueError(f"F{FIELD} at character {SIZE}: {REST_PROBLEM}")

    @classmethod
    def parse(cls, value: str) -> BatchData:
        """Read F60. Raises StructureError."""
        found = cut(FIELD, value, PARTS, needed=NEEDED)
        if not _is_rest(value[SIZE:]):
            raise StructureError(FIELD, SIZE, REST_PROBLEM)
        kind, batch, network_code, reading, chip_condition, partial_approval, account_type = [
            *found,
            *[""] * (len(PARTS) - len(found)),
        ]
        return cls(
            message_type=kind,
            batch=batch,
            network_code=network_code,
            reading=reading,
            chip_condition=chip_condition,
            partial_approval=partial_approval,
            account_type=account_type,
            rest=value[SIZE:],
        )

    def build(self) -> str:
        """Return the value of F60."""
        return "".join(self._parts()) + self.rest

    def _parts(self) -> list[str]:
        return [
            self.message_type,
            self.batch,
            self.network_code,
            self.reading,
            self.chip_condition,
            self.partial_approval,
            self.account_type,
        ]


def _is_rest(text: str) -> bool:
    return not text or (len(text) <= REST_MAX and text.isascii() and text.isdigit())
