"""Opening a ledger on PostgreSQL: `postgresql://USER@HOST:PORT/DATABASE`.

The first process of all makes the tables and the key of the card tokens; a lock on the database
lets only one do so. Every machine whose acquirers share the ledger needs a copy of the key file.
A password may stand in the URL; better in PGPASSWORD or ~/.pgpass, where no list of processes
shows it. It is part of no error, event or line that is told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import asyncpg

from acquirer_sim.aio.ledger_key import read_key
from acquirer_sim.aio.postgres_errors import BROKEN, opening_error
from acquirer_sim.aio.postgres_statements import PREPARE
from acquirer_sim.aio.schema import HEAD, newer_ledger
from acquirer_sim.errors import KeyFileError, LedgerError
from acquirer_sim.tokens import check_value
from protocol.secrets import Key

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

CONNECT_TIMEOUT_S: Final = 5.0
COMMAND_TIMEOUT_S: Final = 15.0
OPENING_LOCK: Final = 3 << 32
"""Above every lock on a terminal or a card."""

SESSION: Final[Mapping[str, str]] = {
    "application_name": "tallywire acquirer",
    # Every read of a group is by key. A planner with old statistics may think that a table is
    # small; here it never reads one from end to end, however much has come since.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # A process that hangs in the middle of a group must not keep its terminals from the others.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "5s",
}
DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)
"""A commit that may be lost is no commit; what is stricter than `on` stays."""


class OpenedPostgres(NamedTuple):
    """A database at head, with its first connection and the key of its card tokens."""

    connect: Callable[[], Awaitable[Any]]
    connection: Any
    key: Key


async def open_postgres(url: str, key_file: str = "") -> OpenedPostgres:
    """Open a ledger, new or at any earlier version. Raises LedgerError or KeyFileError."""

    async def connect() -> Any:
        connection = await asyncpg.connect(
            url,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=COMMAND_TIMEOUT_S,
            server_settings=dict(SESSION),
        )
        await connection.execute(DURABLE)
        if await version_of(connection) == HEAD:
            await connection.execute(PREPARE)
        return connection

    problem = None
    try:
        connection = await connect()
        try:
            key = await _prepare(connection, key_file)
        except BaseException:
            connection.terminate()
            raise
        return OpenedPostgres(connect, connection, key)
    except BROKEN as error:
        problem = opening_error(error)
    raise problem


async def ask_postgres(url: str, question: Callable[[Connection], T]) -> T:
    """Ask a ledger that is there already, in one transaction that writes nothing.

    Raises LedgerError.
    """
    problem = None
    try:
        connection = await asyncpg.connect(
            url,
            timeout=CONNECT_TIMEOUT_S,
            server_settings={"default_transaction_read_only": "on"},
        )
        try:
            if await version_of(connection) is None:
                raise LedgerError(
                    "There is no ledger in this database.",
                    "Start an acquirer on it, or name another.",
                )
            return await _through(connection, question, isolation="REPEATABLE READ")
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)
    except BROKEN as error:
        problem = opening_error(error)
    raise problem


async def version_of(connection: Any) -> str | None:
    """Return the ledger's revision, None when the database has no ledger."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return found


async def _prepare(connection: Any, key_file: str) -> Key:
    """Bring the schema to head and return the key; one process at a time."""
    await connection.execute(f"SELECT pg_advisory_lock({OPENING_LOCK})")
    try:
        version = await version_of(connection)
        if version is not None and version > HEAD:
            raise newer_ledger(version)
        database = await connection.fetchval("SELECT current_database()")
        key = read_key(key_file or f"{database}.key", is_new=version is None)
        if version != HEAD:
            from acquirer_sim.aio.schema import upgrade

            await _through(connection, upgrade, isolation="READ COMMITTED")
            await connection.execute(PREPARE)
        await _check_key(connection, key)
        return key
    finally:
        await connection.execute(f"SELECT pg_advisory_unlock({OPENING_LOCK})")


async def _check_key(connection: Any, key: Key) -> None:
    check = check_value(key)
    await connection.execute(
        "INSERT INTO meta (name, value) VALUES ('key_check', $1) ON CONFLICT DO NOTHING", check
    )
    if check != await connection.fetchval("SELECT value FROM meta WHERE name = 'key_check'"):
        raise KeyFileError(
            "The key is not the one this ledger was made with.",
            "Put the right key file there, or name it with --ledger-key.",
        )


async def _through(connection: Any, act: Callable[[Connection], T], *, isolation: str) -> T:
    """Do something through SQLAlchemy on a connection that stays open, as one transaction.

    Raises LedgerError.
    """
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import StaticPool

    async def creator() -> Any:
        return connection

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=creator,
        poolclass=StaticPool,
        isolation_level=isolation,
    )
    problem = None
    try:
        async with engine.connect() as wrapped:
            done = await wrapped.run_sync(act)
            await wrapped.commit()
        return done
    except DBAPIError as error:
        # It quotes the statement, and the driver's own error is the cause of what it wraps.
        cause = error.orig.__cause__ if error.orig is not None else None
        problem = opening_error(cause if isinstance(cause, BROKEN) else ConnectionError())
    raise problem
