"""F55, chip data: BER-TLV kept whole, every tag in its place, unknown ones too.

Source: EMV Book 3 annex B (tags of one to four bytes, definite lengths only). Repeated tags and
order are kept, because an issuer computes over what the chip said, not over a dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TAG_LENGTH_MAX: Final = 4
ELEMENTS_MAX: Final = 128

FORBIDDEN: Final = frozenset({"57", "5A", "5F20", "9F6B"})
"""Track 2, card number, cardholder name, track 2 again: never stored, never in a reversal."""

CONSTRUCTED: Final = 0x20
PADDING: Final = 0x00


class TlvError(ValueError):
    """Chip data that lies about itself: byte position and problem, never a value."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"TLV at byte {position}: {problem}")
        self.position = position
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Element:
    """One data object: tag in upper hex ("9F26") and value. Its `repr` shows no value."""

    tag: str
    value: bytes

    def __repr__(self) -> str:
        return f"<{self.tag}: {len(self.value)} bytes>"

    def encode(self) -> bytes:
        """Return tag, shortest length form, value."""
        return bytes.fromhex(self.tag) + _length(len(self.value)) + self.value


def parse(data: bytes) -> tuple[Element, ...]:
    """Cut chip data into elements, in order. Raises TlvError."""
    elements: list[Element] = []
    position = 0
    while position < len(data):
        if data[position] == PADDING:
            position += 1
            continue
        if len(elements) == ELEMENTS_MAX:
            raise TlvError(position, f"more than {ELEMENTS_MAX} elements")
        tag, position = _read_tag(data, position)
        size, position = _read_length(data, position)
        if size > len(data) - position:
            raise TlvError(position, f"{tag} claims {size} bytes, {len(data) - position} are left")
        elements.append(Element(tag, data[position : position + size]))
        position += size
    return tuple(elements)


def build(elements: tuple[Element, ...]) -> bytes:
    """Return the elements one after the other."""
    return b"".join(element.encode() for element in elements)


def scrub(data: bytes) -> bytes:
    """Return chip data without the forbidden tags, at any depth; all others stay, in order.

    Raises TlvError: what cannot be read cannot be cleared, so it must not be kept.
    """
    kept: list[Element] = []
    for element in parse(data):
        if element.tag in FORBIDDEN:
            continue
        if int(element.tag[:2], 16) & CONSTRUCTED:
            element = Element(element.tag, scrub(element.value))
        kept.append(element)
    return build(tuple(kept))


def _read_tag(data: bytes, position: int) -> tuple[str, int]:
    end = position + 1
    if data[position] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data) or end - position > TAG_LENGTH_MAX:
        raise TlvError(position, "the tag does not end")
    return data[position:end].hex().upper(), end


def _read_length(data: bytes, position: int) -> tuple[int, int]:
    if position >= len(data):
        raise TlvError(position, "the length is missing")
    first = data[position]
    if first < 0x80:
        return first, position + 1
    size = first & 0x7F
    if not 1 <= size <= 2 or position + 1 + size > len(data):
        raise TlvError(position, "the length has no definite form of one to three bytes")
    return int.from_bytes(data[position + 1 : position + 1 + size], "big"), position + 1 + size


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    return b"\x81" + bytes([size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
