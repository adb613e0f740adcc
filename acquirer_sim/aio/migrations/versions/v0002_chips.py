"""What chips said of payments, as terminals upload it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of uploaded chip data."""
    op.create_table(
        "upload_chip",
        _text("terminal", 8),
        _text("merchant", 15),
        _text("batch", 6),
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


def _text(name: str, size: int) -> Column[str]:
    return Column(name, String(size), nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)
