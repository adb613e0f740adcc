from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from acquirer_sim.aio.opening import open_ledger, prepare
from acquirer_sim.aio.sqlite_ledger import SqliteLedger
from acquirer_sim.configuration import default_configuration
from acquirer_sim.errors import LedgerError
from acquirer_sim.policy import Policy
from acquirer_sim.rows import Terminal
from acquirer_sim.working_set import WorkingSet
from protocol.operations import ReconciliationResult
from tests.acquirer_sim.asking import NOW, Books, purchase, settlement


@pytest.fixture
def books(sqlite_books: Books) -> Books:
    """Return books of the one engine that this is about."""
    return sqlite_books


def fail_once(code: int, *, land: bool) -> Callable[[Callable[[], None]], None]:
    """A disk whose second commit fails; `land`: it reaches the platter all the same."""
    commits: list[int] = []

    def around(commit: Callable[[], None]) -> None:
        commits.append(1)
        if len(commits) != 2 or land:
            commit()
        if len(commits) == 2:
            problem = sqlite3.OperationalError("as the test wants it")
            problem.sqlite_errorcode = code
            raise problem

    return around


@pytest.mark.parametrize("land", [False, True])
def test_ledger_goes_on_from_the_disk_when_a_commit_failed(*, land: bool) -> None:
    """Whether the commit landed or not, the next group sees what the disk really holds."""
    books = Books(around_commit=fail_once(sqlite3.SQLITE_FULL, land=land))
    books.ask(purchase(1))

    with pytest.raises(LedgerError):
        books.ask(purchase(2))

    assert [(2 if land else 1,)] == books.rows("SELECT debit_count FROM batch")
    books.ask(purchase(3))
    expected = 3 if land else 2
    assert [(expected,)] == books.rows("SELECT debit_count FROM batch")
    assert "00" == books.one(settlement(expected, expected * 1234)).code
    books.ledger.close()


def test_two_writers_on_one_file_do_not_lose_updates(tmp_path: Path) -> None:
    """What another connection committed is seen, though rows and numbers are kept at hand."""
    first = open_ledger(f"sqlite:{tmp_path}/ledger.db")
    unguarded = sqlite3.connect(f"{tmp_path}/ledger.db", isolation_level=None)
    second = prepare(unguarded, first.key)
    policy = Policy(default_configuration(), first.key)

    for stan in range(1, 7):
        ledger = (first if stan % 2 else second).ledger
        assert ledger.perform([purchase(stan)], NOW, policy, {})[0].reply is not None

    found = first.ledger.connection.execute("SELECT debit_count FROM batch").fetchall()
    entries = first.ledger.connection.execute("SELECT entry FROM payment ORDER BY stan").fetchall()
    assert [(6,)] == found
    assert sorted(set(entries)) == entries
    for opened in (first, second):
        opened.ledger.close()


def test_payments_leave_the_record_of_their_batch_alone_until_it_is_settled(books: Books) -> None:
    """What it holds follows from them, now and for a ledger that is opened anew."""
    books.ask(purchase(1))
    record = books.rows("SELECT * FROM batch_record")
    books.ask(purchase(2), purchase(3))

    assert record == books.rows("SELECT * FROM batch_record")
    assert [(3, 3 * 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")
    books.ledger = SqliteLedger(books.ledger.connection)
    assert ReconciliationResult.IN_BALANCE is books.one(settlement(3, 3 * 1234)).result
    assert [(3,)] == books.rows("SELECT debit_count FROM batch_record")


def test_ledger_says_which_when_a_row_is_damaged(books: Books) -> None:
    books.ask(purchase(1))
    books.rows("UPDATE payment SET status = 'perhaps'")

    with pytest.raises(LedgerError) as caught:
        books.ask(purchase(1))

    assert "cannot be read" in str(caught.value)
    assert not books.ledger.connection.in_transaction


def test_value_without_room_fails_its_group_alone(books: Books) -> None:
    books.ledger._begun = WorkingSet()
    books.ledger._begun.put_terminal(Terminal("T0000009", "M00000000000009", "\ud800"))

    with pytest.raises(LedgerError) as caught:
        books.ledger.commit()

    assert "no room" in caught.value.sentence
    assert "00" == books.one(purchase(1)).code


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "disk of the ledger is full"),
        (sqlite3.SQLITE_BUSY, "Another process"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_READONLY, "may not be written"),
        (sqlite3.SQLITE_IOERR, "failed"),
    ],
)
def test_failure_is_one_sentence(code: int, words: str) -> None:
    books = Books(around_commit=fail_once(code, land=False))
    books.ask(purchase(1))

    with pytest.raises(LedgerError) as caught:
        books.ask(purchase(2))

    assert words in caught.value.sentence
    books.ledger.close()
