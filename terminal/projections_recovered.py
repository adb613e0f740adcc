"""Rows of recovered payments, drawn from their facts. They stand beside money, never in it."""

from __future__ import annotations

from msgspec.structs import asdict

from terminal.projections import Statement, projects
from terminal.projections_money import insert
from terminal.recovered import PaymentRecovered


@projects(PaymentRecovered)
def payment_recovered(fact: PaymentRecovered, at: str) -> list[Statement]:
    """A row of its own table: no total, no upload and no settlement reads it."""
    return [insert("recovered", asdict(fact) | {"recovered_at": at})]
