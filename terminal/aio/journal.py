"""The journal: the facts of this terminal, in order, for ever; and the tables drawn from them.

`commit` writes entries and query rows in ONE transaction. It is shielded from cancellation: a
cancelled statement still happens, so a cancelled caller waits until the disk has answered. A
commit that failed but landed all the same (the error came after the platter turned) is found by
reading the last entry again, and counts as done.

A start reads one entry, however long the journal is. The last entry of a process that ended by
itself is `Stopped`; a journal that ends with anything else lost its process to a power cut or a
crash, and its file is walked (`quick_check`) before anybody writes. So a terminal with 400 closed
batches starts like an empty one, and what a disk spoils in a drawer is `verify`'s to find.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import resources
from typing import Final
from zlib import crc32

from terminal import (
    projections_advice,
    projections_chip,
    projections_keys,
    projections_money,
    projections_paper,
    projections_people,
    projections_recovered,
    projections_settlement,
    projections_wish,
    settings_history,
)
from terminal.aio.database import Database
from terminal.errors import JournalError
from terminal.facts import Fact, encode, name_of
from terminal.projections import PROJECTIONS, Row, Statement, Value
from terminal.standing import Stopped

SCHEMAS: Final = (
    "money.sql",
    "paper.sql",
    "keys.sql",
    "recovered.sql",
    "people.sql",
    "settings.sql",
)
STOPPED: Final = Stopped()
LOG: Final = logging.getLogger(__name__)
INSERT_ENTRY: Final = "INSERT INTO entry (sequence, at, fact, body) VALUES (?, ?, ?, ?)"

REGISTERED: Final = (
    projections_advice,
    projections_chip,
    projections_keys,
    projections_money,
    projections_settlement,
    projections_wish,
    projections_paper,
    projections_people,
    projections_recovered,
    settings_history,
)
"""Importing them fills the registry of projections."""


class Journal:
    """One terminal's facts. `now` gives an aware UTC time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._sequence = 0
        self._writer = asyncio.Lock()
        self._found = 0
        self._broken = False
        self._closed = False

    async def open(self) -> None:
        """Make the tables; check the file unless it was left in peace. Raises JournalError."""
        await lay_tables(self._database)
        last = await self.fetch("SELECT sequence, fact FROM entry ORDER BY sequence DESC LIMIT 1")
        self._sequence, fact = last[0] if last else (0, name_of(STOPPED))
        self._found = self._sequence
        if fact != name_of(STOPPED) and await self.fetch("PRAGMA quick_check(1)") != [("ok",)]:
            raise JournalError("L42", "the database is damaged (quick_check)")

    async def commit(self, facts: Sequence[Fact]) -> None:
        """Write facts and their rows durably in one transaction. Raises JournalError.

        When it raises, nothing was written. Cancellation is delivered after the disk answered.
        """
        assert facts, "an empty commit says nothing"
        writing = asyncio.ensure_future(self._write(tuple(facts)))
        cancelled: asyncio.CancelledError | None = None
        while not writing.done():
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError as error:
                cancelled = error
            except JournalError:
                break
        if cancelled is not None:
            # The caller is gone; what became of the commit is for the next look at the books.
            writing.exception()
            raise cancelled
        writing.result()

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Return every row of a query. Raises JournalError."""
        return await self._database.fetch(sql, parameters)

    async def close(self) -> None:
        """Close the database after the commit under way, if any; say that it was no crash."""
        async with self._writer:
            if not self._closed and self._sequence > self._found:
                await self._say_stopped()
            self._closed = True
            await self._database.close()

    async def _say_stopped(self) -> None:
        """A disk that refuses this costs the next start a check, and nothing else."""
        problem: JournalError | None = None
        try:
            await self._database.transaction(self._statements((STOPPED,)))
        except JournalError as error:
            problem = error
        if problem is not None:
            LOG.warning("the journal could not say that it stopped: %s", problem)

    async def _write(self, facts: tuple[Fact, ...]) -> None:
        async with self._writer:
            if self._broken:
                raise JournalError("L42", "the journal failed earlier; start the terminal again")
            statements = self._statements(facts)
            problem: JournalError | None = None
            try:
                await self._database.transaction(statements)
            except JournalError as error:
                problem = error
            if problem is not None and not await self._landed(len(facts)):
                raise problem
            self._sequence += len(facts)

    async def _landed(self, count: int) -> bool:
        """Tell whether a failed transaction is on disk; nobody may write when that is unknown."""
        self._broken = True
        landed = await self._last_sequence() == self._sequence + count
        self._broken = False
        return landed

    async def _last_sequence(self) -> int:
        rows = await self.fetch("SELECT coalesce(max(sequence), 0) FROM entry")
        return int(rows[0][0])

    def _statements(self, facts: tuple[Fact, ...]) -> list[Statement]:
        at = self._now().isoformat()
        statements: list[Statement] = []
        for sequence, fact in enumerate(facts, self._sequence + 1):
            statements.append((INSERT_ENTRY, (sequence, at, name_of(fact), encode(fact))))
            statements.extend(PROJECTIONS[type(fact)](fact, at))
        return statements


async def lay_tables(database: Database) -> None:
    """Make the tables in one transaction, unless this very schema is there. Raises JournalError.

    The schema's checksum is its version: `PRAGMA user_version` has room for 31 bits.
    """
    schema = "\n".join(schema_text(name) for name in SCHEMAS)
    version = crc32(schema.encode()) & 0x7FFF_FFFF
    if await database.fetch("PRAGMA user_version") != [(version,)]:
        await database.script(f"BEGIN;\n{schema}\nPRAGMA user_version = {version};\nCOMMIT;")


def schema_text(name: str) -> str:
    """Return a schema file of the package, "" while it does not exist."""
    file = resources.files("terminal") / "schema" / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""
