"""A printer that takes a paper at once, and remembers when its bytes were there."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from terminal.aio.printers import READY, Printable, Readiness
from terminal.escpos import encode_job
from terminal.paper import PAPER_58_MM, Paper
from terminal.printing import Confirmed, Result


class Hatch:
    """A `Printer` whose first byte is the end of what is measured."""

    name: Final = "hatch:"
    paper: Final[Paper] = PAPER_58_MM

    def __init__(self) -> None:
        self.handed_at = 0.0

    async def preflight(self) -> Readiness:
        """See Printer."""
        return READY

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        encode_job(sheet.lines(self.paper), process_id=sheet.process_id)
        self.handed_at = time.perf_counter()
        return Confirmed()

    async def changed(self) -> None:
        """See Printer. Nothing ever changes by itself."""
        await asyncio.get_running_loop().create_future()

    def take_late(self) -> list[bytes]:
        """See Printer."""
        return []

    async def close(self) -> None:
        """See Printer."""
