"""What a receipt says of the chip that paid: AID, label, cryptogram, TVR, TSI and ATC.

Read from F55 by a list of what may be shown: card number, track, name and everything else that
is not on it stay where they are. A value of the wrong length or shape is left out and never
guessed at, because a chip may say anything, and paper is for good.

Source: EMV Book 3 annex A for tags and lengths and annex C5 for the TVR, Book 4 section 11.1 for
the AID on a receipt, ISO 7816-5 for the first digit of an AID.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from protocol.tlv import TlvError, parse

LABEL_LENGTH_MAX: Final = 16
CRYPTOGRAMS: Final = {0x00: "AAC", 0x40: "TC", 0x80: "ARQC"}
"""The first two bits of the cryptogram information data (9F27)."""
KIND_BITS: Final = 0xC0
ASKED: Final = "ARQC"
"""What stands in a request that does not say what it is."""

_AID = re.compile("[ADF][0-9A-F]{9,31}")
_LABEL = re.compile(r"(?=.*[A-Za-z])(?!.*\d{5})[ -~]{1,16}")
"""Letters for a person to read; a row of digits is no name of an application."""


class ChipMarks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is shown, in upper hexadecimal digits but for `label`; "" for what the chip left out.

    `cryptogram` is `kind`'s value: "ARQC" (it asked), "TC" (it agreed), "AAC" (it declined).
    """

    aid: str = ""
    label: str = ""
    kind: str = ""
    cryptogram: str = ""
    tvr: str = ""
    tsi: str = ""
    atc: str = ""

    def __post_init__(self) -> None:
        for name, size in SIZES.items():
            value = getattr(self, name)
            if value and not re.fullmatch(f"[0-9A-F]{{{2 * size}}}", value):
                raise ValueError(f"{name} is {size} bytes in hexadecimal digits")
        if self.aid and not _AID.fullmatch(self.aid):
            raise ValueError("an AID is 5 to 16 bytes that begin with A, D or F")
        if self.label and not _LABEL.fullmatch(self.label):
            raise ValueError("a label is up to 16 letters that are no number")
        if bool(self.cryptogram) != (self.kind in CRYPTOGRAMS.values()):
            raise ValueError("a cryptogram has its kind")

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return names and values in the order of the paper, without what is not there."""
        found = (
            ("AID", self.aid),
            ("APP", self.label),
            (self.kind, self.cryptogram),
            ("TVR", self.tvr),
            ("TSI", self.tsi),
            ("ATC", self.atc),
        )
        return tuple((name, value) for name, value in found if value)


SIZES: Final = {"cryptogram": 8, "tvr": 5, "tsi": 2, "atc": 2}
TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "aid": ("4F", "84", "9F06"),
    "label": ("9F12", "50"),
    "cryptogram": ("9F26",),
    "tvr": ("95",),
    "tsi": ("9B",),
    "atc": ("9F36",),
}
"""Where each stands; of several tags the first that the chip has."""


def chip_marks(chip: bytes) -> ChipMarks | None:
    """Return what of F55 may be shown, None when that is nothing."""
    try:
        values = {element.tag: element.value for element in parse(chip)}
    except TlvError:
        return None
    found: dict[str, str] = {}
    for name, tags in TAGS.items():
        value = next((values[tag] for tag in tags if tag in values), b"")
        text = _label(value) if name == "label" else value.hex().upper()
        if text and _fits(name, text):
            found[name] = text
    if "cryptogram" in found:
        said = values.get("9F27", b"")
        found["kind"] = CRYPTOGRAMS.get(said[0] & KIND_BITS, ASKED) if said else ASKED
    return ChipMarks(**found) if found else None


def _label(value: bytes) -> str:
    """Return the name of the application; a letter that is none on every paper becomes a blank."""
    text = value.decode("latin-1")
    return "".join(one if " " <= one <= "~" else " " for one in text).strip()[:LABEL_LENGTH_MAX]


def _fits(name: str, text: str) -> bool:
    match name:
        case "aid":
            return _AID.fullmatch(text) is not None
        case "label":
            return _LABEL.fullmatch(text) is not None
        case _:
            return len(text) == 2 * SIZES[name]
