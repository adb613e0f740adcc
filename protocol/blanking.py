"""The bytes of a message with everything secret blanked, at the same length.

For files of packets: every field that would be masked on a screen has nines where the stars would
be, in the digits of its own encoding; binary secrets, and what is found in no field, are zero.
Not zeros for a card's digits: 6200000000000005 would still stand there, as other test cards would.
Lengths, bitmaps and all other fields stay as they were, so that a foreign reader still reads it.
"""

from __future__ import annotations

from protocol.element import Element, ElementError, charset_table
from protocol.layout import Layout
from protocol.message import FieldValue, mask_field


def blank(layout: Layout, data: bytes) -> bytes:
    """Return the message `data` with what is secret blanked."""
    begin = layout.bitmap_begin
    if data[layout.header_size : begin] not in layout.mtis:
        return bytes(len(data))
    try:
        if layout.header_size:
            layout.read_header(data[: layout.header_size])
        numbers, end = layout.bitmap_at(data, begin)
    except (ElementError, ValueError):
        return bytes(len(data))
    hidden = layout.dialect.hidden
    out = bytearray(data)
    for number in numbers:
        at, element = end, layout.elements[number]
        try:
            value, end = element.read(data, at)
        except ElementError:
            end = at
            break
        shown = mask_field(number, value, hidden)
        if shown != value:
            body = at + element.field.len_type
            out[body:end] = _concealed(element, value, shown, data[body:end])
    out[end:] = bytes(len(data) - end)
    return bytes(out)


def _concealed(element: Element, value: FieldValue, shown: str, body: bytes) -> bytes:
    """Return the bytes of a field with nines for the stars of `shown`."""
    if not isinstance(value, str):
        return bytes(len(body)) if element.packed else _digit("0", element) * len(body)
    starred = [mark == "*" for mark in shown]
    assert len(starred) == len(value), "a mask is as long as what it hides"
    if not element.packed:
        nine = _digit("9", element)
        pairs = zip(starred, body, strict=True)
        return b"".join(nine if star else bytes((byte,)) for star, byte in pairs)
    digits = list(body.hex())
    shift = 1 if element.field.left_pad and len(value) % 2 else 0
    for place, star in enumerate(starred):
        if star:
            digits[place + shift] = "9"
    return bytes.fromhex("".join(digits))


def _digit(digit: str, element: Element) -> bytes:
    return digit.encode("ascii").translate(charset_table(element.field.data_enc))
