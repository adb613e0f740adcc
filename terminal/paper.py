"""What is printed on, and what a reprint adds to it."""

from __future__ import annotations

from typing import Final

import msgspec

from terminal.labels import Language
from terminal.lines import COLUMNS_58_MM


class Paper(msgspec.Struct, frozen=True):
    """What is printed on: columns, the words shown, whether only ASCII can be, and QR codes."""

    columns: int = COLUMNS_58_MM
    language: Language = Language.BOTH
    ascii_only: bool = False
    qr: bool = True

    def __post_init__(self) -> None:
        if self.columns < COLUMNS_58_MM:
            raise ValueError(f"a receipt needs at least {COLUMNS_58_MM} columns")

    @property
    def shown(self) -> Language:
        """Return the language that can be shown here."""
        return Language.ENGLISH if self.ascii_only else self.language


class Marks(msgspec.Struct, frozen=True):
    """What a reprint adds: its number (0 on an original) and its local time.

    `electronic` marks a file: it may be printed by anybody, so it is never taken for an original.
    """

    duplicate: int = 0
    reprinted_at: str = ""
    electronic: bool = False


ORIGINAL: Final = Marks()
PAPER_58_MM: Final = Paper()
