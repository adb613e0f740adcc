"""What one printer model can do, and how long it is waited for: data of the configuration.

REQ 000-15: columns, characters, knife, and which of its answers can be had.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from terminal.labels import Language
from terminal.lines import COLUMNS_58_MM, COLUMNS_80_MM
from terminal.paper import Paper


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


DENSITY_LEAST: Final = -6
DENSITY_MOST: Final = 8
"""What GS ( K function 49 takes; most printers take less of it, and pass over the rest."""


class PrinterProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the printer can do: its paper, its characters, and what it says of itself."""

    columns: int = COLUMNS_58_MM
    charset: Charset = Charset.GB18030
    language: Language = Language.BOTH
    cutter: bool = True
    qr: bool = True
    density: int = 0
    """How dark: 0 as the printer is set, below it fainter, above it darker (REQ 000-21)."""
    confirmation: Confirmation = Confirmation.PROCESS_ID

    def __post_init__(self) -> None:
        if not COLUMNS_58_MM <= self.columns <= COLUMNS_80_MM:
            raise ValueError(f"columns is {COLUMNS_58_MM} to {COLUMNS_80_MM}")
        if not DENSITY_LEAST <= self.density <= DENSITY_MOST:
            raise ValueError(f"density is {DENSITY_LEAST} to {DENSITY_MOST}")

    @property
    def paper(self) -> Paper:
        """Return the paper that this printer prints on."""
        ascii_only = self.charset is Charset.ASCII
        return Paper(
            columns=self.columns, language=self.language, ascii_only=ascii_only, qr=self.qr
        )


DEFAULT_PROFILE: Final = PrinterProfile()


class Patience(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a printer is waited for, in seconds.

    `accept_s` is for a printer behind a broker: how long it may take to say that it has a job, and
    after how long the broker gives a job up.
    """

    connect_s: float = 5.0
    answer_s: float = 2.0
    confirm_s: float = 90.0
    silence_s: float = 5.0
    fence_grace_s: float = 5.0
    late_grace_s: float = 10.0
    retry_s: float = 5.0
    recheck_s: float = 30.0
    close_s: float = 1.0
    accept_s: float = 15.0

    def __post_init__(self) -> None:
        if min(msgspec.structs.astuple(self)) <= 0:
            raise ValueError("patience is more than 0 seconds")


DEFAULT_PATIENCE: Final = Patience()
