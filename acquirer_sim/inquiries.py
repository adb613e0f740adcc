"""The settlement status inquiry: what the books say of a batch, told and forgotten.

    the batch on record              state              verdict
    ----------------------------     ---------------    -----------------------
    open                             open               none yet
    waits for its upload             awaiting_upload    of the stored answer
    closed                           closed             of the stored answer
    none, but it is the open one     open               none yet
    none                             unknown            none

FROZEN is for hosts that compare later: here a batch is frozen and compared in one commit.
"""

from __future__ import annotations

from typing import Final

from acquirer_sim.desk import Desk
from acquirer_sim.rows import CLOSED, BatchState
from protocol.operations import (
    APPROVED,
    ReconciliationResult,
    SettlementInquiry,
    SettlementState,
    SettlementStatus,
)

STATES: Final = {
    BatchState.OPEN: SettlementState.OPEN,
    BatchState.AWAIT_UPLOAD: SettlementState.AWAITING_UPLOAD,
    BatchState.CLOSED: SettlementState.CLOSED,
    BatchState.CLOSED_FORCED: SettlementState.CLOSED,
}


def decide_inquiry(desk: Desk, request: SettlementInquiry) -> SettlementStatus:
    """Say where a batch stands; nothing is written."""
    origin = request.origin
    batch = desk.rows.batches.get((origin.terminal_id, origin.merchant_id, request.batch))
    if batch is None:
        met = desk.open_batch(origin) == request.batch
        return status_reply(request, SettlementState.OPEN if met else SettlementState.UNKNOWN)
    if desk.policy.is_legacy and batch.state in CLOSED:
        return status_reply(request, SettlementState.UNKNOWN)
    result = None if batch.result is None else ReconciliationResult(batch.result)
    return status_reply(request, STATES[batch.state], result)


def status_reply(
    request: SettlementInquiry, state: SettlementState, result: ReconciliationResult | None = None
) -> SettlementStatus:
    """Return the answer to an inquiry."""
    return SettlementStatus(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
        state=state,
        result=result,
    )
