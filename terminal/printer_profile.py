"""What one printer model can do, as plain data for the configuration (REQ 000-15)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from terminal.labels import Language
from terminal.layout import Paper
from terminal.lines import COLUMNS_58_MM


class Charset(Enum):
    """How a printer is given its characters."""

    GB18030 = "gb18030"
    ASCII = "ascii"
    RASTER = "raster"


class Confirmation(Enum):
    """What a printer can say about a job being done."""

    PROCESS_ID = "process-id"
    """GS ( H; a clone that answers only the fence is found out on its first job."""
    FENCE = "fence"
    """GS r 1 only: a clone that would print the bytes of GS ( H."""
    NONE = "none"
    """It never answers anything: a plain port. Every job stays unconfirmed."""


class PrinterProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one model can do (REQ 000-15); plain data, for the configuration."""

    columns: int = COLUMNS_58_MM
    charset: Charset = Charset.GB18030
    language: Language = Language.BOTH
    cutter: bool = True
    confirmation: Confirmation = Confirmation.PROCESS_ID

    @property
    def paper(self) -> Paper:
        """Return the paper that this printer prints on."""
        ascii_only = self.charset is Charset.ASCII
        return Paper(columns=self.columns, language=self.language, ascii_only=ascii_only)


DEFAULT_PROFILE: Final = PrinterProfile()
