"""Groups on PostgreSQL, and a host over them that is asked over real sockets."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.committer import Committer, Job, Outcome, ThreadCommitter
from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.opening import open_ledger
from acquirer_sim.aio.postgres_committer import PostgresCommitter
from acquirer_sim.aio.postgres_ledger import PostgresLedger
from acquirer_sim.aio.postgres_opening import open_postgres
from acquirer_sim.aio.queries import ask as ask_ledger
from acquirer_sim.aio.running import Start
from acquirer_sim.configuration import default_configuration
from acquirer_sim.errors import PoisonedGroup
from acquirer_sim.policy import Policy
from protocol.operations import Origin, PaymentReply, SettlementReply
from tests.acquirer_sim.aio.terminals import RawTerminal, ask, hosting, port_of, speaking
from tests.acquirer_sim.asking import KEY, NOW, purchase, settlement
from tests.databases import Postgres, run_statements
from tests.databases.cutting import cutting


def starting(url: str, folder: Path) -> Start:
    return Start(port=0, ledger=url, ledger_key=str(folder / "ledger.key"))


@pytest.mark.asyncio
async def test_day_is_served_from_a_database(postgres: Postgres, tmp_path: Path) -> None:
    url = await postgres.a_database()
    events: list[HostEvent] = []
    start = starting(url, tmp_path)
    async with hosting(start, events) as host, speaking(port_of(host)) as client:
        bought = await ask(client, purchase(1))
        again = await ask(client, purchase(1))
        closed = await ask(client, settlement(1, 1234))

    assert isinstance(bought, PaymentReply)
    assert isinstance(closed, SettlementReply)
    assert (bought, "00", "00") == (again, bought.code, closed.code)
    assert [] == await ask_ledger(url, audit)
    assert [] == events


@pytest.mark.asyncio
async def test_terminal_settles_at_one_process_what_it_sold_at_another(
    postgres: Postgres, tmp_path: Path
) -> None:
    """Nothing is kept at hand that another process may change."""
    url = await postgres.a_database()
    start = starting(url, tmp_path)
    async with (
        hosting(start) as first,
        hosting(start) as second,
        speaking(port_of(first)) as here,
        speaking(port_of(second)) as there,
    ):
        sold = [await ask(here, purchase(1)), await ask(there, purchase(2))]
        repeated = [await ask(there, purchase(1)), await ask(here, purchase(2))]
        closed = await ask(there, settlement(2, 2468))
        late = await ask(here, purchase(3))
        following = await ask(here, purchase(3, batch="000002"))

    assert sold == repeated
    assert isinstance(closed, SettlementReply)
    assert isinstance(late, PaymentReply)
    assert isinstance(following, PaymentReply)
    assert ("00", "77", "00") == (closed.code, late.code, following.code)
    assert [] == await ask_ledger(url, audit)


@pytest.mark.asyncio
async def test_stop_answers_what_was_received(postgres: Postgres, tmp_path: Path) -> None:
    url = await postgres.a_database()
    async with hosting(starting(url, tmp_path)) as host:
        terminal = await RawTerminal.connect(port_of(host))
        terminal.send(*(purchase(stan) for stan in range(1, 50)))
        replies = [await terminal.receive()]
        await host.stop()
        replies += [await terminal.receive() for _ in range(48)]
        await terminal.close()

    assert [f"{stan:06d}" for stan in range(1, 50)] == [one.stan for one in replies]


class Counter:
    """Where outcomes are delivered, and waited for."""

    def __init__(self) -> None:
        self.outcomes: asyncio.Queue[Outcome] = asyncio.Queue()

    async def next(self) -> Outcome:
        async with asyncio.timeout(20):
            return await self.outcomes.get()

    async def take(self, count: int) -> list[Outcome]:
        """Return the outcomes of so many jobs."""
        taken: list[Outcome] = []
        while sum(len(one.jobs) for one in taken) < count:
            taken.append(await self.next())
        return taken


@asynccontextmanager
async def committing(url: str, folder: Path) -> AsyncIterator[tuple[Committer, Counter]]:
    """Run a committer that tries an absent database again without a pause."""
    opened = await open_postgres(url, str(folder / "ledger.key"))
    counter = Counter()
    committer = PostgresCommitter(
        PostgresLedger(opened.connect, opened.connection),
        Policy(default_configuration(), opened.key),
        lambda: NOW,
        counter.outcomes.put_nowait,
        pause_min_s=0,
    )
    try:
        yield committer, counter
    finally:
        committer.close()
        await committer.wait_closed()


async def until_answered(committer: Committer, counter: Counter, job: Job) -> list[Outcome]:
    """Ask again and again, as terminals do; return every outcome."""
    outcomes: list[Outcome] = []
    while not outcomes or outcomes[-1].failure is not None:
        committer.submit([job])
        outcomes.append(await counter.next())
    return outcomes


@pytest.mark.asyncio
async def test_commit_whose_end_is_unknown_is_silence_and_then_the_stored_reply(
    postgres: Postgres, tmp_path: Path
) -> None:
    """The database has committed, its word was lost: nobody is told anything but what is true."""
    url = await postgres.a_database()
    job = Job(purchase(1), None)
    async with cutting(postgres.port) as (proxy, port):
        wired = url.replace(f":{postgres.port}/", f":{port}/")
        async with committing(wired, tmp_path) as (committer, counter):
            proxy.cut_at_commit = True
            lost, *_, answered = await until_answered(committer, counter, job)

    assert lost.failure is not None
    assert "not known" in lost.failure.sentence
    assert 1 == proxy.cuts
    assert [(1,)] == await run_statements(url, "SELECT count(*) FROM transfer")
    (decision,) = answered.decisions
    assert isinstance(decision.reply, PaymentReply)
    assert ("00", "000000000001") == (decision.reply.code, decision.reply.rrn)
    assert [] == await ask_ledger(url, audit)


@pytest.mark.asyncio
async def test_absent_database_is_silence_until_it_is_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    """Power cut at the database: one failure for all of it, then everything as it was."""
    url = await postgres.a_database()
    async with committing(url, tmp_path) as (committer, counter):
        committer.submit([Job(purchase(1), None)])
        before = await counter.next()
        await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
        failures = []
        for stan in range(2, 12):
            committer.submit([Job(purchase(stan), None)])
            failures.append((await counter.next()).failure)
        await asyncio.to_thread(postgres.start)
        after = await until_answered(committer, counter, Job(purchase(1), None))

    assert before.decisions == after[-1].decisions
    assert 1 == len({id(failure) for failure in failures})
    assert None not in failures
    assert [("000001",)] == await run_statements(url, "SELECT stan FROM payment")


@pytest.mark.asyncio
async def test_no_transaction_stays_open_when_nothing_waits(
    postgres: Postgres, tmp_path: Path
) -> None:
    """An open one would hold locks, and keep the server from tidying up."""
    url = await postgres.a_database()
    name = url.rpartition("/")[2]
    async with committing(url, tmp_path) as (committer, counter):
        for stan in range(1, 30):
            committer.submit([Job(purchase(stan), None)])
            await asyncio.sleep(0)
        await counter.take(29)
        states = await run_statements(
            postgres.url(),
            f"SELECT state FROM pg_stat_activity WHERE datname = '{name}'",
        )
        locks = await run_statements(url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")

    assert [("idle",)] == states
    assert [] == locks


POISON = {"postgres": "T00\x0001", "sqlite": "T00\ud80001"}
"""A terminal of that name has no room in the books of that engine."""


@pytest.mark.parametrize("engine", POISON)
@pytest.mark.asyncio
async def test_poisoned_request_fails_alone(
    postgres: Postgres, tmp_path: Path, engine: str
) -> None:
    """The others of its group are answered, in their order."""
    counter = Counter()
    policy = Policy(default_configuration(), KEY)
    made: Committer
    if engine == "postgres":
        opened = await open_postgres(await postgres.a_database(), str(tmp_path / "ledger.key"))
        ledger = PostgresLedger(opened.connect, opened.connection)
        made = PostgresCommitter(ledger, policy, lambda: NOW, counter.outcomes.put_nowait)
    else:
        file = open_ledger(f"sqlite:{tmp_path}/ledger.db").ledger
        made = ThreadCommitter(file, policy, lambda: NOW, counter.outcomes.put_nowait)
    bad = msgspec.structs.replace(purchase(2), origin=Origin(POISON[engine], "M00000000000001"))
    made.submit([Job(one, one.stan) for one in (purchase(1), bad, purchase(3))])
    outcomes = await counter.take(3)
    made.close()
    await made.wait_closed()

    assert ["000001", "000002", "000003"] == [job.context for one in outcomes for job in one.jobs]
    assert [None, PoisonedGroup, None] == [
        type(one.failure) if one.failure else None for one in outcomes
    ]
