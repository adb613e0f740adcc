"""Looks for what may not be said: card numbers, tracks, PINs and names, in many disguises."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from protocol.published_cards import TEST_CARD_RANGES
from protocol.secrets import luhn_valid

NUMBERS = re.compile(rb"(?<![0-9])[0-9]{13,19}(?![0-9])")
GROUPED = re.compile(rb"[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Digits and words that no output may hold, by what they are."""

    digits: dict[str, str]
    words: dict[str, str]

    def found_in(self, data: bytes) -> list[str]:
        """Name what is in `data`: as text, wide text, base 64, packed, or packed and shifted."""
        lower, packed = data.lower(), data.hex()
        found = [
            f"{name}, {disguise}"
            for name, text in (self.digits | self.words).items()
            for disguise, there in (
                ("text", text.lower().encode() in lower),
                ("wide text", text.encode("utf-16-le") in data),
                ("base 64", any(part in data for part in _base64(text.encode()))),
            )
            if there
        ]
        return found + [f"{name}, packed" for name, text in self.digits.items() if text in packed]


def cards_in(text: bytes) -> list[bytes]:
    """Return what reads as the number of a published card, whosever it is."""
    found = [*NUMBERS.findall(text), *(re.sub(rb"[ -]", b"", one) for one in GROUPED.findall(text))]
    return [
        one
        for one in found
        if one.decode().startswith(TEST_CARD_RANGES) and luhn_valid(one.decode())
    ]


def layers(path: Path) -> Iterator[bytes]:
    """Yield a file as it lies there, and what is wrapped in it: PNG texts, PDF streams."""
    data = path.read_bytes()
    yield data
    if path.suffix == ".png":
        with Image.open(path) as picture:
            picture.load()
            facts: dict[Any, Any] = dict(picture.info)
        yield repr(facts).encode()
    if path.suffix == ".pdf":
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
            yield _inflated(stream)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _base64(secret: bytes) -> Iterator[bytes]:
    """The middle of the secret's base 64, at each of the three places where it can begin."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + secret + bytes(3))
        yield whole[4 : 4 * ((shift + len(secret)) // 3)]
