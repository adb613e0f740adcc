"""The tray under the printer: a folder with one PNG and one text for every slip.

Drawing takes milliseconds, so it is done on a thread of its own, slip by slip, while the printer
goes on answering; the text is there as soon as the paper is. When `waiting_max` slips wait, the
tray is full, and the printer reads no more until one is drawn. Files are numbered on from what
lies there; nothing is overwritten.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tallywire.virtual_printer.paper import Slip

log = logging.getLogger(__name__)


WAITING_MAX: Final = 256


class Tray:
    """Writes slips to `directory`. `open` first, `close` waits for the last one."""

    def __init__(self, directory: Path, *, waiting_max: int = WAITING_MAX) -> None:
        self.directory = directory
        self._number = 0
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None
        self._waiting = 0
        self._waiting_max = waiting_max

    @property
    def full(self) -> bool:
        """Whether the drawing is too far behind."""
        return self._waiting >= self._waiting_max

    def open(self, on_room: Callable[[], None]) -> None:
        """Make the folder and look which numbers are taken. Raises OSError.

        `on_room` is called in the running loop when the tray was full and is not any more.
        """
        self._on_room = on_room
        self._loop = asyncio.get_running_loop()
        self.directory.mkdir(parents=True, exist_ok=True)
        names = (path.stem for path in self.directory.glob("[0-9]*.*"))
        self._number = max((int(name) for name in names if name.isdecimal()), default=0)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer-tray")

    def put(self, slip: Slip) -> None:
        """Write a slip's text at once, so that it can be read, and have its picture drawn."""
        assert self._thread, "the tray is not open"
        self._number += 1
        self._waiting += 1
        stem = self.directory / f"{self._number:04d}"
        self._write(stem.with_suffix(".txt"), slip.text.encode())
        self._last = self._thread.submit(self._draw, slip, stem.with_suffix(".png"))

    async def close(self) -> None:
        """Wait until all slips are written."""
        if self._last:
            await asyncio.wrap_future(self._last)
        if self._thread:
            self._thread.shutdown()
            self._thread = None

    def _draw(self, slip: Slip, path: Path) -> None:
        from tallywire.virtual_printer.drawing import slip_png

        self._write(path, slip_png(slip))
        self._loop.call_soon_threadsafe(self._drawn)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            log.warning("%s is lost: %s", path.name, error.strerror or error)

    def _drawn(self) -> None:
        was_full = self.full
        self._waiting -= 1
        if was_full and not self.full:
            self._on_room()
