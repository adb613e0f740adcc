"""Lines from standard input, whatever it is: a pipe, a terminal, a file; and lines to nobody.

A thread of its own reads them, because an event loop cannot wait on every kind of input; it is
a daemon and reads the descriptor itself, so that nothing holds up the end of the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from io import TextIOBase
from typing import Final, TextIO

LINE_SIZE_MAX: Final = 64 * 1024
READ_SIZE_MAX: Final = 64 * 1024


async def stdin_lines(descriptor: int = 0) -> AsyncIterator[str]:
    """Yield lines without their end until the input ends. A longer line is cut in pieces."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        chunk = b"begin"
        while chunk:
            try:
                chunk = os.read(descriptor, READ_SIZE_MAX)
            except OSError:
                chunk = b""
            try:
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            except RuntimeError:  # the loop is closed: nobody listens any more
                return

    threading.Thread(target=read, name="standard input", daemon=True).start()
    rest = b""
    while chunk := await chunks.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")
        if len(rest) > LINE_SIZE_MAX:
            yield rest.decode("utf-8", "replace")
            rest = b""
    if rest:
        yield rest.decode("utf-8", "replace")


class Deaf(TextIOBase):
    """A stream over another, which goes on quietly when nobody reads that one any more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if there is anybody to read it."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Flush, likewise."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._give_up()

    def isatty(self) -> bool:
        """Say what the stream is."""
        return self._stream.isatty()

    def _give_up(self) -> None:
        # What is still in the buffer goes nowhere too: the interpreter flushes it at its end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
