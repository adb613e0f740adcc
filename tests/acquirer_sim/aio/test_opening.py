from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from acquirer_sim.aio.ledger_url import ledger_path, shown
from acquirer_sim.aio.opening import open_ledger
from acquirer_sim.errors import AcquirerError, KeyFileError, LedgerError


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:books.db", "books.db"),
        ("sqlite:/var/books.db", "/var/books.db"),
        ("sqlite:///books.db", "books.db"),
        ("sqlite:////var/books.db", "/var/books.db"),
    ],
)
def test_url_names_a_file(url: str, path: str) -> None:
    assert path == ledger_path(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@host:5432/books",
        "postgresql://me:s3c@ret/x@host/books",
        "postgresql://host/books?user=me&password=s3cret",
        "postgres+asyncpg://me:s3cret@host/books",
    ],
)
def test_password_is_shown_nowhere(url: str) -> None:
    """I7: no key in any output."""
    told = shown(url) + str(failing(url))

    assert "s3c" not in told
    assert "books" in shown(url)


def test_second_acquirer_is_refused_at_once(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/ledger.db"
    first = open_ledger(url)

    assert "Another acquirer holds the ledger" in failing(url).sentence
    first.ledger.close()
    open_ledger(url).ledger.close()


def failing(url: str) -> AcquirerError:
    with pytest.raises(AcquirerError) as caught:
        open_ledger(url)
    assert caught.value.sentence.endswith(".")
    assert caught.value.next_step.endswith(".")
    return caught.value


@pytest.mark.parametrize("url", ["mysql:books", "books.db", "sqlite:"])
def test_unknown_url_is_refused(url: str) -> None:
    assert "sqlite:PATH" in str(failing(url))


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere" in str(failing(f"sqlite:{tmp_path}/nowhere/ledger.db"))


def test_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"a diary, not a ledger, and long enough to be read" * 99)

    assert isinstance(failing(f"sqlite:{tmp_path}/ledger.db"), LedgerError)


def test_wrong_key_is_refused(tmp_path: Path) -> None:
    """REQ 000-17: under another key every card would look new."""
    url = f"sqlite:{tmp_path}/ledger.db"
    open_ledger(url).ledger.close()
    (tmp_path / "ledger.db.key").write_text("00" * 32, "ascii")

    assert isinstance(failing(url), KeyFileError)


def test_missing_key_is_not_made_anew(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/ledger.db"
    open_ledger(url).ledger.close()
    (tmp_path / "ledger.db.key").unlink()

    assert isinstance(failing(url), KeyFileError)
    assert not (tmp_path / "ledger.db.key").exists()


def test_full_disk_leaves_no_piece_of_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start, with room again, makes a whole one."""
    url = f"sqlite:{tmp_path}/ledger.db"

    def no_room(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("acquirer_sim.aio.ledger_key.os.fsync", no_room)
        problem = failing(url)

    assert isinstance(problem, KeyFileError)
    assert "cannot be made: No space left on device" in problem.sentence
    open_ledger(url).ledger.close()


def test_newer_ledger_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/ledger.db"
    opened = open_ledger(url)
    opened.ledger.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    opened.ledger.close()

    assert "newer program" in str(failing(url))


def test_ledger_is_synchronous(tmp_path: Path) -> None:
    opened = open_ledger(f"sqlite:{tmp_path}/ledger.db")
    connection: sqlite3.Connection = opened.ledger.connection

    assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()
    assert (2,) == connection.execute("PRAGMA synchronous").fetchone()
    opened.ledger.close()


LEAN = """
import sys
from acquirer_sim.aio.opening import open_ledger
import acquirer_sim.aio.running
open_ledger(sys.argv[1]).ledger.close()
heavy = {"sqlalchemy", "alembic", "aiosqlite", "rich", "click", "iso8583", "escpos", "PIL"}
print(sorted(heavy & set(sys.modules)))
"""


def test_ledger_at_head_is_opened_without_heavy_libraries(tmp_path: Path) -> None:
    """Lean start: neither SQLAlchemy nor Alembic when there is nothing to migrate."""
    url = f"sqlite:{tmp_path}/ledger.db"
    open_ledger(url).ledger.close()

    command = [sys.executable, "-c", LEAN, url]
    found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)

    assert "[]\n" == found.stdout
