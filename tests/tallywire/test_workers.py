"""Several acquirers on one port and one database, as real processes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.queries import ask as ask_ledger
from acquirer_sim.aio.queries import payments
from protocol.operations import Origin, PaymentReply, Request, SettlementReply
from tallywire.demo.children import Child
from tests.acquirer_sim.aio.terminals import RawTerminal
from tests.acquirer_sim.asking import purchase, settlement
from tests.databases import Postgres
from tests.tallywire.processes import tallywire

TERMINALS = 16
PURCHASES = 25
PATIENCE_S = 30


class Gang:
    """A parent with its workers; `pids` are theirs by number, the newest of each."""

    def __init__(self, parent: Child, told: asyncio.Queue[dict[str, object]]) -> None:
        self.parent = parent
        self.port = int(parent.address.rpartition(":")[2])
        self.pids: dict[int, int] = {}
        self._told = told

    async def pid(self, number: int, *, other_than: int = 0) -> int:
        """Return the process of a worker, as soon as it is not the one that is named."""
        async with asyncio.timeout(PATIENCE_S):
            while self.pids.get(number, other_than) == other_than:
                line = await self._told.get()
                if "pid" in line:
                    self.pids[int(str(line["worker"]))] = int(str(line["pid"]))
        return self.pids[number]


@asynccontextmanager
async def gang(url: str, folder: Path, *, workers: int = 2) -> AsyncIterator[Gang]:
    told: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    options = ("--ledger", url, "--ledger-key", str(folder / "ledger.key"), "--json")
    async with asyncio.TaskGroup() as group:
        parent = await Child.start(
            "acquirer",
            *("acquirer", "--listen", "127.0.0.1:0", "--workers", str(workers), *options),
            log=folder / "acquirer.log",
            group=group,
            watch=told.put_nowait,
        )
        try:
            await parent.listening()
            yield Gang(parent, told)
        finally:
            await parent.stop()


class Till:
    """A terminal that asks until it is answered, over a new connection when it must."""

    def __init__(self, number: int, port: int) -> None:
        self._origin = Origin(f"T{number:07d}", "M00000000000001")
        self._port = port
        self._line: RawTerminal | None = None
        self.asked_again = 0

    async def ask(self, request: Request) -> object:
        while True:
            try:
                if self._line is None:
                    self._line = await RawTerminal.connect(self._port)
                self._line.send(request)
                return await self._line.receive()
            except (ConnectionError, asyncio.IncompleteReadError):
                self.asked_again += 1
                await self.hang_up()

    async def sell(self, stan: int) -> str:
        reply = await self.ask(purchase(stan, origin=self._origin))
        assert isinstance(reply, PaymentReply)
        return reply.code

    async def settle(self, count: int) -> str:
        reply = await self.ask(settlement(count, count * 1234, origin=self._origin))
        assert isinstance(reply, SettlementReply)
        return reply.code

    async def hang_up(self) -> None:
        if self._line is not None:
            await self._line.close()
            self._line = None


@pytest.mark.asyncio
async def test_books_are_right_when_one_of_two_workers_is_killed_under_load(
    postgres: Postgres, tmp_path: Path
) -> None:
    """SIGKILL in the middle of a day: nothing answered is lost, nothing is booked twice."""
    url = await postgres.a_database()
    half_way = asyncio.Event()
    sold = 0

    async def day(till: Till) -> str:
        nonlocal sold
        for stan in range(1, PURCHASES + 1):
            assert "00" == await till.sell(stan)
            sold += 1
            if sold == TERMINALS * PURCHASES // 2:
                half_way.set()
        await till.hang_up()
        return await till.settle(PURCHASES)

    async with gang(url, tmp_path) as workers:
        victim = await workers.pid(1)
        tills = [Till(number, workers.port) for number in range(TERMINALS)]
        async with asyncio.TaskGroup() as group:
            days = [group.create_task(day(till)) for till in tills]
            await half_way.wait()
            os.kill(victim, signal.SIGKILL)
        follower = await workers.pid(1, other_than=victim)
        for till in tills:
            await till.hang_up()

    assert ["00"] * TERMINALS == [one.result() for one in days]
    assert follower != victim
    assert any(till.asked_again for till in tills)
    assert TERMINALS * PURCHASES == len(await ask_ledger(url, payments))
    assert [] == await ask_ledger(url, audit)


@pytest.mark.asyncio
async def test_workers_answer_what_they_have_when_told_to_stop(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with gang(await postgres.a_database(), tmp_path) as workers:
        line = await RawTerminal.connect(workers.port)
        line.send(*(purchase(stan) for stan in range(1, 40)))
        first = await line.receive()
        await workers.parent.stop()
        rest = [await line.receive() for _ in range(38)]
        await line.close()

    assert 0 == workers.parent.exit_code
    assert [f"{stan:06d}" for stan in range(1, 40)] == [one.stan for one in (first, *rest)]


@pytest.mark.asyncio
async def test_workers_end_when_their_parent_is_killed(postgres: Postgres, tmp_path: Path) -> None:
    async with gang(await postgres.a_database(), tmp_path) as workers:
        lines = [await RawTerminal.connect(workers.port) for _ in range(6)]
        await workers.parent.kill()
        async with asyncio.timeout(PATIENCE_S):
            ended = [await line.ended() for line in lines]
        for line in lines:
            await line.close()

    assert [True] * 6 == ended


@pytest.mark.parametrize("ledger", ["sqlite:books.db", "memory:"])
def test_workers_need_a_ledger_that_processes_share(ledger: str) -> None:
    refused = tallywire("acquirer", "--workers", "2", "--ledger", ledger)

    assert 3 == refused.returncode
    assert "need PostgreSQL" in refused.stderr
    assert "--ledger postgresql://" in refused.stderr


def test_workers_say_at_once_that_the_database_is_not_there() -> None:
    """And what they say holds no password."""
    url = "postgresql://me:s3cret@127.0.0.1:1/books"
    refused = tallywire("acquirer", "--workers", "2", "--ledger", url, "--listen", "127.0.0.1:0")

    assert 11 == refused.returncode
    assert "cannot be reached" in refused.stderr
    assert "s3cret" not in refused.stderr + refused.stdout
