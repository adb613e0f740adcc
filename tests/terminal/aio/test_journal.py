"""The journal: all or nothing, never changed, never cut short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
import pytest_asyncio

from terminal.aio.database import Database, open_sqlite
from terminal.aio.journal import Journal
from terminal.errors import JournalError
from terminal.facts import Fact, name_of
from terminal.payment import PaymentSending
from terminal.projections import Row, Value
from terminal.reversal import ReversalArmed
from terminal.standing import StanTaken, TerminalInstalled
from tests.terminal.aio.disks import FullDisk, LyingDisk, SlowDisk
from tests.terminal.till import Clock

INSTALLED = TerminalInstalled(
    terminal_id="10000001", merchant_id="104100000000001", key_check="k", batch="000001"
)
ORPHAN = ReversalArmed(batch="000001", stan="000001", reason="98")


@pytest_asyncio.fixture
async def database() -> AsyncIterator[Database]:
    database = await open_sqlite(":memory:")
    yield database
    await database.close()


async def opened(database: Database) -> Journal:
    journal = Journal(database, Clock())
    await journal.open()
    return journal


async def names(journal: Journal) -> list[str]:
    return [row[0] for row in await journal.fetch("SELECT fact FROM entry ORDER BY sequence")]


@pytest.mark.asyncio
async def test_commit_writes_entries_and_rows_together(database: Database) -> None:
    journal = await opened(database)

    await journal.commit((INSTALLED, StanTaken(stan="000005", purpose="echo")))

    assert await names(journal) == ["TerminalInstalled", "StanTaken"]
    assert await journal.fetch("SELECT stan, batch FROM terminal") == [("000005", "000001")]


@pytest.mark.asyncio
async def test_commit_writes_nothing_when_one_row_is_refused(database: Database) -> None:
    """A reversal without its payment breaks a rule: the fact before it goes too."""
    journal = await opened(database)
    await journal.commit((INSTALLED,))

    with pytest.raises(JournalError) as raised:
        await journal.commit((StanTaken(stan="000005", purpose="echo"), ORPHAN))

    assert raised.value.code == "L42"
    assert await names(journal) == ["TerminalInstalled"]
    await journal.commit((StanTaken(stan="000006", purpose="echo"),))
    assert await names(journal) == ["TerminalInstalled", "StanTaken"]


@pytest.mark.parametrize("sql", ["UPDATE entry SET body = '{}'", "DELETE FROM entry"])
@pytest.mark.asyncio
async def test_entries_are_never_changed(database: Database, sql: str) -> None:
    journal = await opened(database)
    await journal.commit((INSTALLED,))

    with pytest.raises(JournalError, match="never"):
        await database.transaction([(sql, ())])


@pytest.mark.asyncio
async def test_commit_that_landed_counts_though_the_disk_said_no(database: Database) -> None:
    """The error came after the platter turned: the entry is read again."""
    journal = await opened(LyingDisk(database, refuse=1))

    await journal.commit((INSTALLED,))
    await journal.commit((StanTaken(stan="000001", purpose="echo"),))

    assert await names(journal) == ["TerminalInstalled", "StanTaken"]


@pytest.mark.asyncio
async def test_commit_happens_though_its_caller_is_cancelled(database: Database) -> None:
    """A cancelled statement still happens: so the cancellation waits for it."""
    disk = SlowDisk(database)
    journal = await opened(disk)
    async with asyncio.TaskGroup() as group:
        caller = group.create_task(journal.commit((INSTALLED,)))
        await disk.entered.wait()
        caller.cancel()
        disk.gate.set()

    assert caller.cancelled()
    assert await names(journal) == ["TerminalInstalled"]


@pytest.mark.asyncio
async def test_journal_keeps_its_order_when_many_write(database: Database) -> None:
    journal = await opened(database)
    await journal.commit((INSTALLED,))

    await asyncio.gather(
        *(journal.commit((StanTaken(stan=f"{n:06d}", purpose="echo"),)) for n in range(1, 9))
    )

    rows = await journal.fetch("SELECT count(*), max(sequence) FROM entry")
    assert rows == [(9, 9)]


@pytest.mark.asyncio
async def test_open_leaves_a_schema_that_is_there_alone(database: Database) -> None:
    """A start costs no write when there is nothing to make."""
    await opened(database)
    scripts: list[str] = []

    class Counting(FullDisk):
        async def script(self, sql: str) -> None:
            scripts.append(sql)

    await opened(Counting(database, refuse=0, times=0))

    assert scripts == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount_minor", 1), ("card_masked", "x"), ("rrn", "2" * 12), ("authorisation", "x")],
)
@pytest.mark.asyncio
async def test_money_of_an_approved_payment_is_never_updated(
    column: str, value: object, approved: Callable[[], Database]
) -> None:
    """REQ 001-09: no path changes what was approved."""
    database = approved()

    with pytest.raises(JournalError, match="never updated"):
        await database.transaction([(f"UPDATE payment SET {column} = '{value}'", ())])


@pytest_asyncio.fixture
async def approved(database: Database) -> Callable[[], Database]:
    """Return a database with one approved payment."""
    from tests.terminal.till import open_till, visa, yuan

    till = await open_till(wrap=lambda fresh: fresh)
    await till.terminal.sale(yuan(), visa())
    image = await till.database.fetch("SELECT sequence, at, fact, body FROM entry")
    await till.terminal.close()
    journal = await opened(database)
    from terminal.facts import decode
    from terminal.projections import kinds_by_name

    facts: list[Fact] = [decode(row[3], kinds_by_name()[row[2]]) for row in image]
    await journal.commit(facts)
    return lambda: database


def test_facts_of_a_payment_name_it() -> None:
    assert name_of(PaymentSending(batch="000001", stan="000001")) == "PaymentSending"


class Listening(FullDisk):
    """Remembers every query."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, refuse=0, times=0)
        self.queries: list[str] = []

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        self.queries.append(sql)
        return await super().fetch(sql, parameters)


class Kept(FullDisk):
    """A disk that outlives its journal."""

    async def close(self) -> None:
        """The test closes it."""


async def checks_at_start(database: Database) -> int:
    listening = Listening(database)
    await opened(listening)
    return sum("check" in sql for sql in listening.queries)


@pytest.mark.asyncio
async def test_start_checks_the_file_after_a_crash_only(database: Database) -> None:
    """A process that ended by itself says so in its last entry; a power cut says nothing."""
    kept = Kept(database, refuse=0, times=0)
    journal = await opened(kept)
    await journal.commit((INSTALLED,))
    after_crash = await checks_at_start(kept)
    await journal.close()
    after_stop = await checks_at_start(kept)
    reader = await opened(kept)
    await reader.close()
    await (await opened(kept)).commit((StanTaken(stan="000001", purpose="echo"),))

    assert (1, 0, 1) == (after_crash, after_stop, await checks_at_start(kept))
    assert ["TerminalInstalled", "Stopped", "StanTaken"] == await names(journal)


@pytest.mark.asyncio
async def test_disk_that_refuses_the_last_word_costs_a_check(database: Database) -> None:
    full = FullDisk(Kept(database, 0, 0), refuse=2)
    journal = await opened(full)
    await journal.commit((INSTALLED,))
    await journal.close()

    assert 1 == await checks_at_start(database)
