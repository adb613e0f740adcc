"""The books of `tests/acquirer_sim/asking.py`, kept by PostgreSQL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from acquirer_sim.aio.postgres_ledger import PostgresLedger
from acquirer_sim.aio.postgres_opening import ask_postgres, open_postgres
from acquirer_sim.configuration import Configuration, default_configuration
from acquirer_sim.decide import Decision
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from protocol.operations import Request
from tests.acquirer_sim.asking import KEY, NOW, Books
from tests.databases import Postgres

T = TypeVar("T")

TABLES: Final = (
    "terminal batch_record payment reversal upload_item upload_chip transfer alert report".split()
)

EMPTY: Final = (
    "SET session_replication_role = replica",  # the triggers forbid what happens here
    *(f"DELETE FROM {table}" for table in (*TABLES, "spent")),
    "UPDATE counter SET value = 0",
)


class PostgresShelf:
    """One database for many tests, emptied before each."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.url = server.new_database()
        self.key_file = str(folder / "ledger.key")
        Path(self.key_file).write_text(KEY.reveal().hex(), "ascii")


class PostgresBooks(Books):
    """A ledger in a database; sync tests ask it, each question to its end."""

    def __init__(self, shelf: PostgresShelf, configuration: Configuration | None = None) -> None:
        self._runner = asyncio.Runner()
        self._url = shelf.url
        opened = self._runner.run(open_postgres(shelf.url, shelf.key_file))
        self._connection = opened.connection
        for statement in EMPTY:
            self._runner.run(self._connection.execute(statement))
        self._runner.run(self._connection.execute("RESET session_replication_role"))
        self.postgres = PostgresLedger(opened.connect, self._connection)
        self.policy = Policy(configuration or default_configuration(), opened.key)

    def close(self) -> None:
        self._runner.run(self.postgres.close())
        self._runner.close()

    def decide(
        self, *requests: Request, orders: dict[int, Order] | None = None, now: datetime = NOW
    ) -> list[Decision]:
        return self._runner.run(self.postgres.perform(requests, now, self.policy, orders or {}))

    def look(self, question: Callable[[Connection], T]) -> T:
        return self._runner.run(ask_postgres(self._url, question))

    def dump(self) -> str:
        kept = [self.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in TABLES]
        return "\n".join(map(str, [*kept, self.rows("SELECT * FROM spent")]))

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        place = count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(place)}", query)
        found = self._runner.run(self._connection.fetch(numbered, *parameters))
        return [tuple(row) for row in found]
