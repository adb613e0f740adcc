"""The disk behind its port."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from terminal.aio.database import journal_error, open_sqlite
from terminal.errors import JournalError


@pytest.mark.asyncio
async def test_transaction_is_all_or_nothing() -> None:
    database = await open_sqlite(":memory:")
    await database.script("CREATE TABLE t (a INTEGER PRIMARY KEY)")

    with pytest.raises(JournalError):
        await database.transaction(
            [("INSERT INTO t VALUES (?)", (1,)), ("INSERT INTO t VALUES (?)", (1,))]
        )

    assert await database.fetch("SELECT * FROM t") == []
    await database.close()


@pytest.mark.asyncio
async def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """L42: one sentence, no sqlite3.Error."""
    path = tmp_path / "terminal.db"
    path.write_bytes(b"not a database at all, but long enough to look like one" * 20)

    with pytest.raises(JournalError) as raised:
        await open_sqlite(str(path))

    assert raised.value.code == "L42"
    assert raised.value.__cause__ is None


@pytest.mark.asyncio
async def test_commits_are_synchronous_and_in_a_write_ahead_log(tmp_path: Path) -> None:
    """States page: WAL with FULL; NORMAL may lose the last commits."""
    database = await open_sqlite(str(tmp_path / "terminal.db"))

    assert await database.fetch("PRAGMA synchronous") == [(2,)]
    assert await database.fetch("PRAGMA journal_mode") == [("wal",)]
    await database.close()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_FULL, "L40"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "L40"),
        (sqlite3.SQLITE_BUSY, "L41"),
        (sqlite3.SQLITE_LOCKED, "L41"),
        (sqlite3.SQLITE_CORRUPT, "L42"),
        (sqlite3.SQLITE_IOERR, "L42"),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, "L42"),
    ],
)
def test_every_error_has_its_code(number: int, code: str) -> None:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = number

    assert journal_error(error).code == code
