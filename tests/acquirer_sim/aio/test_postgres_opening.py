from __future__ import annotations

import asyncio
import os
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.postgres_opening import ask_postgres, open_postgres
from acquirer_sim.errors import AcquirerError, KeyFileError, LedgerError
from tests.databases import KEEPER, PASSWORD, Postgres, run_statements
from tests.tallywire.processes import tallywire


def opening(url: str, folder: Path) -> None:
    """Open a ledger and close it again."""

    async def act() -> None:
        opened = await open_postgres(url, str(folder / "ledger.key"))
        await opened.connection.close()

    asyncio.run(act())


def failing(url: str, folder: Path) -> AcquirerError:
    with pytest.raises(AcquirerError) as caught:
        opening(url, folder)
    assert caught.value.sentence.endswith(".")
    assert caught.value.next_step.endswith(".")
    return caught.value


@pytest.fixture
def guarded(postgres: Postgres) -> str:
    """Return the URL of a database whose owner needs a password, without it."""
    url = postgres.new_database()
    name = url.rpartition("/")[2]
    postgres.execute(
        f"DROP ROLE IF EXISTS {KEEPER}_{name}",
        "SET password_encryption = 'scram-sha-256'",
        f"DO $$ BEGIN CREATE ROLE {KEEPER} LOGIN PASSWORD '{PASSWORD}';"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"ALTER DATABASE {name} OWNER TO {KEEPER}",
    )
    postgres.execute(f"ALTER SCHEMA public OWNER TO {KEEPER}", database=name)
    return postgres.url(name, KEEPER)


def test_password_opens_and_stands_in_no_output(guarded: str, tmp_path: Path) -> None:
    """I7: neither what is told nor what goes wrong shows it."""
    right = guarded.replace(KEEPER, f"{KEEPER}:{quote(PASSWORD, safe='')}", 1)
    opening(right, tmp_path)
    key = str(tmp_path / "ledger.key")
    right_told = tallywire("acquirer", "--ledger", right, "--ledger-key", key, "audit")
    wrong = right.replace("told", "sold")
    wrong_told = tallywire("acquirer", "--ledger", wrong, "--listen", "127.0.0.1:0")

    assert "The books are right.\n" == right_told.stdout
    assert 11 == wrong_told.returncode
    assert "does not let this user in" in wrong_told.stderr
    for told in (right_told, wrong_told):
        assert "ss%2Fword" not in told.stdout + told.stderr
        assert "ss/word" not in told.stdout + told.stderr


def test_password_may_come_from_the_environment(guarded: str) -> None:
    told = tallywire("acquirer", "batches", TALLYWIRE_LEDGER=guarded, PGPASSWORD=PASSWORD)

    assert 11 == told.returncode
    assert "There is no ledger in this database." in told.stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://me@127.0.0.1:1/books", "cannot be reached"),
        ("postgresql://me@127.0.0.1:port/books", "cannot be read"),
    ],
)
def test_address_that_leads_nowhere_is_one_sentence(url: str, words: str, tmp_path: Path) -> None:
    assert words in failing(url, tmp_path).sentence


def test_database_that_is_not_there_is_one_sentence(postgres: Postgres, tmp_path: Path) -> None:
    assert "no such database" in failing(postgres.url("nowhere"), tmp_path).sentence


def test_wrong_key_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    """REQ 000-17: under another key every card would look new."""
    url = postgres.new_database()
    opening(url, tmp_path)
    (tmp_path / "ledger.key").write_text("00" * 32, "ascii")

    assert isinstance(failing(url, tmp_path), KeyFileError)


def test_missing_key_is_not_made_anew(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    opening(url, tmp_path)
    (tmp_path / "ledger.key").unlink()

    assert isinstance(failing(url, tmp_path), KeyFileError)
    assert not (tmp_path / "ledger.key").exists()


def test_newer_ledger_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    opening(url, tmp_path)
    asyncio.run(run_statements(url, "UPDATE alembic_version SET version_num = '9999'"))

    assert "newer program" in str(failing(url, tmp_path))


def test_two_first_processes_make_one_ledger(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()

    async def both() -> None:
        key = str(tmp_path / "ledger.key")
        for opened in await asyncio.gather(open_postgres(url, key), open_postgres(url, key)):
            await opened.connection.close()

    asyncio.run(both())

    assert [(1,)] == asyncio.run(run_statements(url, "SELECT count(*) FROM meta"))


def test_who_asks_cannot_write(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    opening(url, tmp_path)

    with pytest.raises(LedgerError):
        asyncio.run(ask_postgres(url, lambda one: one.exec_driver_sql("DELETE FROM payment")))

    assert [] == asyncio.run(ask_postgres(url, audit))


def test_missing_driver_is_one_sentence_with_the_next_step(tmp_path: Path) -> None:
    """A folder before all others on the path hides the package."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['asyncpg'] = None\n", "utf-8"
    )
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    told = tallywire(
        "acquirer", "--ledger", "postgresql://me@127.0.0.1:1/books", "audit", PYTHONPATH=path
    )

    assert asyncpg.__name__ == "asyncpg"
    assert 11 == told.returncode
    assert "pip install 'tallywire[postgres]'" in told.stderr
