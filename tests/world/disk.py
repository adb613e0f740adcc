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

from terminal.aio import database
from terminal.aio.database import journal_error
from terminal.errors import JournalError
from terminal.projections import Row, Statement, Value
from tests.world.choices import Weather
from tests.world.power import Process, current_process

FINE: Final = "fine"
CUTS: Final = (FINE, "cut before", "cut after")
HOST_FATES: Final = (*CUTS, "full")
FATES: Final = (*CUTS, "full", "landed but failed")
FULL: Final = "PRAGMA synchronous=FULL"
COMMIT_S: Final = 0.002


class Platter:
    """What a disk holds. Bytes of another platter may be its beginning.

    `full` says whether whoever opened it asked for synchronous=FULL. Without it a power cut takes
    the last commit along, as WAL with NORMAL may.
    """

    def __init__(self, name: str, image: bytes | None = None) -> None:
        self.name = name
        self.full = True
        self._closed = False
        self._committed: list[bytes] = []
        self._past: list[sqlite3.Connection] = []
        self.connection = _spin_up(image)

    def image(self) -> bytes:
        """Return the committed content as an SQLite file."""
        self.roll_back()
        return self.connection.serialize()

    def open(self, *, full: bool) -> None:
        """Let a new process use the disk; what is on it now is safe."""
        self.lose_power()
        self.full = full
        self._committed = [] if full else [self.connection.serialize()]

    def note_commit(self) -> None:
        """Remember what a power cut would leave, where commits are not durable."""
        if not self.full:
            self._committed = [*self._committed[-1:], self.connection.serialize()]

    def lose_power(self) -> None:
        """Forget what was not committed, and the last commit too where it was not durable."""
        self.roll_back()
        if not self.full and len(self._committed) > 1:
            # A connection with cached statements does not survive deserialize.
            self._past.append(self.connection)
            self.connection = _spin_up(self._committed[0])
        self._committed.clear()

    def roll_back(self) -> None:
        """Forget what was not committed, as a power cut does."""
        if not self._closed and self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """Read for the auditor, who asks no port."""
        return self.connection.execute(sql, parameters).fetchall()

    def dump(self) -> str:
        """Return every table as text, for digests and for the search for card numbers."""
        return "\n".join(self.connection.iterdump())

    def close(self) -> None:
        """Throw the disk away."""
        for connection in (*self._past, self.connection):
            connection.close()
        self._closed = True


def _spin_up(image: bytes | None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    if image is not None:
        connection.deserialize(image)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


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
        platter.note_commit()
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
        platter.open(full=FULL in database.PRAGMAS)
        process.on_death(platter.lose_power)

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


class ScratchDatabase(WorldDatabase):
    """A disk for an hour: its closing throws it away."""

    async def close(self) -> None:
        """See Database."""
        self._platter.close()
