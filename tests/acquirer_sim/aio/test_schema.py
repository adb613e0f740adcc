from __future__ import annotations

import sqlite3

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from acquirer_sim.aio import statements, tables
from acquirer_sim.aio.schema import HEAD, bring_to_head, engine_over, version_of


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


def test_statements_and_tables_name_the_same_columns() -> None:
    """The hot path has SQL of its own; its columns are the schema's, in the same order."""
    for name in statements.TABLES:
        described = [column.name for column in tables.metadata.tables[name].columns]

        assert list(statements.columns(name)) == [one for one in described if one != "id"]
