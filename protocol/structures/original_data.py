"""F61: the payment that a void, a refund or a reversal speaks of.

    000001 000123 1120 00 00000000000
    61.1 batch, 61.2 STAN, 61.3 date (MMDD), 61.4 authorisation mode, 61.5 authorising
    institution; a message may end after 61.2 and later

A refund after its batch is settled has zeros for batch and STAN, and the date.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.structures.parts import Part, check, cut

FIELD: Final = 61
PARTS: Final = (
    Part("original batch", 6),
    Part("original STAN", 6),
    Part("original date", 4),
    Part("authorisation mode", 2),
    Part("authorising institution", 11),
)
NEEDED: Final = 2
SIZE: Final = sum(part.size for part in PARTS)


class OriginalData(msgspec.Struct, frozen=True, kw_only=True):
    """F61, each part as its digits; "" for parts that the message ends before."""

    batch: str
    stan: str
    date: str = ""
    mode: str = ""
    institution: str = ""

    def __post_init__(self) -> None:
        parts = self._parts()
        there = [part for part in parts if part]
        if there != parts[: len(there)]:
            raise ValueError(f"F{FIELD}: a part is there only when those before it are")
        check(FIELD, parts[: max(len(there), NEEDED)], PARTS)

    @classmethod
    def parse(cls, value: str) -> OriginalData:
        """Read F61. Raises StructureError."""
        found = cut(FIELD, value, PARTS, needed=NEEDED)
        if len(value) > SIZE:
            raise StructureError(FIELD, SIZE, "digits follow the last part")
        batch, stan, date, mode, institution = [*found, *[""] * (len(PARTS) - len(found))]
        return cls(batch=batch, stan=stan, date=date, mode=mode, institution=institution)

    def build(self) -> str:
        """Return the value of F61."""
        return "".join(self._parts())

    def _parts(self) -> list[str]:
        return [self.batch, self.stan, self.date, self.mode, self.institution]
