"""Which messages of a dialect carry a MAC, and how it is made: data, no cipher.

    [mac]
    algorithm = "CUP-ECB"
    classes = "124"

The MAC stands in F64, or in F128 of a message with a secondary bitmap. `protocol.mac` computes
it, `protocol.signing` puts it in its place.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

APPROVALS: Final = frozenset({"00", "10", "11", "A2", "A4", "A5", "A6"})
"""Codes on which money moves: a reply with one of them must prove itself."""

REVERSAL: Final = "4"
NOTHING_TO_UNDO: Final = frozenset({"12", "25"})
"""Codes that end a reversal like an approval: believing a forged one would forget money."""


class MacName(Enum):
    """The algorithms a dialect can name."""

    X9_9 = "X9.9"
    X9_19 = "X9.19"
    ISO9797_1_ALGORITHM_1 = "ISO9797-1/1"
    ISO9797_1_ALGORITHM_3 = "ISO9797-1/3"
    CUP_ECB = "CUP-ECB"
    AES_CMAC = "AES-CMAC"


class Padding(Enum):
    """ISO/IEC 9797-1, 6.3: method 1 adds zeros if needed; method 2 adds 80 and then zeros."""

    METHOD_1 = 1
    METHOD_2 = 2


class MacRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`classes` are the second digits of the message types that carry a MAC: 1 authorisation,
    2 financial, 4 reversal. `length` is the MAC's in bytes; a shorter one is filled with zeros.

    A host signs every reply of these classes that it can. A MAC that came must be good. The
    terminal wants one of all that moves or settles money: approvals, and the 12 and 25 that end a
    reversal. Other declines may come without, unless `check_declines` says that none may.
    """

    algorithm: MacName | None = None
    padding: Padding = Padding.METHOD_1
    length: int = 8
    classes: str = "124"
    check_declines: bool = False

    def __post_init__(self) -> None:
        if not 4 <= self.length <= 8:
            raise ValueError("a MAC in a message has 4 to 8 bytes")
        if not (self.classes.isascii() and self.classes.isdigit()):
            raise ValueError("classes are digits")

    def covers(self, mti: str) -> bool:
        """True when messages of this type carry a MAC."""
        return self.algorithm is not None and mti[1] in self.classes

    def proves(self, mti: str, code: str) -> bool:
        """True when a reply of this type and response code must carry a good MAC."""
        settles = code in APPROVALS or (mti[1] == REVERSAL and code in NOTHING_TO_UNDO)
        return self.covers(mti) and (self.check_declines or settles)
