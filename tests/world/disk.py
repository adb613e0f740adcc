"""Disks whose content after each commit is the platter, and whose power fails around commits.

A `Platter` outlives the processes that use it: it is one in-memory SQLite connection holding only
what was committed. The terminal's `Database` port is served straight from it, in this thread.
At each commit the weather is asked: let it happen, cut the power before the platter turns, cut it
after (nobody hears of the success), let the commit fail for want of space (crash point T10), or
let it land and report a failure all the same.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from terminal.aio.database import journal_error
from terminal.errors import JournalError
from terminal.projections import Row, Statement, Value
from tests.world.choices import Weather
from tests.world.power import Process, current_process

FINE: Final = "fine"
CUTS: Final = (FINE, "cut before", "cut after")
HOST_FATES: Final = (*CUTS, "full")
FATES: Final = (*CUTS, "full", "landed but failed")
COMMIT_S: Final = 0.002


class Platter:
    """What a disk holds. Bytes of another platter may be its beginning."""

    def __init__(self, name: str, image: bytes | None = None) -> None:
        self.name = name
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        if image is not None:
            self.connection.deserialize(image)
        self.connection.execute("PRAGMA foreign_keys=ON")
        self.connection.execute("PRAGMA temp_store=MEMORY")

    def image(self) -> bytes:
        """Return the committed content as an SQLite file."""
        self.roll_back()
        return self.connection.serialize()

    def roll_back(self) -> None:
        """Forget what was not committed, as a power cut does."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Read for the auditor, who asks no port."""
        return self.connection.execute(sql, parameters).fetchall()

    def dump(self) -> str:
        """Return every table as text, for digests and for the search for card numbers."""
        return "\n".join(self.connection.iterdump())

    def close(self) -> None:
        """Throw the disk away."""
        self.connection.close()


def cut_power_around(
    commit: Callable[[], None], *, platter: Platter, weather: Weather, label: str
) -> str:
    """Perform `commit` under the weather; return its fate. Raises PowerLost when it cuts."""
    process = current_process()
    assert process is not None, "commits belong to a process"
    fates = HOST_FATES if label.startswith("commit host") else FATES
    fate = weather.choose(label, fates)
    if fate in ("cut before", "full"):
        platter.roll_back()
    else:
        commit()
    if fate.startswith("cut"):
        process.cut()
    return fate


class WorldDatabase:
    """The terminal's `Database` on a platter."""

    def __init__(self, platter: Platter, weather: Weather, process: Process) -> None:
        self._platter = platter
        self._weather = weather
        self._process = process
        self._label = f"commit {platter.name}"

    async def script(self, sql: str) -> None:
        """See Database."""
        self._process.check()
        self._platter.connection.executescript(sql)

    async def transaction(self, statements: Sequence[Statement]) -> None:
        """See Database."""
        self._process.check()
        await asyncio.sleep(COMMIT_S)
        self._process.check()
        problem: JournalError | None = None
        connection = self._platter.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                connection.execute(sql, parameters)
        except sqlite3.Error as error:
            problem = journal_error(error)
        if problem:
            self._platter.roll_back()
            raise problem
        fate = cut_power_around(
            lambda: self._commit(connection),
            platter=self._platter,
            weather=self._weather,
            label=self._label,
        )
        if fate == "full":
            raise JournalError("L40", "the disk is full")
        if fate != FINE:
            raise JournalError("L42", "the database failed")

    def _commit(self, connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """See Database."""
        self._process.check()
        await asyncio.sleep(0)
        self._process.check()
        problem = None
        rows: list[Row] = []
        try:
            rows = self._platter.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            problem = journal_error(error)
        if problem:
            raise problem
        return rows

    async def close(self) -> None:
        """See Database."""
