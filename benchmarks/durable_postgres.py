"""The servers of the race on PostgreSQL: ours, and the same server with one commit per message.

The rival does the least that can be called durable: one INSERT that commits by itself for every
purchase, over as many connections as served it best here, so that the database commits in groups
where we do. No postings, batches or look for duplicates.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any, Final

import asyncpg

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
"""What lives as long as the process."""

RIVAL_CONNECTIONS: Final = 32

SCHEMA: Final = (
    "CREATE TABLE rival (terminal text, batch text, stan text, minor bigint, code text,"
    " rrn text, PRIMARY KEY (terminal, batch, stan))"
)
INSERT: Final = "INSERT INTO rival VALUES ($1, $2, $3, $4, $5, $6)"


async def listen_ledger(database: str) -> int:
    """Start our host on an empty database and return its port."""
    folder = tempfile.TemporaryDirectory(prefix="tallywire-bench-")
    host = await start_host(Start(port=0, ledger=database, ledger_key=f"{folder.name}/key"))
    KEPT.extend((folder, host))
    return host.server.addresses[0][1]


async def listen_commit_per_message(database: str) -> int:
    """Start the rival and return its port."""
    group = asyncio.TaskGroup()
    await group.__aenter__()
    rival = Rival()
    connections = [await asyncpg.connect(database) for _ in range(RIVAL_CONNECTIONS)]
    await connections[0].execute(SCHEMA)
    KEPT.extend((group, *(group.create_task(rival.work(one)) for one in connections)))
    server = Server(rival.receive, Codec(builtin_dialect()), builtin_dialect().framing)
    await server.listen("127.0.0.1", 0, backlog=4096)
    return server.addresses[0][1]


class Rival:
    """Each purchase awaited down to the disk, on whatever connection is free."""

    def __init__(self) -> None:
        self._policy = Policy(default_configuration(), Key(bytes(32)))
        self._queue: asyncio.Queue[tuple[Connection, PaymentRequest]] = asyncio.Queue()

    def receive(self, connection: Connection, received: list[Received]) -> None:
        """Take the messages of one read; the server's service."""
        for _, message in received:
            request = iso87.decode(message)
            assert isinstance(request, PaymentRequest), "the load sends purchases only"
            self._queue.put_nowait((connection, request))

    async def work(self, database: Any) -> None:
        """Answer what is queued, until the process ends."""
        insert = await database.prepare(INSERT)
        while True:
            connection, request = await self._queue.get()
            reply = answer(request, self._policy)
            assert reply is not None, "a purchase has an answer"
            row = (request.origin.terminal_id, request.batch, request.stan)
            facts = (request.amount.minor, reply.code, request.batch + request.stan)
            await insert.fetch(*row, *facts)
            connection.reply(iso87.encode(reply))
