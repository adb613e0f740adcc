"""Parts of fixed size that stand side by side in one field, as a table.

    cut(60, "22000001000", (Part("type", 2), Part("batch", 6), Part("network", 3)))
    ["22", "000001", "000"]

Positions count characters of the field's value, from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from protocol.element import is_alphanumeric, is_digits, is_printable
from protocol.errors import StructureError


class Kind(msgspec.Struct, frozen=True):
    """What a part may hold, and what is said of one that does not."""

    holds: Callable[[bytes], bool]
    problem: str


DIGITS: Final = Kind(is_digits, "holds something other than digits")
LETTERS_DIGITS: Final = Kind(is_alphanumeric, "holds something other than letters and digits")
TEXT: Final = Kind(is_printable, "holds something that is not printable ASCII")


class Part(msgspec.Struct, frozen=True):
    """A part's name, its characters, and what those may be."""

    name: str
    size: int
    kind: Kind = DIGITS


def cut(
    field: int, value: str, parts: Sequence[Part], *, begin: int = 0, needed: int | None = None
) -> list[str]:
    """Return the parts of `value` from `begin` on; a value may end after the first `needed`.

    What follows the last part is not looked at. Raises StructureError.
    """
    needed = len(parts) if needed is None else needed
    found: list[str] = []
    for part, at in _places(parts, begin):
        if at == len(value) and len(found) >= needed:
            break
        text = value[at : at + part.size]
        problem = _problem(part, text)
        if problem:
            raise StructureError(field, at, problem)
        found.append(text)
    return found


def check(field: int, values: Sequence[str], parts: Sequence[Part]) -> None:
    """Raise ValueError when a part does not fit its place in the field."""
    for text, (part, at) in zip(values, _places(parts, 0), strict=False):
        problem = _problem(part, text)
        if problem:
            raise ValueError(f"F{field} at character {at}: {problem}")


def check_number(field: int, at: int, name: str, number: int, number_max: int) -> None:
    """Raise ValueError when a number has no room at its place: it is refused, never wrapped."""
    if not 0 <= number <= number_max:
        raise ValueError(f"F{field} at character {at}: {name} is 0 to {number_max}")


def _places(parts: Sequence[Part], begin: int) -> Iterator[tuple[Part, int]]:
    at = begin
    for part in parts:
        yield part, at
        at += part.size


def _problem(part: Part, text: str) -> str:
    if len(text) != part.size:
        return f"{part.name} has {part.size} characters, not {len(text)}"
    if not text.isascii() or not part.kind.holds(text.encode("ascii")):
        return f"{part.name} {part.kind.problem}"
    return ""
