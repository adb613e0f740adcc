"""Writes the audit log, one line after the other, and reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from terminal.aio.journal import Journal
from terminal.audit import Audited, AuditLine, chain_problem, next_line
from terminal.facts import Fact
from terminal.results import Difference

PAGE: Final = 500
COLUMNS: Final = ", ".join(AuditLine.__struct_fields__)


class AuditLog:
    """One terminal's log. `now` gives an aware UTC time."""

    def __init__(self, journal: Journal, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._now = now
        # A line holds the hash of the one before: they are made one after the other.
        self._writer = asyncio.Lock()

    async def write(
        self,
        *facts: Fact,
        operator: str,
        act: str,
        subject: str = "",
        second: str = "",
        outcome: str = "ok",
    ) -> None:
        """Commit a line, and with it the facts that it tells of. Raises JournalError."""
        async with self._writer:
            line = next_line(
                await self._head(),
                at=self._now().isoformat(),
                operator=operator,
                act=act,
                subject=subject,
                second=second,
                outcome=outcome,
            )
            await self._journal.commit((*facts, Audited(line=line)))

    async def newest(self, limit: int) -> tuple[AuditLine, ...]:
        """Return lines, newest first."""
        sql = f"SELECT {COLUMNS} FROM audit ORDER BY number DESC LIMIT ?"
        return tuple(_line(row) for row in await self._journal.fetch(sql, (limit,)))

    async def _head(self) -> AuditLine | None:
        return next(iter(await self.newest(1)), None)


async def walk_audit(journal: Journal) -> list[Difference]:
    """Return what is wrong with the chain of the log; nothing when it holds."""
    head: AuditLine | None = None
    sql = f"SELECT {COLUMNS} FROM audit WHERE number > ? ORDER BY number LIMIT ?"
    while rows := await journal.fetch(sql, (head.number if head else 0, PAGE)):
        lines = [_line(row) for row in rows]
        problem = chain_problem(head, lines)
        if problem:
            return [Difference(where="audit", problem=problem)]
        head = lines[-1]
    return []


def _line(row: tuple[object, ...]) -> AuditLine:
    return AuditLine(**dict(zip(AuditLine.__struct_fields__, row, strict=True)))  # type: ignore[arg-type] # SQLite's columns, as the schema types them
