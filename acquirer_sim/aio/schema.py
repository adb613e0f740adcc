"""The ledger's version: known without Alembic, brought to head with it.

SQLAlchemy and Alembic cost a third of a second to import; a ledger that is already at head is
recognised by one SELECT on plain sqlite3, so a normal start never pays for them.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from acquirer_sim.errors import LedgerError

HEAD: Final = "0001"
"""The newest revision; a test holds it against the migrations."""


def newer_ledger(version: str) -> LedgerError:
    """Say that another program has been here, whose tables this one does not know."""
    return LedgerError(
        f"The ledger is of version {version}, this program knows {HEAD}.", "Use the newer program."
    )


def version_of(connection: sqlite3.Connection) -> str | None:
    """Return the ledger's revision, None when the file is empty. Raises sqlite3.Error."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).fetchone()
    if found is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row is not None else None


def bring_to_head(connection: sqlite3.Connection) -> None:
    """Run the migrations that an sqlite3 connection still lacks, all of them or none."""
    if version_of(connection) != HEAD:
        with engine_over(connection).connect() as wrapped:
            upgrade(wrapped)
            wrapped.commit()


def engine_over(connection: sqlite3.Connection, *, begin: str = "BEGIN IMMEDIATE") -> Any:
    """Return a SQLAlchemy engine whose one connection is this one, which stays open."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin_explicitly(wrapped: Any) -> None:
        # The connection is in autocommit mode, so that sqlite3 itself never begins or commits;
        # without this a migration would not be one transaction.
        wrapped.exec_driver_sql(begin)

    return engine


def upgrade(wrapped: Any) -> None:
    """Run Alembic from package data on an open SQLAlchemy connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "acquirer_sim.aio:migrations")
    config.attributes["connection"] = wrapped
    command.upgrade(config, "head")
