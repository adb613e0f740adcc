"""A long archive costs a start nothing: SQLite's own steps are counted, not seconds."""

from __future__ import annotations

from pathlib import Path

import aiosqlite
import pytest

from benchmarks.archive import KEY, fill
from terminal.aio.database import SqliteDatabase, open_sqlite
from terminal.aio.driver import Terminal
from terminal.aio.equipment import Equipment
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from tests.terminal.till import Clock, Host, chance

STEP = 100
"""The virtual machine's instructions between two counts."""


async def steps_of_a_start(path: Path) -> int:
    """Open the terminal at `path` as a process does, look at it, and count SQLite's work."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = await aiosqlite.connect(path, isolation_level=None)
    await connection.set_progress_handler(count, STEP)
    equipment = Equipment(
        database=SqliteDatabase(connection),
        scratch=open_sqlite,
        line=Host(),
        key=KEY,
        printers=[open_printer("none:")],
        now=Clock(),
        random_bytes=chance(),
        tell=lambda notice: None,
    )
    try:
        terminal = await Terminal.open(Settings(), equipment)
        await terminal.recover()
        await terminal.paperwork.print_waiting()
        await terminal.status()
        await terminal.paperwork.owed()
        await terminal.close()
    finally:
        await connection.close()
    return steps


@pytest.mark.asyncio
async def test_start_is_the_same_work_with_400_closed_batches_as_with_none(tmp_path: Path) -> None:
    """Issue 4, speed: neither the check of the file nor any query walks the archive."""
    fill(tmp_path / "empty.db", batches=0, payments=0)
    fill(tmp_path / "full.db", batches=400, payments=2)

    empty = await steps_of_a_start(tmp_path / "empty.db")
    full = await steps_of_a_start(tmp_path / "full.db")

    assert full <= empty + 3, f"{empty * STEP} steps when empty, {full * STEP} with an archive"
