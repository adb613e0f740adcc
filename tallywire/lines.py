"""Lines from standard input, whatever it is: a pipe, a terminal, a file.

A thread of its own reads them, because an event loop cannot wait on every kind of input; it is
a daemon and reads the descriptor itself, so that nothing holds up the end of the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from typing import Final

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
