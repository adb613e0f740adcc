from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.postgres_ledger import PostgresLedger
from acquirer_sim.aio.postgres_opening import ask_postgres, open_postgres
from acquirer_sim.configuration import CardSettings
from acquirer_sim.errors import LedgerError
from acquirer_sim.policy import Policy
from protocol.kinds import PaymentKind
from protocol.operations import PaymentReply, Request
from tests.acquirer_sim.asking import (
    NOW,
    OTHER,
    VISA,
    configuration,
    of,
    payment,
    purchase,
    reversal,
    settlement,
)
from tests.databases import Postgres, run_statements
from tests.databases.books import PostgresBooks

LIMITED = configuration(card=(CardSettings(pan=VISA, limit_minor=50_000),))


class Office:
    """Several ledgers on one database, each as a process of its own would have it."""

    def __init__(self, url: str, ledgers: list[PostgresLedger], policy: Policy) -> None:
        self.url = url
        self.ledgers = ledgers
        self.policy = policy

    async def ask(self, place: int, *requests: Request) -> list[object]:
        """Put one group to one of the ledgers."""
        decisions = await self.ledgers[place].perform(requests, NOW, self.policy, {})
        return [decision.reply for decision in decisions]

    async def codes(self, *groups: list[Request]) -> list[str]:
        """Put one group to each ledger at the same time; return all codes."""
        asked = (self.ask(place, *group) for place, group in enumerate(groups))
        return [reply.code for replies in await asyncio.gather(*asked) for reply in replies]

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        return await run_statements(self.url, statement)

    async def problems(self) -> list[str]:
        return await ask_postgres(self.url, audit)


@asynccontextmanager
async def office(
    postgres: Postgres, folder: Path, *, ledgers: int = 2, limited: bool = False
) -> AsyncIterator[Office]:
    url = await postgres.a_database()
    opened = [await open_postgres(url, str(folder / "ledger.key")) for _ in range(ledgers)]
    policy = Policy(LIMITED if limited else configuration(), opened[0].key)
    made = Office(url, [PostgresLedger(one.connect, one.connection) for one in opened], policy)
    try:
        yield made
    finally:
        for ledger in made.ledgers:
            await ledger.close()


@pytest.mark.asyncio
async def test_same_payments_are_made_once_when_two_processes_are_asked_at_once(
    postgres: Postgres, tmp_path: Path
) -> None:
    """No double payment, and no two payments with one number."""
    group = [purchase(stan) for stan in range(1, 30)]
    async with office(postgres, tmp_path) as both:
        here, there = await asyncio.gather(both.ask(0, *group), both.ask(1, *group))
        made = await both.rows("SELECT count(*), count(DISTINCT entry) FROM payment")
        moved = await both.rows("SELECT count(*) FROM transfer")

        assert here == there
        assert [(29, 29)] == made
        assert [(29,)] == moved
        assert [] == await both.problems()


@pytest.mark.asyncio
async def test_groups_of_the_same_terminals_in_any_order_do_not_wait_in_a_circle(
    postgres: Postgres, tmp_path: Path
) -> None:
    mine = [purchase(stan) for stan in range(1, 20)]
    theirs = [purchase(stan, origin=OTHER) for stan in range(1, 20)]
    async with office(postgres, tmp_path) as both:
        for _ in range(5):
            await asyncio.gather(both.ask(0, *mine, *theirs), both.ask(1, *theirs, *mine))

        assert [(38,)] == await both.rows("SELECT count(*) FROM payment")
        assert [] == await both.problems()


@pytest.mark.asyncio
async def test_batch_closes_once_when_two_processes_are_asked_to_close_it(
    postgres: Postgres, tmp_path: Path
) -> None:
    """I2: closed at most once, and both get the answer of that once."""
    async with office(postgres, tmp_path) as both:
        await both.ask(0, purchase(1), purchase(2))
        answers = await asyncio.gather(
            both.ask(0, settlement(2, 2468)), both.ask(1, settlement(2, 2468, repeat=True))
        )

        assert answers[0] == answers[1]
        assert [(1,)] == await both.rows("SELECT count(*) FROM transfer WHERE kind = 'capture'")
        assert [] == await both.problems()


@pytest.mark.asyncio
async def test_refunds_at_two_tills_never_give_back_more_than_was_paid(
    postgres: Postgres, tmp_path: Path
) -> None:
    """The original stands at another terminal, which nobody named: it is locked all the same."""
    async with office(postgres, tmp_path) as both:
        (sold,) = await both.ask(0, purchase(1, 1000))
        assert isinstance(sold, PaymentReply)
        named = of(1, rrn=sold.rrn)
        groups: list[list[Request]] = [
            [payment(PaymentKind.REFUND, 5, 600, original=named, origin=OTHER)],
            [payment(PaymentKind.REFUND, 6, 600, original=named)],
        ]
        codes = await both.codes(*groups)

        assert ["00", "61"] == sorted(codes)
        assert [(600,)] == await both.rows("SELECT refunded_minor FROM payment WHERE stan='000001'")
        assert [] == await both.problems()


@pytest.mark.asyncio
async def test_card_spends_its_limit_once_over_all_processes(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with office(postgres, tmp_path, limited=True) as both:
        here: list[Request] = [purchase(stan, 10_000) for stan in range(1, 6)]
        there: list[Request] = [purchase(stan, 10_000, origin=OTHER) for stan in range(1, 6)]
        codes = await both.codes(here, there)
        await both.ask(1, reversal(1, 10_000, pan=None), reversal(2, 10_000, pan=None))

        assert ["00"] * 5 + ["51"] * 5 == sorted(codes)
        spent = await both.rows("SELECT sum(minor) FROM payment WHERE status = 'approved'")
        assert spent == await both.rows("SELECT minor FROM spent")
        assert [] == await both.problems()


FAIL_AT_COMMIT = (
    "CREATE SEQUENCE tries",
    "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF nextval('tries') <= {times} THEN "
    "RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'as the test wants it'; "
    "END IF; RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION fail()",
)
"""The first commits of a payment fail, with the code that is wanted."""


async def fail_at_commit(url: str, *, times: int, state: str) -> None:
    texts = (text.replace("{times}", str(times)) for text in FAIL_AT_COMMIT)
    await run_statements(url, *(text.replace("{state}", state) for text in texts))


@pytest.mark.parametrize("state", ["40001", "40P01"])
@pytest.mark.asyncio
async def test_group_is_decided_again_when_another_was_in_its_way(
    postgres: Postgres, tmp_path: Path, state: str
) -> None:
    """Serialisation failure or deadlock: the whole group anew, since deciding changes nothing."""
    async with office(postgres, tmp_path, ledgers=1) as alone:
        await fail_at_commit(alone.url, times=3, state=state)

        assert ["00", "00"] == await alone.codes([purchase(1), purchase(2)])
        assert [(2,)] == await alone.rows("SELECT count(*) FROM payment")
        assert [] == await alone.problems()


@pytest.mark.asyncio
async def test_group_is_given_up_when_others_are_always_in_its_way(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with office(postgres, tmp_path, ledgers=1) as alone:
        await fail_at_commit(alone.url, times=6, state="40001")

        with pytest.raises(LedgerError, match="in the way"):
            await alone.ask(0, purchase(1))

        assert [] == await alone.rows("SELECT 1 FROM payment")
        assert ["00"] == await alone.codes([purchase(1)])


def test_reading_a_group_is_by_keys_whatever_the_planner_thinks(
    postgres_books: PostgresBooks,
) -> None:
    """Cost per purchase stays flat: a table without statistics is not read from end to end."""
    postgres_books.ask(purchase(1))
    (plan,) = zip(
        *postgres_books.rows(
            "EXPLAIN SELECT 1 FROM payment WHERE (terminal, merchant, batch, stan) IN "
            "(SELECT value->>0, value->>1, value->>2, value->>3 FROM json_array_elements("
            '\'[["T0000001", "M00000000000001", "000001", "000001"]]\'::json) AS a (value))'
        ),
        strict=True,
    )

    assert any("Index" in line for line in plan)
    assert not any("Seq Scan" in line for line in plan)


def test_damaged_row_costs_its_own_request_only(postgres_books: PostgresBooks) -> None:
    postgres_books.ask(purchase(1), purchase(1, origin=OTHER))
    postgres_books.rows("UPDATE payment SET status = 'perhaps' WHERE terminal = 'T0000001'")

    with pytest.raises(LedgerError):
        postgres_books.ask(purchase(1))

    assert "00" == postgres_books.one(purchase(1, origin=OTHER)).code


@pytest.mark.asyncio
async def test_numbers_of_the_journal_are_reserved_for_one_process(
    postgres: Postgres, tmp_path: Path
) -> None:
    """RRNs are unique across processes; a number that was given is never given again."""
    async with office(postgres, tmp_path) as both:
        for stan in range(1, 9):
            await both.ask(stan % 2, purchase(stan))
        entries = [entry for (entry,) in await both.rows("SELECT entry FROM payment")]

        assert len(entries) == len(set(entries))
        assert {0, 2000} == {int(str(entry)) // 2000 * 2000 for entry in entries}


@pytest.mark.asyncio
async def test_driver_says_when_a_commit_is_not_durable(postgres: Postgres, tmp_path: Path) -> None:
    """A server that is told to forget commits is told to keep ours."""
    url = await postgres.a_database()
    name = url.rpartition("/")[2]
    await run_statements(postgres.url(), f"ALTER DATABASE {name} SET synchronous_commit = off")
    opened = await open_postgres(url, str(tmp_path / "ledger.key"))

    assert "on" == await opened.connection.fetchval("SHOW synchronous_commit")
    assert isinstance(opened.connection, asyncpg.Connection)
    await opened.connection.close()
