"""The tray under the printer: a folder with one PNG and one text for every slip.

Drawing takes milliseconds, so it is done on a thread of its own, slip by slip, while the printer
goes on answering. Files are numbered on from what lies there; nothing is overwritten.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tallywire.virtual_printer.paper import Slip

log = logging.getLogger(__name__)


class Tray:
    """Writes slips to `directory`. `open` first, `close` waits for the last one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.write_errors = 0
        self._number = 0
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None

    def open(self) -> None:
        """Make the folder and look which numbers are taken. Raises OSError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        names = (path.stem for path in self.directory.glob("[0-9]*.*"))
        self._number = max((int(name) for name in names if name.isdecimal()), default=0)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer-tray")

    def put(self, slip: Slip) -> None:
        """Have a slip drawn and written."""
        assert self._thread, "the tray is not open"
        self._number += 1
        self._last = self._thread.submit(self._write, slip, self.directory / f"{self._number:04d}")

    async def close(self) -> None:
        """Wait until all slips are written."""
        if self._last:
            await asyncio.wrap_future(self._last)
        if self._thread:
            self._thread.shutdown()
            self._thread = None

    def _write(self, slip: Slip, stem: Path) -> None:
        from tallywire.virtual_printer.drawing import slip_png

        try:
            stem.with_suffix(".txt").write_text(slip.text, encoding="utf-8")
            stem.with_suffix(".png").write_bytes(slip_png(slip))
        except OSError as error:
            self.write_errors += 1
            log.warning("slip %s is lost: %s", stem.name, error.strerror or error)
