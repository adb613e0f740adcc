"""The ledger's schema in SQLAlchemy Core. Imported only to create, migrate or query it.

The hot path does not come here: `statements.py` has its own SQL over the same columns, and a
test holds the two, and the migrations, against each other.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

ENTRY = BigInteger().with_variant(Integer, "sqlite")
"""On SQLite a column that is the rowid: payments lie in the order in which they came, so a
group of many terminals' payments dirties few pages."""


def _text(name: str, size: int, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(size), nullable=nullable)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _terminal() -> tuple[Column[str], Column[str]]:
    return _text("terminal", 8), _text("merchant", 15)


def _batch() -> tuple[Column[str], Column[str], Column[str]]:
    return (*_terminal(), _text("batch", 6))


meta = Table("meta", metadata, Column("name", String(16), primary_key=True), _text("value", 64))

counter = Table("counter", metadata, Column("name", String(16), primary_key=True), _number("value"))

terminal = Table(
    "terminal",
    metadata,
    *_terminal(),
    _text("open_batch", 6),
    PrimaryKeyConstraint("terminal", "merchant"),
    sqlite_with_rowid=False,
)


def _batch_columns() -> tuple[Column[Any], ...]:
    return (
        *_batch(),
        _text("state", 12),
        _number("debit_count"),
        _number("debit_minor"),
        _number("credit_count"),
        _number("credit_minor"),
        _text("currency", 3),
        _text("code", 2, nullable=True),
        _text("result", 1, nullable=True),
        _text("asked", 160, nullable=True),
        _text("settlement_date", 4, nullable=True),
        _number("repeats"),
        _number("moved_entry"),
        _text("opened_at", 32),
        _text("settled_at", 32, nullable=True),
        _text("closed_at", 32, nullable=True),
        _text("foreign_totals", 160, nullable=True),
        Column("capture", String(8), nullable=False, server_default="host"),
    )


batch_record = Table(
    "batch_record",
    metadata,
    *_batch_columns(),
    PrimaryKeyConstraint("terminal", "merchant", "batch"),
    sqlite_with_rowid=False,
)
"""What is written of a batch: when it begins, when it is settled, when it closes. Its figures
stand here from the settlement on."""

batch = Table("batch", MetaData(), *_batch_columns())
"""The view: every batch with its figures, those of an open one added up from its payments."""

payment = Table(
    "payment",
    metadata,
    *_batch(),
    _text("stan", 6),
    _text("kind", 24),
    _text("transmission", 10),
    _text("token", 24),
    _text("card", 19),
    _number("asked_minor"),
    _number("minor"),
    _text("currency", 3),
    _text("code", 2),
    _text("authorisation", 6, nullable=True),
    _text("settlement_date", 4),
    _text("status", 10),
    _number("original_entry"),
    _number("ended_entry"),
    _number("refunded_minor"),
    _number("adjusted_minor"),
    Column("entry", ENTRY, primary_key=True, autoincrement=False),
    _text("at", 32),
    UniqueConstraint("terminal", "merchant", "batch", "stan"),
)

HELD: Final = text("kind = 'preauthorisation' AND status = 'approved' AND ended_entry = 0")
"""Pre-authorisations that still set money aside. Other payments are not in the index below."""

Index("payment_held", payment.c.at, sqlite_where=HELD, postgresql_where=HELD)

reversal = Table(
    "reversal",
    metadata,
    *_batch(),
    _text("stan", 6),
    _text("transmission", 10),
    _text("token", 24),
    _number("minor"),
    _text("currency", 3),
    _text("reason", 2),
    _text("code", 2),
    _text("effect", 10),
    _number("entry"),
    _number("repeats"),
    _text("at", 32),
    PrimaryKeyConstraint("terminal", "merchant", "batch", "stan"),
    sqlite_with_rowid=False,
)

upload_item = Table(
    "upload_item",
    metadata,
    *_batch(),
    _text("stan", 6),
    _text("kind", 24),
    _number("number"),
    _text("transmission", 10),
    _text("token", 24),
    _text("card", 19),
    _number("minor"),
    _text("currency", 3),
    _text("rrn", 12, nullable=True),
    _text("authorisation", 6, nullable=True),
    _number("times"),
    _number("conflicts"),
    _text("at", 32),
    PrimaryKeyConstraint("terminal", "merchant", "batch", "stan"),
    sqlite_with_rowid=False,
)

upload_chip = Table(
    "upload_chip",
    metadata,
    *_batch(),
    _text("stan", 6),
    _text("outcome", 12),
    _text("card", 19),
    _number("minor"),
    _text("currency", 3),
    _text("chip", 512),
    _number("times"),
    _text("at", 32),
    PrimaryKeyConstraint("terminal", "merchant", "batch", "stan"),
    sqlite_with_rowid=False,
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", ENTRY, primary_key=True),
    _number("entry"),
    _text("kind", 24),
    _text("source", 48),
    _text("target", 48),
    _number("minor"),
    _text("currency", 3),
    _text("at", 32),
)

alert = Table(
    "alert",
    metadata,
    Column("id", ENTRY, primary_key=True),
    *_batch(),
    _text("kind", 24),
    _text("text", 200),
    _text("at", 32),
)

report = Table(
    "report",
    metadata,
    *_batch(),
    Column("body", String, nullable=False),
    _text("at", 32),
    PrimaryKeyConstraint("terminal", "merchant", "batch"),
)

spent = Table("spent", metadata, Column("token", String(33), primary_key=True), _number("minor"))
"""What cards with limits have spent: by token in all, and by token and settlement day."""
