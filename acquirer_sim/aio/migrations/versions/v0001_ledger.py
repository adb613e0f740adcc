"""The ledger's first shape: batches, payments, uploads and the books."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ENTRY = BigInteger().with_variant(Integer, "sqlite")

POSTINGS = """
CREATE VIEW posting (id, entry, kind, account, minor, currency, at) AS
SELECT id * 2 - 1, entry, kind, source, -minor, currency, at FROM transfer
UNION ALL
SELECT id * 2, entry, kind, target, minor, currency, at FROM transfer
"""
"""Both sides of every transfer: the lines of an entry sum to zero."""

FORBID = {
    "sqlite": (
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '{why}'; END $$",
        "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ),
}
"""How each engine is told that some rows are never touched again."""

DEBITS = "('sale', 'completion', 'completion_advice', 'offline_sale', 'adjustment')"
CREDITS = "('void', 'refund', 'completion_void')"


def _figure(name: str, sum_of: str, kinds: str) -> str:
    return f"""
CASE WHEN state = 'open' AND capture = 'host' THEN (
    SELECT CAST({sum_of} AS BIGINT) FROM payment AS one
    WHERE one.terminal = record.terminal AND one.merchant = record.merchant
        AND one.batch = record.batch AND one.status = 'approved' AND one.kind IN {kinds}
) ELSE {name} END AS {name}"""


BATCHES = f"""
CREATE VIEW batch AS
SELECT terminal, merchant, batch, state,
{_figure("debit_count", "count(*)", DEBITS)},
{_figure("debit_minor", "coalesce(sum(minor), 0)", DEBITS)},
{_figure("credit_count", "count(*)", CREDITS)},
{_figure("credit_minor", "coalesce(sum(minor), 0)", CREDITS)},
currency, code, result, asked, settlement_date, repeats, moved_entry,
opened_at, settled_at, closed_at, foreign_totals, capture
FROM batch_record AS record
"""
"""Every batch with its figures: of an open one its payments', unless its terminal captures; of any
other those it froze with."""

HELD = text("kind = 'preauthorisation' AND status = 'approved' AND ended_entry = 0")


def upgrade() -> None:
    """Create every table, and the triggers that keep postings as they are."""
    _create_housekeeping()
    _create_batches()
    _create_payments()
    _create_uploads()
    _create_books()
    op.execute(POSTINGS)
    op.execute(BATCHES)
    op.execute("INSERT INTO counter (name, value) VALUES ('entry', 0)")
    forbid = FORBID[op.get_bind().dialect.name]
    for table in ("transfer", "report"):
        for verb, word in (("UPDATE", "changed"), ("DELETE", "deleted")):
            name, why = f"{table}_no_{verb.lower()}", f"{table} rows are never {word}"
            for statement in forbid:
                op.execute(statement.format(name=name, verb=verb, table=table, why=why))


def _create_housekeeping() -> None:
    op.create_table("meta", Column("name", String(16), primary_key=True), _text("value", 64))
    op.create_table("counter", Column("name", String(16), primary_key=True), _number("value"))
    op.create_table(
        "alert",
        Column("id", ENTRY, primary_key=True),
        *_batch(),
        _text("kind", 24),
        _text("text", 200),
        _text("at", 32),
    )
    op.create_table(
        "report",
        *_batch(),
        Column("body", String, nullable=False),
        _text("at", 32),
        PrimaryKeyConstraint("terminal", "merchant", "batch"),
    )


def _create_batches() -> None:
    op.create_table(
        "terminal",
        *_terminal(),
        _text("open_batch", 6),
        PrimaryKeyConstraint("terminal", "merchant"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batch_record",
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
        PrimaryKeyConstraint("terminal", "merchant", "batch"),
        sqlite_with_rowid=False,
    )


def _create_payments() -> None:
    op.create_table(
        "payment",
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
    op.create_index("payment_held", "payment", ["at"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_table(
        "reversal",
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


def _create_uploads() -> None:
    op.create_table(
        "upload_item",
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
    op.create_table(
        "upload_chip",
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


def _create_books() -> None:
    op.create_table(
        "transfer",
        Column("id", ENTRY, primary_key=True),
        _number("entry"),
        _text("kind", 24),
        _text("source", 48),
        _text("target", 48),
        _number("minor"),
        _text("currency", 3),
        _text("at", 32),
    )
    op.create_table("spent", Column("token", String(33), primary_key=True), _number("minor"))


def _text(name: str, size: int, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(size), nullable=nullable)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _terminal() -> tuple[Column[str], Column[str]]:
    return _text("terminal", 8), _text("merchant", 15)


def _batch() -> tuple[Column[str], Column[str], Column[str]]:
    return (*_terminal(), _text("batch", 6))
