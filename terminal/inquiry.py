"""The settlement status inquiry, our own extension: what the host says, and what is told of it.

No answer closes a batch or opens one: it holds no totals. The repeated settlement (0501) fetches
the answer that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from protocol.operations import SettlementState
from terminal.facts import Fact

STATE_CODES: Final[Mapping[SettlementState, str]] = {
    SettlementState.OPEN: "L70",
    SettlementState.FROZEN: "L71",
    SettlementState.AWAITING_UPLOAD: "L72",
    SettlementState.CLOSED: "L73",
    SettlementState.UNKNOWN: "L74",
}
"""What the host says of a batch -> what a person is told."""


class SettlementInquired(Fact, frozen=True, kw_only=True):
    """The host has said where a batch stands; `result` is F66, "" before there is a verdict."""

    batch: str
    stan: str
    code: str
    state: str
    result: str


def batch_problem(batch: str) -> str:
    """Return why this names no batch, "" when it does."""
    good = len(batch) == 6 and batch.isascii() and batch.isdigit() and batch != "000000"
    return "" if good else "a batch is six digits, like 000001"
