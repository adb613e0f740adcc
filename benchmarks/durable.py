"""The servers of the ledger's race: ours, and the same server with one commit per message.

Both listen with the same server, codec and profile, judge the card by the same policy, and
keep their books in a fresh SQLite file with WAL and synchronous=FULL. The rival does the least
that can be called durable: one INSERT and one COMMIT through aiosqlite for every purchase,
without postings, batches or a look for duplicates.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

import aiosqlite

from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.configuration import default_configuration
from acquirer_sim.policy import Policy
from acquirer_sim.reflex import answer
from protocol.aio.server import Connection, Received, Server
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.operations import PaymentRequest
from protocol.profiles import iso87
from protocol.secrets import Key

KEPT: Final[list[object]] = []
"""What lives as long as the process: the folder of the ledger, and who works on it."""

SCHEMA: Final = (
    "CREATE TABLE payment (terminal TEXT, batch TEXT, stan TEXT, minor INTEGER, code TEXT,"
    " rrn TEXT, PRIMARY KEY (terminal, batch, stan))"
)
INSERT: Final = "INSERT OR REPLACE INTO payment VALUES (?, ?, ?, ?, ?, ?)"


async def listen_ledger() -> int:
    """Start our host on a fresh ledger and return its port."""
    host = await start_host(Start(port=0, ledger=f"sqlite:{_fresh_folder() / 'ledger.db'}"))
    KEPT.append(host)
    return host.server.addresses[0][1]


async def listen_commit_per_message() -> int:
    """Start the rival and return its port."""
    database = await aiosqlite.connect(_fresh_folder() / "rival.db")
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", SCHEMA):
        await database.execute(statement)
    rival = Rival(database)
    group = asyncio.TaskGroup()
    await group.__aenter__()
    KEPT.extend((group, group.create_task(rival.work())))
    server = Server(rival.receive, Codec(builtin_dialect()), builtin_dialect().framing)
    await server.listen("127.0.0.1", 0, backlog=4096)
    return server.addresses[0][1]


class Rival:
    """One purchase after the other, each awaited down to the disk."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._policy = Policy(default_configuration(), Key(bytes(32)))
        self._queue: asyncio.Queue[tuple[Connection, PaymentRequest]] = asyncio.Queue()

    def receive(self, connection: Connection, received: list[Received]) -> None:
        """Take the messages of one read; the server's service."""
        for _, message in received:
            request = iso87.decode(message)
            assert isinstance(request, PaymentRequest), "the load sends purchases only"
            self._queue.put_nowait((connection, request))

    async def work(self) -> None:
        """Answer what is queued, until the process ends."""
        try:
            while True:
                await self._answer(*await self._queue.get())
        finally:
            await self._database.close()

    async def _answer(self, connection: Connection, request: PaymentRequest) -> None:
        reply = answer(request, self._policy)
        assert reply is not None, "a purchase has an answer"
        row = (request.origin.terminal_id, request.batch, request.stan)
        facts = (request.amount.minor, reply.code, request.batch + request.stan)
        await self._database.execute(INSERT, row + facts)
        await self._database.commit()
        connection.reply(iso87.encode(reply))


def _fresh_folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="tallywire-bench-")
    KEPT.append(folder)
    return Path(folder.name)
