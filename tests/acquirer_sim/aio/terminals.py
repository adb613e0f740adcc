"""A host on a real socket for one test, and a client that speaks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from acquirer_sim.aio.host import Host, HostEvent
from acquirer_sim.aio.running import Start, start_host
from protocol.aio.client import Client, tcp_opener
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import Operation, Request
from protocol.profiles import iso87

DIALECT = builtin_dialect("iso87")
CODEC = Codec(DIALECT)
TIMEOUT_S = 5.0


@asynccontextmanager
async def hosting(start: Start, events: list[HostEvent] | None = None) -> AsyncIterator[Host]:
    """Run a host on a free port."""
    heard = events if events is not None else []
    host = await start_host(start, codec=CODEC, on_event=heard.append)
    try:
        yield host
    finally:
        await host.stop()


@asynccontextmanager
async def speaking(port: int) -> AsyncIterator[Client]:
    """Connect a client."""
    client = Client(tcp_opener("127.0.0.1", port), CODEC, DIALECT.framing)
    await client.connect()
    try:
        yield client
    finally:
        await client.close()


def port_of(host: Host) -> int:
    return host.server.addresses[0][1]


async def ask(client: Client, request: Request, timeout_s: float = TIMEOUT_S) -> Operation:
    """Put a request and return the reply."""
    return iso87.decode(await client.request(iso87.encode(request), timeout_s))


class RawTerminal:
    """Frames on a plain stream, for what no well-behaved client would see."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int) -> RawTerminal:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, *requests: Request) -> None:
        """Send requests in one piece."""
        frames = [DIALECT.framing.wrap(CODEC.encode(iso87.encode(one))) for one in requests]
        self._writer.write(b"".join(frames))

    async def receive(self) -> Operation:
        size = int.from_bytes(await self._reader.readexactly(2), "big")
        return iso87.decode(CODEC.decode(await self._reader.readexactly(size)))

    async def heard_of(self) -> bool:
        """Wait for a first byte, or for the end; tell whether there was one."""
        try:
            return await self._reader.read(1) != b""
        except ConnectionError:
            return False

    async def ended(self) -> bool:
        """Wait for the end of the connection."""
        try:
            return await self._reader.read(1) == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return
