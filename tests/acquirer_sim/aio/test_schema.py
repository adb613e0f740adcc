from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from acquirer_sim.aio import statements, tables
from acquirer_sim.aio.postgres_opening import ask_postgres, open_postgres
from acquirer_sim.aio.schema import HEAD, bring_to_head, engine_over, version_of
from acquirer_sim.rows import Batch, BatchState
from protocol.kinds import KINDS, PaymentKind, Side
from tests.acquirer_sim.asking import row_of
from tests.databases import Postgres, run_statements


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "acquirer_sim.aio:migrations")

    assert [HEAD] == ScriptDirectory.from_config(config).get_heads()


def test_migrations_make_the_tables_as_described() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    assert version_of(connection) is None
    bring_to_head(connection)

    with engine_over(connection).connect() as wrapped:
        context = MigrationContext.configure(wrapped)
        differences = compare_metadata(context, tables.metadata)

    assert [] == differences
    assert HEAD == version_of(connection)
    connection.close()


def test_migrations_make_the_same_tables_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()

    async def differences() -> list[Any]:
        opened = await open_postgres(url, str(tmp_path / "ledger.key"))
        await opened.connection.close()
        return await ask_postgres(url, compare)

    assert [] == asyncio.run(differences())
    assert [(HEAD,)] == asyncio.run(run_statements(url, "SELECT version_num FROM alembic_version"))


def compare(connection: Connection) -> list[Any]:
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    return found


def one_row(write: statements.Write) -> str:
    ((_, statement),) = write.pieces(1)
    return statement


@pytest.mark.parametrize("kind", PaymentKind)
def test_view_adds_every_kind_to_its_side(kind: PaymentKind) -> None:
    """The migration cannot import the table of kinds: a later kind needs a later view."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    bring_to_head(connection)
    key = ("T0000001", "M00000000000001", "000001")
    record = Batch(*key, BatchState.OPEN, 0, 0, 0, 0, "156", *[None] * 4, 0, 0, "", None, None)
    connection.execute(one_row(statements.WRITE_BATCH), msgspec.to_builtins(record))
    for stan, status in (("000001", "approved"), ("000002", "reversed")):
        row = row_of(*key, stan, kind=kind, status=status, minor=5, entry=int(stan))
        connection.execute(one_row(statements.WRITE_PAYMENT), msgspec.to_builtins(row))

    query = "SELECT debit_count, debit_minor, credit_count, credit_minor FROM batch"
    found = connection.execute(query).fetchall()
    connection.close()

    expected = {Side.DEBIT: (1, 5, 0, 0), Side.CREDIT: (0, 0, 1, 5), Side.NEITHER: (0, 0, 0, 0)}
    assert [expected[KINDS[kind].side]] == found


def test_statements_and_tables_name_the_same_columns() -> None:
    """The hot path has SQL of its own; its columns are the schema's, in the same order."""
    for name in statements.TABLES:
        described = [column.name for column in getattr(tables, name).columns]

        assert list(statements.columns(name)) == [one for one in described if one != "id"]
