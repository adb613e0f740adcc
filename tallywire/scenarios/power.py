"""The power switch of a terminal: it goes off at a named crash point, or at once.

When the power goes, every door is dead in the same instant: no byte leaves any more, no
statement reaches the disk, and what was under way is cancelled. What the disk holds is what was
committed, as after a SIGKILL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from terminal.aio.database import Database
from terminal.effects import CrashPoint
from terminal.errors import JournalError
from terminal.projections import Row, Statement, Value

WAITING: Final[Mapping[str, frozenset[str]]] = {
    "T5": frozenset({"0100", "0200"}),
    "T6": frozenset({"0100", "0200"}),
    "R2": frozenset({"0400", "0401", "0420", "0421"}),
    "SC6": frozenset({"0500", "0501"}),
    "A2": frozenset({"0220", "0221"}),
}
"""Points that lie while a request is on its way, and which requests; T5 is in the middle of one."""

PRINTING: Final = frozenset({"P1", "P4", "P5", "P10"})
"""Points of paper at which a process may end; the others are what a printer does."""

UNREACHED: Final = frozenset({"SC2", "SC14"})
"""Nothing happens at these points, so nothing is told of them."""

CUTS: Final = ({point.name for point in CrashPoint} | WAITING.keys() | PRINTING) - UNREACHED
"""Where a scenario may cut the power."""


class PowerCut(BaseException):
    """The terminal is no more. No Exception: nothing of it may handle this."""


class Power:
    """The power of one terminal, from its start to its end.

    `lines` are its connections, `victim` the task that works for it now; `struck` is true when the
    power failed under that task, which was cancelled then.
    """

    def __init__(self) -> None:
        self.on = True
        self.struck = False
        self.lines: list[asyncio.Transport] = []
        self.victim: asyncio.Task[Any] | None = None
        self._point = ""
        self._passes = 0

    def fail_at(self, point: str, nth: int) -> None:
        """Go off when `point` is reached for the `nth` time from now on."""
        assert point in CUTS, "checked when the file was read"
        self._point, self._passes = point, nth

    def keep(self) -> None:
        """Stay on, whatever is reached."""
        self._point = ""

    def due(self, point: str) -> bool:
        """Pass a point; True when the power is to fail here."""
        if not self.on or point != self._point:
            return False
        self._passes -= 1
        return self._passes <= 0

    def reached(self, point: CrashPoint) -> None:
        """Hear of a point that is passed; does not return when the power fails there."""
        self.pass_by(point.name)

    def pass_by(self, point: str) -> None:
        """Pass a point by its name; does not return when the power fails there."""
        if self.due(point):
            self.cut()
            raise PowerCut

    def check(self) -> None:
        """Be the first line of every door."""
        if not self.on:
            raise PowerCut

    def cut(self) -> None:
        """Go off, at once."""
        self.on = False
        for line in self.lines:
            line.abort()

    def strike(self) -> None:
        """Go off, and end what is under way wherever it waits."""
        self.cut()
        if self.victim is not None:
            self.struck = True
            self.victim.cancel()


class Disk:
    """A terminal's database behind its power, on a disk that can be full.

    `refuse` transactions fail after `skip` that do not.
    """

    def __init__(self, database: Database, power: Power) -> None:
        self._database = database
        self._power = power
        self.skip = 0
        self.refuse = 0

    async def script(self, sql: str) -> None:
        """See Database."""
        self._power.check()
        await self._database.script(sql)

    async def transaction(self, statements: Sequence[Statement]) -> None:
        """See Database."""
        self._power.check()
        if self.skip:
            self.skip -= 1
        elif self.refuse:
            self.refuse -= 1
            raise JournalError("L40", "the disk is full")
        await self._database.transaction(statements)

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """See Database."""
        self._power.check()
        return await self._database.fetch(sql, parameters)

    async def close(self) -> None:
        """See Database. Without power too: the file must be free for the next start."""
        await self._database.close()
