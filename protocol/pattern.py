"""What a value of fixed length may be, as a regular expression.

A run of such fields becomes one expression, whose groups are the values: one call in C cuts
and checks them all.
"""

from __future__ import annotations

from typing import Final

from protocol.element import Element, shape_pattern
from protocol.field import ValueClass

CHARACTERS: Final = {
    ValueClass.A: "[A-Za-z]",
    ValueClass.N: "[0-9]",
    ValueClass.AN: "[0-9A-Za-z ]",
    ValueClass.ANS: "[ -~]",
    ValueClass.B: "[0-9A-Fa-f]",
}

ANYTHING: Final = "[\\x00-\\xff]"


def value_pattern(element: Element) -> str:
    """Return the expression of a fixed field's value; packed digits in either case."""
    field, count = element.field, element.characters
    if field.shape:
        return shape_pattern(field.shape)
    if field.value is ValueClass.XN:
        return f"[CD][0-9]{{{count - 1}}}"
    if field.value is ValueClass.Z:
        separators = "Dd" if element.packed else "=D"
        return f"(?=[{separators}]*[0-9])[0-9{separators}]{{{count}}}"
    return f"{CHARACTERS[field.value]}{{{count}}}"


def padding(element: Element) -> tuple[int, int]:
    """Return how many characters of padding stand before and after a fixed value."""
    if not element.nibbles or element.field.max_len % 2 == 0:
        return 0, 0
    return len(element.field.left_pad), len(element.field.right_pad)
