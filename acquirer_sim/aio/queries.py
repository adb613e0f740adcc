"""Questions people ask of the ledger: off the hot path, in SQLAlchemy Core.

`ask(url, question)` opens a ledger to look at it, also while acquirers serve from it, whatever
engine keeps it. Every question is a function of the open connection and returns frozen facts,
ready for JSON.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import DatabaseError

from acquirer_sim.aio import tables
from acquirer_sim.aio.ledger_url import check_driver, is_postgres, ledger_path
from acquirer_sim.aio.schema import engine_over
from acquirer_sim.aio.sqlite_ledger import ledger_error
from acquirer_sim.errors import LedgerError
from acquirer_sim.reconciliation import Report
from acquirer_sim.rows import Alert, Batch, Payment, Row

LIMIT_MAX = 10_000

T = TypeVar("T")


async def ask(url: str, question: Callable[[Connection], T]) -> T:
    """Ask a ledger, wherever it is. Raises LedgerError."""
    if is_postgres(url):
        check_driver()
        from acquirer_sim.aio.postgres_opening import ask_postgres

        return await ask_postgres(url, question)
    with reading(url) as connection:
        return question(connection)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Open a ledger file for reading. Raises LedgerError."""
    path = ledger_path(url)
    if path is None:
        raise LedgerError(
            "A ledger in memory is seen by its own process only.", "Give the acquirer sqlite:PATH."
        )
    if not os.path.exists(path):
        raise LedgerError(f"There is no ledger {path}.", "Name another with --ledger.")
    problem = None
    raw: sqlite3.Connection | None = None
    try:
        raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        with reading_over(raw) as connection:
            yield connection
    except sqlite3.Error as error:
        problem = ledger_error(error)
    except DatabaseError as error:
        problem = ledger_error(_original(error))
    finally:
        if raw is not None:
            raw.close()
    if problem is not None:
        raise problem


@contextmanager
def reading_over(raw: sqlite3.Connection) -> Iterator[Connection]:
    """Look through a connection that is already open; it stays open."""
    with engine_over(raw, begin="BEGIN").connect() as connection:
        yield connection


def _original(error: DatabaseError) -> sqlite3.Error:
    return error.orig if isinstance(error.orig, sqlite3.Error) else sqlite3.DatabaseError()


class BatchView(msgspec.Struct, frozen=True):
    """A batch with what became of its money."""

    batch: Batch
    net_minor: int
    moved: bool


def batches(connection: Connection, *, terminal: str | None = None) -> list[BatchView]:
    """Return batches, the newest of each terminal first."""
    table = tables.batch
    query = select(table).order_by(table.c.terminal, table.c.merchant, table.c.opened_at.desc())
    if terminal is not None:
        query = query.where(table.c.terminal == terminal)
    return [
        BatchView(row, row.debit_minor - row.credit_minor, row.moved_entry > 0)
        for row in _rows(connection, query, Batch)
    ]


def payments(
    connection: Connection,
    *,
    terminal: str | None = None,
    batch: str | None = None,
    limit: int = LIMIT_MAX,
) -> list[Payment]:
    """Return payments in the order they came, at most `limit`."""
    table = tables.payment
    query = select(table).order_by(table.c.entry).limit(min(limit, LIMIT_MAX))
    if terminal is not None:
        query = query.where(table.c.terminal == terminal)
    if batch is not None:
        query = query.where(table.c.batch == batch)
    return _rows(connection, query, Payment)


def alerts(connection: Connection) -> list[Alert]:
    """Return what a person should look at, oldest first."""
    table = tables.alert
    columns = [column for column in table.columns if column.name != "id"]
    return _rows(connection, select(*columns).order_by(table.c.id), Alert)


def reports(connection: Connection, *, terminal: str | None = None) -> list[Report]:
    """Return the frozen reconciliation reports, oldest first."""
    table = tables.report
    query = select(table.c.body).order_by(table.c.at)
    if terminal is not None:
        query = query.where(table.c.terminal == terminal)
    return [msgspec.json.decode(body, type=Report) for (body,) in connection.execute(query)]


def _rows(connection: Connection, query: Select[Any], kind: type[Any]) -> list[Any]:
    assert issubclass(kind, Row), "columns stand in the order of the row's members"
    return [msgspec.convert(tuple(row), kind) for row in connection.execute(query)]
