"""The row of a payment's chip data, drawn from its fact."""

from __future__ import annotations

from terminal.chips import ChipKept
from terminal.projections import Statement, projects
from terminal.projections_money import insert


@projects(ChipKept)
def chip_kept(fact: ChipKept, at: str) -> list[Statement]:
    """It stays with the payment."""
    row = {"batch": fact.batch, "stan": fact.stan, "data": fact.chip}
    return [insert("chip", row | {"purpose": fact.purpose.value})]
