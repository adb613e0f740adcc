"""The terminal's disk: four awaitable calls, and SQLite through aiosqlite behind them.

WAL with `synchronous=FULL`: a transaction that returned is on the platter (NORMAL may lose the
last commits when the power fails). One writer; every transaction is BEGIN IMMEDIATE. No
`sqlite3.Error` leaves this file: it becomes a `JournalError` with L40, L41 or L42.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import aiosqlite

from terminal.aio.departure import let_go_at_exit
from terminal.errors import JournalError
from terminal.projections import Row, Statement, Value

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=2000",
)


class Database(Protocol):
    """What the journal needs of a disk. Every call may raise JournalError and nothing else."""

    async def script(self, sql: str) -> None:
        """Run several statements that define tables. Safe to run again."""
        ...

    async def transaction(self, statements: Sequence[Statement]) -> None:
        """Run all statements in one durable transaction, or none of them."""
        ...

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Return every row of a query."""
        ...

    async def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        ...


DatabaseOpener = Callable[[str], Awaitable[Database]]
"""Opens the database at a path; ":memory:" is a scratch one."""


class SqliteDatabase:
    """A database file on aiosqlite's thread."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def script(self, sql: str) -> None:
        """See Database."""
        problem = None
        try:
            await self._connection.executescript(sql)
        except sqlite3.Error as error:
            problem = journal_error(error)
        if problem:
            raise problem

    async def transaction(self, statements: Sequence[Statement]) -> None:
        """See Database."""
        problem = None
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                await self._connection.execute(sql, parameters)
            await self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            problem = journal_error(error)
        if problem:
            await self._roll_back()
            raise problem

    async def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                await self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                # SQLite has rolled back by itself; the journal re-reads what is there.
                return

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """See Database."""
        problem = None
        rows: list[Row] = []
        try:
            rows = [tuple(row) for row in await self._connection.execute_fetchall(sql, parameters)]
        except sqlite3.Error as error:
            problem = journal_error(error)
        if problem:
            raise problem
        return rows

    async def close(self) -> None:
        """See Database."""
        await self._connection.close()


async def open_sqlite(path: str) -> Database:
    """Open or create the database file at `path`. Raises JournalError."""
    problem = None
    connection: aiosqlite.Connection | None = None
    try:
        connection = await aiosqlite.connect(path, isolation_level=None)
        let_go_at_exit(connection)
        for pragma in PRAGMAS:
            await connection.execute(pragma)
    except sqlite3.Error as error:
        problem = journal_error(error)
    if problem:
        if connection is not None:
            await connection.close()
        raise problem
    assert connection is not None
    return SqliteDatabase(connection)


_CODES: Final = {
    sqlite3.SQLITE_FULL: ("L40", "the disk is full"),
    sqlite3.SQLITE_BUSY: ("L41", "the database is locked by another process"),
    sqlite3.SQLITE_LOCKED: ("L41", "the database is locked"),
    sqlite3.SQLITE_CORRUPT: ("L42", "the database is damaged"),
    sqlite3.SQLITE_NOTADB: ("L42", "the file is not a database"),
    sqlite3.SQLITE_CONSTRAINT: ("L42", "a rule of the database refused the change"),
    sqlite3.SQLITE_CANTOPEN: ("L42", "the database cannot be opened"),
    sqlite3.SQLITE_READONLY: ("L42", "the database may not be written"),
}


def journal_error(error: sqlite3.Error) -> JournalError:
    """Return the error that may cross the port. SQLite's own text names tables, never values."""
    found = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    # No room for the index of the journal is all that SQLite says of a disk full at the opening.
    primary = sqlite3.SQLITE_FULL if found == sqlite3.SQLITE_IOERR_SHMSIZE else found & 0xFF
    code, sentence = _CODES.get(primary, ("L42", "the database failed"))
    return JournalError(code, f"{sentence} ({error})")
