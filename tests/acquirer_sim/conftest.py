from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acquirer_sim.asking import Books
from tests.databases import Postgres
from tests.databases.books import PostgresBooks, PostgresShelf


@pytest.fixture(scope="session")
def shelf(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> PostgresShelf:
    """One database for all tests of what books hold."""
    return PostgresShelf(postgres, tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def sqlite_books() -> Iterator[Books]:
    """Return books in memory, for what only SQLite does."""
    made = Books()
    yield made
    made.ledger.close()


@pytest.fixture
def postgres_books(shelf: PostgresShelf) -> Iterator[PostgresBooks]:
    """Return books in a database, for what only PostgreSQL does."""
    made = PostgresBooks(shelf)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def books(request: pytest.FixtureRequest) -> Books:
    """Return books of either engine: whatever is asked, both must answer alike."""
    made: Books = request.getfixturevalue(f"{request.param}_books")
    return made
