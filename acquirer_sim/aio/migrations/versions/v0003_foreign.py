"""What of a batch's figures is of foreign cards."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String

from acquirer_sim.aio.migrations.versions.v0001_ledger import BATCHES

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the stored answer's foreign half, to the view as well; batches of before have none."""
    op.execute("DROP VIEW batch")
    op.add_column("batch_record", Column("foreign_totals", String(160), nullable=True))
    op.execute(BATCHES.replace("closed_at\n", "closed_at, foreign_totals\n"))
