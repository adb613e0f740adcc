"""How a dialect's PINs travel: the block, and where its key comes from. Data, no cipher.

    [pin]
    format = 4
    keys = "dukpt"

`protocol.pin_block` makes the blocks and `protocol.dukpt` the keys; F53 says in each message what
was done (`protocol.structures.sealed_pin`).
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

DES_PIN_BLOCK: Final = 8
AES_PIN_BLOCK: Final = 16


class PinFormat(Enum):
    """ISO 9564-1:2017, 9.3 and 9.4: 0, 1 and 3 are one block of DES, 4 is one of AES."""

    ISO_0 = 0
    ISO_1 = 1
    ISO_3 = 3
    ISO_4 = 4

    @property
    def block_size(self) -> int:
        """Return the bytes of F52."""
        return AES_PIN_BLOCK if self is PinFormat.ISO_4 else DES_PIN_BLOCK


class PinKeys(Enum):
    """Where the key of a PIN block comes from: the last sign-on, or a new one for each PIN."""

    SIGN_ON = "sign-on"
    DUKPT = "dukpt"


class PinRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`format` is the ISO 9564-1 format, and with it the cipher: 4 is AES, the others are TDES.

    With DUKPT the key serial number travels in the field `serial_field`.
    """

    format: PinFormat = PinFormat.ISO_0
    keys: PinKeys = PinKeys.SIGN_ON
    serial_field: int = 62


AS_USUAL: Final = PinRule()
"""Format 0 under the key of the last sign-on."""
