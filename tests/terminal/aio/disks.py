"""Disks that fail on purpose, in front of a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from terminal.aio.database import Database
from terminal.errors import JournalError
from terminal.projections import Row, Statement, Value


class FullDisk:
    """Refuses transaction number `refuse` (from 1), and `times` in all; counts every one."""

    def __init__(self, database: Database, refuse: int, times: int = 1) -> None:
        self._database = database
        self._refused = range(refuse, refuse + times)
        self.count = 0

    async def script(self, sql: str) -> None:
        await self._database.script(sql)

    async def transaction(self, statements: Sequence[Statement]) -> None:
        self.count += 1
        if self.count in self._refused:
            raise JournalError("L40", "the disk is full")
        await self._database.transaction(statements)

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        return await self._database.fetch(sql, parameters)

    async def close(self) -> None:
        await self._database.close()


class LyingDisk(FullDisk):
    """Writes that transaction, and says that it failed."""

    async def transaction(self, statements: Sequence[Statement]) -> None:
        self.count += 1
        await self._database.transaction(statements)
        if self.count in self._refused:
            raise JournalError("L42", "the database failed")


class SlowDisk(FullDisk):
    """Waits in each transaction until the gate is open."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, 0, 0)
        self.gate = asyncio.Event()
        self.entered = asyncio.Event()

    async def transaction(self, statements: Sequence[Statement]) -> None:
        self.entered.set()
        await self.gate.wait()
        await super().transaction(statements)
