"""Opening a ledger by its URL: `sqlite:PATH`, `sqlite:///PATH`, `memory:`, `none:`.

Beside an SQLite ledger lies its key, `PATH.key`, made with mode 0600 on the first day: card
tokens are keyed with it. The ledger knows a check value of its key and refuses another one,
because under a wrong key every card would look new.
"""

from __future__ import annotations

import os
import sqlite3
from typing import Final, NamedTuple

from acquirer_sim.aio.schema import HEAD, bring_to_head, version_of
from acquirer_sim.aio.sqlite_ledger import AroundCommit, SqliteLedger, ledger_error
from acquirer_sim.errors import KeyFileError, LedgerError
from acquirer_sim.tokens import KEY_BYTES, check_value
from protocol.secrets import Key

PRAGMAS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
    "PRAGMA wal_autocheckpoint = 1000",
)
MEMORY: Final = "memory:"
NONE: Final = "none:"


class OpenedLedger(NamedTuple):
    """A ledger ready for work, and the key of its card tokens."""

    ledger: SqliteLedger
    key: Key


def ledger_path(url: str) -> str | None:
    """Return the file of a ledger URL, None for `memory:`. Raises LedgerError."""
    if url == MEMORY:
        return None
    scheme, _, rest = url.partition(":")
    path = rest.removeprefix("//").removeprefix("/") if rest.startswith("///") else rest
    if scheme != "sqlite" or not path:
        raise LedgerError(
            f"There is no ledger of the kind {url!r}.",
            "Give sqlite:PATH, memory: or none:.",
        )
    return path


def open_ledger(url: str) -> OpenedLedger:
    """Open a ledger, new or at any earlier version. Raises LedgerError or KeyFileError."""
    path = ledger_path(url)
    if path is None:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        return prepare(connection, Key(os.urandom(KEY_BYTES)))
    problem = None
    try:
        # The committer's thread will own the connection; this one only opens it.
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        problem = LedgerError(
            f"The ledger {path} cannot be opened.", "Check that its folder exists and is yours."
        )
    if problem:
        raise problem
    try:
        return prepare(connection, _key_of(path, connection))
    except BaseException:
        connection.close()
        raise


def reopen(opened: OpenedLedger) -> OpenedLedger:
    """Open a closed ledger of memory again, as it was when it was closed."""
    assert opened.ledger.image is not None, "closed before"
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.deserialize(opened.ledger.image)
    return prepare(connection, opened.key)


def prepare(
    connection: sqlite3.Connection, key: Key, *, around_commit: AroundCommit | None = None
) -> OpenedLedger:
    """Make an open connection a ledger: pragmas, schema at head, key checked. Raises as above."""
    problem = None
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        version = version_of(connection)
        if version is not None and version > HEAD:
            raise LedgerError(
                f"The ledger is of version {version}, this program knows {HEAD}.",
                "Use the newer program.",
            )
        bring_to_head(connection)
        _check_key(connection, key)
    except sqlite3.Error as error:
        problem = ledger_error(error)
    if problem:
        raise problem
    return OpenedLedger(SqliteLedger(connection, around_commit=around_commit), key)


def _check_key(connection: sqlite3.Connection, key: Key) -> None:
    check = check_value(key)
    connection.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('key_check', ?)", (check,))
    found = connection.execute("SELECT value FROM meta WHERE name = 'key_check'").fetchone()[0]
    if found != check:
        raise KeyFileError(
            "The key is not the one this ledger was made with.", "Put the right key file back."
        )


def _key_of(path: str, connection: sqlite3.Connection) -> Key:
    """Read the key file; make one only for a ledger that has no tables yet."""
    place = path + ".key"
    problem: LedgerError | KeyFileError | None = None
    try:
        if not os.path.exists(place) and version_of(connection) is None:
            _write_key(place)
        with open(place, encoding="utf-8") as file:
            key = bytes.fromhex(file.read())
        if len(key) == KEY_BYTES:
            return Key(key)
        problem = KeyFileError(f"The key file {place} is damaged.", "Put a copy of it back.")
    except sqlite3.Error as error:
        problem = ledger_error(error)
    except (OSError, ValueError):
        problem = KeyFileError(
            f"The key file {place} cannot be read.", "Put it back beside the ledger."
        )
    raise problem


def _write_key(place: str) -> None:
    """Make a key. A crash before the ledger's first table leaves one that is then used."""
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
