"""F63: three characters, and in replies perhaps a text for the receipt.

A sign-on or settlement has the operator's number ("01 "), a refund "000"; a reply to a payment
the card's organisation (CUP, VIS, MCC, ...), and behind it what issuer, network and acquirer
want printed, in GB 18030.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.structures.parts import LETTERS_DIGITS, Part, check, cut

FIELD: Final = 63
CODE_SIZE: Final = 3
PARTS: Final = (Part("code", CODE_SIZE, LETTERS_DIGITS),)
TEXT_SIZE_MAX: Final = 160
CHARSET: Final = "gb18030"


class CardOrganisation(msgspec.Struct, frozen=True):
    """F63 either way: `code` without its filler, and the text behind it."""

    code: str
    text: str = ""

    def __post_init__(self) -> None:
        check(FIELD, [self.code.ljust(CODE_SIZE)], PARTS)
        if len(self.text.encode(CHARSET)) > TEXT_SIZE_MAX:
            raise ValueError(f"F{FIELD} at character 3: text has at most {TEXT_SIZE_MAX} bytes")

    @classmethod
    def parse(cls, value: bytes) -> CardOrganisation:
        """Read F63; bytes of the text that are not GB 18030 become question marks.

        Nothing is decided by that text, so it is no reason to refuse a reply. Raises
        StructureError for a wrong code.
        """
        (code,) = cut(FIELD, value[:CODE_SIZE].decode("latin-1"), PARTS)
        if len(value) > CODE_SIZE + TEXT_SIZE_MAX:
            raise StructureError(FIELD, CODE_SIZE, f"text has at most {TEXT_SIZE_MAX} bytes")
        text = (
            value[CODE_SIZE:].decode(CHARSET, "replace").replace("\N{REPLACEMENT CHARACTER}", "?")
        )
        return cls(code.rstrip(), text)

    def build(self) -> bytes:
        """Return the value of F63."""
        return self.code.ljust(CODE_SIZE).encode("ascii") + self.text.encode(CHARSET)
