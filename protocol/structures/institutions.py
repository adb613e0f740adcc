"""F44 of a reply: who issued the card, and who acquired the payment.

Two codes of up to 11 characters, each filled up with blanks.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.structures.parts import TEXT, Part, check, cut

FIELD: Final = 44
CODE_SIZE: Final = 11
PARTS: Final = (Part("issuer", CODE_SIZE, TEXT), Part("acquirer", CODE_SIZE, TEXT))


class Institutions(msgspec.Struct, frozen=True, kw_only=True):
    """The codes of issuer and acquirer, without their filler."""

    issuer: str
    acquirer: str

    def __post_init__(self) -> None:
        check(FIELD, self._filled(), PARTS)

    @classmethod
    def parse(cls, value: str) -> Institutions:
        """Read F44; what follows the two codes is not looked at. Raises StructureError."""
        # Hosts drop the blanks at the end.
        issuer, acquirer = cut(FIELD, value.ljust(2 * CODE_SIZE), PARTS)
        return cls(issuer=issuer.rstrip(), acquirer=acquirer.rstrip())

    def build(self) -> str:
        """Return the value of F44."""
        return "".join(self._filled())

    def _filled(self) -> list[str]:
        return [code.ljust(CODE_SIZE) for code in (self.issuer, self.acquirer)]
