"""The simulated disk: what is committed stays, what is not is gone, and a dead door stays shut."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest

from terminal.errors import JournalError
from tests.world.choices import Scripted
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.disk import FATES, Platter, WorldDatabase
from tests.world.power import PowerLost, Process

INSERT = "INSERT INTO fact VALUES (?)"


def _write_twice(fate: str) -> tuple[list[int], str]:
    with closing(Platter("terminal")) as platter:
        return _write_on(platter, fate)


def _write_on(platter: Platter, fate: str) -> tuple[list[int], str]:
    platter.connection.execute("CREATE TABLE fact (number INTEGER PRIMARY KEY)")

    async def start(loop: VirtualLoop) -> str:
        process = Process("terminal", loop)
        database = WorldDatabase(platter, Scripted({1: FATES.index(fate)}), process)

        async def work() -> None:
            await database.transaction([(INSERT, (1,))])
            try:
                await database.transaction([(INSERT, (2,)), (INSERT, (3,))])
            finally:
                await asyncio.sleep(0)
                await database.transaction([(INSERT, (4,))])

        try:
            await process.perform(work())
        except PowerLost:
            return "power lost"
        except JournalError as error:
            return error.code
        return "done"

    ending = run_virtual(start)
    return [row[0] for row in platter.query("SELECT number FROM fact ORDER BY 1")], ending


@pytest.mark.parametrize(
    ("fate", "rows", "ending"),
    [
        ("fine", [1, 2, 3, 4], "done"),
        ("cut before", [1], "power lost"),
        ("cut after", [1, 2, 3], "power lost"),
        ("full", [1, 4], "L40"),
        ("landed but failed", [1, 2, 3, 4], "L42"),
    ],
)
def test_a_commit_meets_its_fate_whole(fate: str, rows: list[int], ending: str) -> None:
    """All of a transaction or nothing; and no handler writes after the power went."""
    assert _write_twice(fate) == (rows, ending)


def test_an_image_begins_another_disk() -> None:
    """Two worlds may start from one prepared disk and not meet."""
    with closing(Platter("terminal")) as first:
        first.connection.execute("CREATE TABLE fact (number INTEGER)")

        with closing(Platter("terminal", first.image())) as second:
            second.connection.execute("INSERT INTO fact VALUES (7)")

            assert [(7,)] == second.query("SELECT * FROM fact")
            assert [] == first.query("SELECT * FROM fact")
