from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from acquirer_sim.aio.committer import InlineCommitter, Job, Outcome, ThreadCommitter
from acquirer_sim.aio.opening import OpenedLedger, open_ledger
from acquirer_sim.aio.sqlite_ledger import SqliteLedger
from acquirer_sim.configuration import default_configuration
from acquirer_sim.policy import Policy
from tests.acquirer_sim.asking import NOW, Books, purchase, sign_on


@pytest.fixture
def books(sqlite_books: Books) -> Books:
    """Return books of the one engine that this is about."""
    return sqlite_books


class Desk:
    """Takes what a committer delivers, and can be waited at."""

    def __init__(self, wanted: int) -> None:
        self.groups: list[list[object]] = []
        self.failures = 0
        self.full = asyncio.Event()
        self.wanted = wanted

    def deliver(self, outcome: Outcome) -> None:
        self.groups.append([job.context for job in outcome.jobs])
        self.failures += outcome.failure is not None
        if sum(map(len, self.groups)) >= self.wanted:
            self.full.set()


class Gate:
    """A disk that holds its first commit until it is opened."""

    def __init__(self) -> None:
        self.opened = Event()
        self.reached = Event()

    def __call__(self, commit: Callable[[], None]) -> None:
        self.reached.set()
        assert self.opened.wait(10)
        commit()


def opened(tmp_path: Path) -> OpenedLedger:
    return open_ledger(f"sqlite:{tmp_path}/ledger.db")


def job(stan: int) -> Job:
    return Job(purchase(stan), stan)


@pytest.mark.asyncio
async def test_group_forms_by_itself_while_the_disk_is_busy(tmp_path: Path) -> None:
    """Alone, a request is committed alone; what comes meanwhile is the next group."""
    ledger, key = opened(tmp_path)
    gate = Gate()
    slow = SqliteLedger(ledger.connection, around_commit=gate)
    desk = Desk(4)
    committer = ThreadCommitter(
        slow, Policy(default_configuration(), key), lambda: NOW, desk.deliver
    )
    committer.submit([job(1)])
    await asyncio.to_thread(gate.reached.wait, 10)
    committer.submit([job(2)])
    committer.submit([job(3), job(4)])
    gate.opened.set()
    await desk.full.wait()
    committer.close()

    assert [[1], [2, 3, 4]] == desk.groups


@pytest.mark.asyncio
async def test_look_waits_for_the_commit_that_runs(tmp_path: Path) -> None:
    """A question never sees half a group, and is answered at the latest when all is closed."""
    ledger, key = opened(tmp_path)
    gate = Gate()
    slow = SqliteLedger(ledger.connection, around_commit=gate)
    desk, seen = Desk(1), [0]

    def look(connection: sqlite3.Connection) -> None:
        assert not connection.in_transaction
        seen.append(connection.execute("SELECT count(*) FROM payment").fetchone()[0])

    policy = Policy(default_configuration(), key)
    committer = ThreadCommitter(slow, policy, lambda: NOW, desk.deliver)
    committer.look(look)
    committer.submit([job(1)])
    await asyncio.to_thread(gate.reached.wait, 10)
    committer.look(look)
    before = list(seen)
    gate.opened.set()
    await desk.full.wait()
    after = list(seen)
    committer.look(look)
    committer.close()

    assert ([0, 0], [0, 0, 1], [0, 0, 1, 1]) == (before, after, seen)


@pytest.mark.asyncio
async def test_group_is_cut_at_its_limit(tmp_path: Path) -> None:
    ledger, key = opened(tmp_path)
    desk = Desk(5)
    policy = Policy(default_configuration(), key)
    committer = ThreadCommitter(ledger, policy, lambda: NOW, desk.deliver, group_max=2)
    committer.submit([job(stan) for stan in range(1, 6)])
    await desk.full.wait()
    committer.close()

    assert [[1, 2], [3, 4], [5]] == desk.groups


@pytest.mark.asyncio
async def test_work_goes_on_when_a_commit_ends_while_the_group_before_it_is_delivered(
    tmp_path: Path,
) -> None:
    """A disk as quick as that once left every later request without an answer."""
    ledger, key = opened(tmp_path)
    second_is_over = Event()

    class SlowDesk(Desk):
        def deliver(self, outcome: Outcome) -> None:
            if not self.groups:
                committer.submit([job(9)])
                assert second_is_over.wait(10)
            super().deliver(outcome)

    class Telling(SimpleQueue[Outcome]):
        def put(self, item: Outcome, *_: object) -> None:
            super().put(item)
            if item.jobs[0].context == 2:
                second_is_over.set()

    desk = SlowDesk(6)
    policy = Policy(default_configuration(), key)
    committer = ThreadCommitter(ledger, policy, lambda: NOW, desk.deliver, group_max=2)
    committer._over = Telling()
    committer.submit([job(1)])
    await asyncio.sleep(0)
    committer.submit([job(2), job(3), job(4), job(5)])
    async with asyncio.timeout(10):
        await desk.full.wait()
    committer.close()

    assert [[1], [2, 3], [4, 5], [9]] == desk.groups


@pytest.mark.asyncio
async def test_everything_is_delivered_in_order_when_closed(tmp_path: Path) -> None:
    ledger, key = opened(tmp_path)
    desk = Desk(3)
    committer = ThreadCommitter(
        ledger, Policy(default_configuration(), key), lambda: NOW, desk.deliver
    )
    committer.submit([job(1)])
    await asyncio.sleep(0)
    committer.submit([job(2), Job(sign_on(), 3)])
    committer.close()

    assert [1, 2, 3] == [context for group in desk.groups for context in group]


@pytest.mark.asyncio
async def test_failure_is_delivered_and_the_next_group_goes_on(tmp_path: Path) -> None:
    ledger, key = opened(tmp_path)
    commits: list[int] = []

    def around(commit: Callable[[], None]) -> None:
        commits.append(1)
        if len(commits) == 1:
            raise sqlite3.OperationalError("as the test wants it")
        commit()

    desk = Desk(2)
    broken = SqliteLedger(ledger.connection, around_commit=around)
    committer = ThreadCommitter(
        broken, Policy(default_configuration(), key), lambda: NOW, desk.deliver
    )
    for stan in (1, 2):
        desk.wanted = stan
        desk.full.clear()
        committer.submit([job(stan)])
        await desk.full.wait()
    committer.close()

    assert ([[1], [2]], 1) == (desk.groups, desk.failures)


@pytest.mark.asyncio
async def test_inline_committer_delivers_at_once(books: Books) -> None:
    desk = Desk(1)
    InlineCommitter(books.ledger, books.policy, lambda: NOW, desk.deliver).submit([job(1)])

    assert [[1]] == desk.groups
