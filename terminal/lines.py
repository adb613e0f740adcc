"""Lines of paper: text in cells. A printer's column is one cell; a Chinese character takes two.

Everything that shows a document (printer, preview, picture) shows the same `Line`s, so what was
previewed is what is printed (REQ 000-09).
"""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import Final

import msgspec

COLUMNS_58_MM: Final = 32
COLUMNS_80_MM: Final = 48


STOPS: Final = "，。；、"
"""Chinese stops: a line may end after one, and none may begin with one."""


class Align(Enum):
    """Where a line stands. Amounts are set right by blanks, not by alignment."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Line(msgspec.Struct, frozen=True):
    """One line. `wide` doubles the width of every cell, `tall` the height of the line.

    A line with `qr` is a QR code of that text; `text` stands for it where only words are shown.
    """

    text: str = ""
    bold: bool = False
    wide: bool = False
    tall: bool = False
    align: Align = Align.LEFT
    qr: str = ""

    @property
    def width(self) -> int:
        """Return how many columns of the paper the line takes."""
        return text_width(self.text) * (2 if self.wide else 1)


def character_width(character: str) -> int:
    """Return 1 or 2 columns. Raises ValueError for what no receipt printer can place.

    Wide, fullwidth and ambiguous characters (Unicode UAX 11) take two columns: GB18030 printers
    set every double-byte character, `×` and `—` too, in a full cell.
    """
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"}:
        raise ValueError(f"U+{ord(character):04X} has no width on paper")
    return 2 if unicodedata.east_asian_width(character) in {"W", "F", "A"} else 1


def text_width(text: str) -> int:
    """Return the columns that a text takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(character_width, text))


def printable(text: str) -> str:
    """Replace what has no width by "?": a merchant's name must never break a receipt."""
    return "".join(character if _has_width(character) else "?" for character in text)


def clip(text: str, columns: int) -> str:
    """Cut a text to at most `columns`, never through a character."""
    taken = 0
    for place, character in enumerate(text):
        taken += character_width(character)
        if taken > columns:
            return text[:place]
    return text


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Break a text into lines of at most `columns`, at blanks or after a stop where there are any.

    A stop does not begin a line: it would stand alone at the edge.
    """
    lines: list[str] = []
    rest = text.strip()
    while text_width(rest) > columns:
        head = clip(rest, columns)
        if rest[len(head)] in STOPS and len(head) > 1:
            head = head[:-1]
        end = max(head.rfind(" "), 1 + max(map(head.rfind, STOPS)))
        if end > 0 and not rest[len(head)].isspace():
            head = head[:end]
        lines.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return (*lines, rest)


def justify(left: str, right: str, columns: int) -> str:
    """Set two texts at both ends of a line; the left one yields. Ends at the last column."""
    right = clip(right, columns)
    left = clip(left, columns - text_width(right))
    return left + " " * (columns - text_width(left) - text_width(right)) + right


def centre(text: str, columns: int) -> str:
    """Set a text in the middle by blanks on its left, as a preview shows it."""
    return " " * ((columns - text_width(text)) // 2) + text


def _has_width(character: str) -> bool:
    try:
        return character_width(character) > 0
    except ValueError:
        return False
