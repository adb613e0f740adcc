"""F53 beside F52: what the PIN block is, and under which kind of key.

| digit | says |
|---|---|
| 1 | 2 format 0 (the card number is in the block), 1 format 1 (it is not), 3 and 4 those formats |
| 2 | 0 single-length DES, 6 double-length, 7 AES |
| 3 | 0: tracks are in the clear |
| 4 | 0 the key of the last sign-on, 1 a DUKPT key |

2, 6 and the third digit are practice in China (`26` and zeros); formats 3 and 4, AES and the
fourth digit are our own. The rest is zeros.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from protocol.errors import StructureError
from protocol.pin_rule import PinFormat, PinKeys
from protocol.secrets import PinBlock

FIELD: Final = 53
LENGTH: Final = 16

FORMATS: Final = {
    "2": PinFormat.ISO_0,
    "1": PinFormat.ISO_1,
    "3": PinFormat.ISO_3,
    "4": PinFormat.ISO_4,
}
SOURCES: Final = {"0": PinKeys.SIGN_ON, "1": PinKeys.DUKPT}
_FORMAT_DIGITS: Final = {form: digit for digit, form in FORMATS.items()}
_SOURCE_DIGITS: Final = {keys: digit for digit, keys in SOURCES.items()}


class PinCipher(Enum):
    """The second digit of F53."""

    DES = "0"
    DOUBLE_DES = "6"
    AES = "7"


CIPHERS: Final = {one.value: one for one in PinCipher}


class SecurityControl(msgspec.Struct, frozen=True, gc=False):
    """F53 of a message with a PIN."""

    format: PinFormat
    cipher: PinCipher
    keys: PinKeys = PinKeys.SIGN_ON

    def __post_init__(self) -> None:
        if (self.format is PinFormat.ISO_4) != (self.cipher is PinCipher.AES):
            raise ValueError(f"F{FIELD}: format 4 is the one under AES")

    @classmethod
    def parse(cls, value: str) -> SecurityControl:
        """Read F53. Raises StructureError."""
        if len(value) != LENGTH:
            raise StructureError(FIELD, 0, f"has {LENGTH} digits, not {len(value)}")
        form, cipher, keys = FORMATS.get(value[0]), CIPHERS.get(value[1]), SOURCES.get(value[3])
        if form is None:
            raise StructureError(FIELD, 0, "is no format of a PIN block that is known here")
        if cipher is None or (form is PinFormat.ISO_4) != (cipher is PinCipher.AES):
            raise StructureError(FIELD, 1, "is no cipher for a PIN block of this format")
        if keys is None:
            raise StructureError(FIELD, 3, "names no source of keys that is known here")
        return cls(form, cipher, keys)

    def build(self) -> str:
        """Return the value of F53."""
        head = f"{_FORMAT_DIGITS[self.format]}{self.cipher.value}0{_SOURCE_DIGITS[self.keys]}"
        return head.ljust(LENGTH, "0")


class SealedPin(msgspec.Struct, frozen=True, gc=False):
    """A PIN on its way: F52, F53 where it came, and with DUKPT the key serial number."""

    block: PinBlock
    control: SecurityControl | None = None
    serial: bytes | None = None
