"""A process that fails ends, whatever it has left open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FAILING = """
import asyncio, sys
from terminal.aio.database import open_sqlite

async def main():
    global kept
    kept = await open_sqlite(sys.argv[1])
    await kept.script("CREATE TABLE t (a)")
    await kept.transaction([("INSERT INTO t VALUES (?)", (1,))])
    raise RuntimeError("a defect")

asyncio.run(main())
"""


def test_process_ends_when_an_exception_left_a_connection_open(tmp_path: Path) -> None:
    """DESIGN, dependencies: an unclosed connection of aiosqlite hangs exit."""
    command = (sys.executable, "-c", FAILING, str(tmp_path / "terminal.db"))

    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 1
    assert ended.stderr.rstrip().endswith("RuntimeError: a defect")
