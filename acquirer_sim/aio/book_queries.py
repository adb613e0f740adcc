"""Questions to the ledger in pages: terminals, payments from the newest on, accounts, transfers."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select

from acquirer_sim.aio import tables
from acquirer_sim.aio.audit import posting
from acquirer_sim.rows import Batch, Payment, Terminal, Transfer


class Account(msgspec.Struct, frozen=True):
    """An account and what is there, in minor units; negative is owed from there."""

    account: str
    minor: int


def terminals(connection: Connection, *, limit: int) -> list[Terminal]:
    """Return the terminals that the host has met."""
    table = tables.terminal
    query = select(table).order_by(table.c.terminal, table.c.merchant).limit(limit)
    return [msgspec.convert(tuple(row), Terminal) for row in connection.execute(query)]


def batch_page(
    connection: Connection, *, terminal: str, merchant: str, batch: str, limit: int
) -> list[Batch]:
    """Return batches, the newest first; an empty key is any."""
    table = tables.batch
    query = select(table).order_by(table.c.opened_at.desc(), table.c.terminal).limit(limit)
    query = query.where(*_equal(table, terminal=terminal, merchant=merchant, batch=batch))
    return [msgspec.convert(tuple(row), Batch) for row in connection.execute(query)]


def payment_page(
    connection: Connection,
    *,
    terminal: str,
    merchant: str,
    batch: str,
    stan: str,
    before: int,
    limit: int,
) -> list[Payment]:
    """Return payments, the newest first, of entries before `before` unless that is 0."""
    table = tables.payment
    query = select(table).order_by(table.c.entry.desc()).limit(limit)
    keys = _equal(table, terminal=terminal, merchant=merchant, batch=batch, stan=stan)
    query = query.where(*keys, *([table.c.entry < before] if before else []))
    return [msgspec.convert(tuple(row), Payment) for row in connection.execute(query)]


def accounts(connection: Connection, *, begins: str, limit: int) -> list[Account]:
    """Return the accounts whose names begin so, with their balances."""
    total = func.sum(posting.c.minor).label("minor")
    query = (
        select(posting.c.account, total)
        .where(posting.c.account.startswith(begins, autoescape=True))
        .group_by(posting.c.account)
        .order_by(posting.c.account)
        .limit(limit)
    )
    return [Account(account, int(minor)) for account, minor in connection.execute(query)]


def transfers(
    connection: Connection, *, account: str, entry: int, before: int, limit: int
) -> list[tuple[int, Transfer]]:
    """Return transfers with their ids, the newest first; "" and 0 are any."""
    table = tables.transfer
    conditions: list[ColumnElement[bool]] = []
    if account:
        conditions.append(or_(table.c.source == account, table.c.target == account))
    if entry:
        conditions.append(table.c.entry == entry)
    if before:
        conditions.append(table.c.id < before)
    query = select(table).where(*conditions).order_by(table.c.id.desc()).limit(limit)
    return [
        (number, msgspec.convert(tuple(row), Transfer))
        for number, *row in connection.execute(query)
    ]


def _equal(table: Any, **keys: str) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in keys.items() if value]
