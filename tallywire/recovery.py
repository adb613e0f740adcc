"""The acquirer's copy as people and programs ask for it, and how an answer ends a command."""

from __future__ import annotations

from typing import Final

from tallywire.exits import Exit
from tallywire.paper_orders import BadOrder
from terminal.results import CopyResult, RecoveryResult
from terminal.selection import Selection

OUTCOMES: Final = {
    "refused": Exit.REFUSED,
    "declined": Exit.DECLINED,
    "unanswered": Exit.UNREACHABLE,
    "not_sent": Exit.UNREACHABLE,
}
CODES: Final = {
    "L91": Exit.NOT_FOUND,
    "L92": Exit.OK,
    "L93": Exit.OK,
    "L94": Exit.REFUSED,
    "L95": Exit.OK,
    "L96": Exit.OK,
    "L97": Exit.BOOKS_DIFFER,
    "L98": Exit.BOOKS_DIFFER,
}
"""What was found, where the outcome does not say enough."""


def selection_of(*, batch: str, stan: str, rrn: str, auth: str) -> Selection:
    """Return what was written; numbers may lack their leading zeros. Raises BadOrder."""
    selection = Selection(
        batch=batch.zfill(6) if batch else "",
        voucher=stan.zfill(6) if stan else "",
        rrn=rrn,
        authorisation=auth,
    )
    if selection.problem:
        raise BadOrder(selection.problem)
    return selection


def exit_of(result: CopyResult | RecoveryResult) -> Exit:
    """Return the exit code that a comparison or a recovery means."""
    found = CODES.get(result.code)
    return OUTCOMES.get(result.outcome, Exit.OK) if found is None else found
