"""A host with its API in the test's own loop, and the least of a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from acquirer_sim.aio.api.serving import Api, serving
from acquirer_sim.aio.host import Host
from acquirer_sim.aio.running import Start
from tests.acquirer_sim.aio.terminals import hosting

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass(frozen=True)
class Browser:
    port: int
    headers: tuple[tuple[str, str], ...] = ()

    async def open(
        self, method: str, path: str, *, body: bytes = b"", **headers: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a request and return the streams of its answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        told = {"host": f"127.0.0.1:{self.port}", "connection": "close", **dict(self.headers)}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            told["content-length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return reader, writer

    async def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> Answer:
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await self.open(method, path, body=body, **headers)
            whole = await reader.read()
            writer.close()
            await writer.wait_closed()
        head, _, content = whole.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        return Answer(int(first.split()[1]), {k.lower(): v for k, _, v in pairs}, content)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, value: Any) -> Answer:
        body = msgspec.json.encode(value)
        return await self.ask("POST", path, body=body, content_type="application/json")


@asynccontextmanager
async def browsing(start: Start, token: str = "") -> AsyncIterator[tuple[Host, Browser]]:
    """Run a host with its API on free ports."""
    start = msgspec.structs.replace(start, port=0, watched=True)
    async with hosting(start) as host:
        api = Api(port=0, token=token, ledger=start.ledger)
        async with serving(host, api) as (_, port):
            yield host, Browser(port)
