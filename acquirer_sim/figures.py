"""The eight figures of a batch: from its row, and as they are stored."""

from __future__ import annotations

import msgspec

from acquirer_sim.rows import Batch
from protocol.operations import Totals


def totals_of(batch: Batch | None) -> Totals:
    """Return the host's figures of a batch; zeros when there is none."""
    if batch is None:
        return Totals()
    return Totals(
        credit_count=batch.credit_count,
        debit_count=batch.debit_count,
        credit_amount=batch.credit_minor,
        debit_amount=batch.debit_minor,
    )


def pack_totals(totals: Totals) -> str:
    """Return the eight figures as they are stored: decimal, in order, between commas."""
    return ",".join(str(figure) for figure in msgspec.structs.astuple(totals))


def unpack_totals(text: str) -> Totals:
    """Read what `pack_totals` wrote."""
    return Totals(*(int(figure) for figure in text.split(",")))
