"""Opening a ledger of one process by its URL: `sqlite:PATH`, `sqlite:///PATH`, `memory:`.

Beside an SQLite ledger lies its key, `PATH.key`, made with mode 0600 on the first day: card
tokens are keyed with it. The ledger knows a check value of its key and refuses another one,
because under a wrong key every card would look new.
"""

from __future__ import annotations

import os
import sqlite3
from typing import Final, NamedTuple

from acquirer_sim.aio.file_guard import GuardedConnection
from acquirer_sim.aio.ledger_key import read_key
from acquirer_sim.aio.ledger_url import ledger_path
from acquirer_sim.aio.schema import HEAD, bring_to_head, newer_ledger, version_of
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
    # A sync of a journal that is overwritten in place takes half of one that has grown.
    "PRAGMA wal_autocheckpoint = 1000",
)


class OpenedLedger(NamedTuple):
    """A ledger ready for work, and the key of its card tokens."""

    ledger: SqliteLedger
    key: Key


def open_ledger(url: str) -> OpenedLedger:
    """Open a ledger, new or at any earlier version. Raises LedgerError or KeyFileError."""
    path = ledger_path(url)
    if path is None:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        return prepare(connection, Key(os.urandom(KEY_BYTES)))
    guarded = _connect(path)
    try:
        guarded.guard(path)
        return prepare(guarded, _key_of(path, guarded))
    except BaseException:
        guarded.close()
        raise


def _connect(path: str) -> GuardedConnection:
    problem = None
    try:
        # The committer's thread will own the connection; this one only opens it.
        return GuardedConnection(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        problem = LedgerError(
            f"The ledger {path} cannot be opened.", "Check that its folder exists and is yours."
        )
    raise problem


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
            raise newer_ledger(version)
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
    problem = None
    try:
        return read_key(path + ".key", is_new=version_of(connection) is None)
    except sqlite3.Error as error:
        problem = ledger_error(error)
    raise problem
