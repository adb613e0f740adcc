"""The card of a payment as it is written: in a TOML file, or in a line of `serve`.

pan = "6200000000000005"                    may be left out where track2 has it
expiry = "3012"
track2 = "6200000000000005=30122010000"
chip = "9F2608A1B2C3D4E5F60718"             F55, BER-TLV in hexadecimal digits
pin = "1234"                                of a test card; travels enciphered
entry_mode = "051"                          F22; follows from the others
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from protocol.operations import Card
    from protocol.secrets import ChipData, Track2

CHIP_BYTES_MAX: Final = 255
TRACK2_MAX: Final = 37
TRACK2: Final = re.compile(r"([0-9]{12,19})[=D][0-9]{4,24}")
ENTRY_MODE: Final = re.compile(r"[0-9]{2}[012]")
SWIPED: Final = "02"
READ_BY_CHIP: Final = ("05", "07")


class CardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a card file may hold, and the `card` of a line; "" is not there."""

    pan: str = ""
    expiry: str | None = None
    track2: str = ""
    chip: str = ""
    pin: str = ""
    entry_mode: str = ""

    def __repr__(self) -> str:
        """A card is no text for a log."""
        return "CardFile(...)"

    @property
    def mode(self) -> str:
        """Return F22: how the number was read, and whether a PIN was keyed in."""
        read = "05" if self.chip else SWIPED if self.track2 else "01"
        return self.entry_mode or read + ("1" if self.pin else "2")


def presented(given: CardFile) -> Card:
    """Return the card on the counter. Raises ValueError: what is wrong, and never a value."""
    from protocol.operations import Card
    from protocol.pin_block import Pin
    from protocol.secrets import Pan
    from terminal.presented import Presented

    track2 = _track2(given)
    pan = Pan(given.pan or (track2.reveal().partition("=")[0] if track2 else ""))
    _check_mode(given)
    if not (given.pin or given.chip):
        return Card(pan, given.expiry, given.mode, track2)
    pin = Pin(given.pin) if given.pin else None
    return Presented(pan, given.expiry, given.mode, track2, pin, _chip(given.chip))


def _track2(given: CardFile) -> Track2 | None:
    from protocol.secrets import Track2

    if not given.track2:
        return None
    found = TRACK2.fullmatch(given.track2)
    if found is None or len(given.track2) > TRACK2_MAX:
        raise ValueError("track2 is a card number, = or D, expiry and more, at most 37 characters")
    if given.pan and given.pan != found[1]:
        raise ValueError("track2 holds another card number than pan")
    return Track2(given.track2.replace("D", "="))


def _chip(text: str) -> ChipData | None:
    from protocol import tlv
    from protocol.secrets import ChipData

    if not text:
        return None
    if len(text) % 2 or not set(text) <= set("0123456789ABCDEFabcdef"):
        raise ValueError("chip is pairs of hexadecimal digits")
    data = bytes.fromhex(text)
    if len(data) > CHIP_BYTES_MAX:
        raise ValueError(f"chip has {len(data)} bytes, F55 takes {CHIP_BYTES_MAX}")
    tlv.parse(data)
    return ChipData(data)


def _check_mode(given: CardFile) -> None:
    mode = given.mode
    if ENTRY_MODE.fullmatch(mode) is None:
        raise ValueError("entry_mode is three digits, the last 0, 1 (with a PIN) or 2")
    if mode.startswith(SWIPED) and not given.track2:
        raise ValueError(f"entry_mode {mode} is a swiped card, and there is no track2")
    if mode.startswith(READ_BY_CHIP) and not given.chip:
        raise ValueError(f"entry_mode {mode} is a chip card, and there is no chip")
    if (mode[-1] == "1") != bool(given.pin):
        raise ValueError(f"entry_mode {mode} and the PIN contradict each other")
