"""A wire to the database that can be cut at the worst moment: the commit is made, its word lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

COMMIT: Final = b"COMMIT\0"
"""As a statement of its own: a level of isolation has the word in it, too."""


class CuttingProxy:
    """Passes bytes on. `cut_at_commit`: the next COMMIT reaches the server, its answer nobody."""

    def __init__(self, port: int) -> None:
        self.cut_at_commit = False
        self.cuts = 0
        self._cutting = False
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, server_writer]
        answers = asyncio.create_task(self._answer(server_reader, writer))
        while data := await reader.read(65_536):
            if self.cut_at_commit and COMMIT in data:
                self.cut_at_commit, self._cutting = False, True
            server_writer.write(data)
        server_writer.close()
        await answers

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self._cutting:
                # The server has committed, or it would not answer; nobody is told.
                self._cutting = False
                self.cuts += 1
                break
            writer.write(data)
        writer.close()

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def cutting(port: int) -> AsyncIterator[tuple[CuttingProxy, int]]:
    """Run a proxy before the server at a port; it comes with the port of its own."""
    proxy = CuttingProxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        proxy.close()
        await asyncio.sleep(0)
