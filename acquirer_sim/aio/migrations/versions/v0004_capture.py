"""When a batch's payments count, and holds and daily spending that are found in time."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, String, text

from acquirer_sim.aio.migrations.versions.v0001_ledger import BATCHES

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HELD = text("kind = 'preauthorisation' AND status = 'approved' AND ended_entry = 0")


def upgrade() -> None:
    """Add the capture mode of batches, to the view as well; batches of before are the host's."""
    op.execute("DROP VIEW batch")
    op.add_column(
        "batch_record", Column("capture", String(8), nullable=False, server_default="host")
    )
    op.execute(
        BATCHES.replace("CASE state WHEN 'open' THEN", COUNTED).replace(
            "closed_at\n", "closed_at, foreign_totals, capture\n"
        )
    )
    op.create_index("payment_held", "payment", ["at"], sqlite_where=HELD, postgresql_where=HELD)
    _widen_spent()


COUNTED = "CASE WHEN state = 'open' AND capture = 'host' THEN"
"""Of an open batch the payments count at once, unless its terminal captures."""


def _widen_spent() -> None:
    """Make room for a day beside the card's token; SQLite changes no column in its place."""
    op.create_table(
        "spent_wider",
        Column("token", String(33), primary_key=True),
        Column("minor", BigInteger, nullable=False),
    )
    op.execute("INSERT INTO spent_wider (token, minor) SELECT token, minor FROM spent")
    op.drop_table("spent")
    op.rename_table("spent_wider", "spent")
