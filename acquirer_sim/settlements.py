"""The settlement: freeze the batch, compare, and give the same answer for ever after.

    the batch on record                      F66, F39      what happens
    ------------------------------------     ---------     ------------------------------------
    open, totals equal (H1)                  1, 00         closed, its money moved, n+1 opens
    open, totals differ (H1)                 2, 95         frozen, waits for the upload
    answered, same totals again (H2)         as stored     repeats + 1, nothing else, even closed
    answered, other totals (H3)              3, 95         an alert, nothing else
    not the open one, no answer stored (H4)  3, 94 or 12   nothing: 94 a batch the host has had
    open and empty, refused by choice (H9)   3, 12         stays open

A `legacy` host has no answers to give again: to a batch that has closed it says 3, 94, or with
`zero` 2, 95, with figures of nothing.

The figures in the answer are always the host's. Requests of one terminal are decided in the
order in which they came, so a 0500 never overtakes an 0200 (H7).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from acquirer_sim import ledger
from acquirer_sim.desk import Desk
from acquirer_sim.figures import pack_totals, totals_of
from acquirer_sim.foreign import IN_BALANCE, Foreign, foreign_part, sides_of, stored
from acquirer_sim.orders import NO_ORDER, TOTALS_STEPS, Order
from acquirer_sim.rows import Batch, BatchState, Capture, Terminal, Transfer, next_batch
from protocol.operations import (
    APPROVED,
    Origin,
    ReconciliationResult,
    Settlement,
    SettlementReply,
    Totals,
)

TOTALS_DIFFER: Final = "95"
NO_RECORD: Final = "94"
NOT_POSSIBLE: Final = "12"


def decide_settlement(desk: Desk, request: Settlement) -> SettlementReply:
    """Answer an 0500 or 0501 by the table above. A fault may want another verdict (H8 to H11)."""
    origin, order = request.origin, desk.order or NO_ORDER
    key = (origin.terminal_id, origin.merchant_id, request.batch)
    batch = desk.rows.batches.get(key)
    if order.verdict is ReconciliationResult.ERROR:
        return _error(request, TOTALS_DIFFER, totals_of(batch))
    if batch is not None and batch.asked is not None:
        if order.forgets:
            return _error(request, NO_RECORD, totals_of(batch))
        if desk.policy.is_legacy and batch.state is BatchState.CLOSED:
            return _forgotten(desk, request)
        return _answer_again(desk, request, batch)
    if desk.open_batch(origin) not in (None, request.batch):
        code = NO_RECORD if batch is not None else NOT_POSSIBLE
        return _error(request, code, totals_of(batch))
    if batch is None:
        batch = desk.new_batch(origin, request.batch, request.currency)
    empty = batch.debit_count == batch.credit_count == 0
    if empty and desk.policy.configuration.empty_batch == "refuse":
        return _error(request, NOT_POSSIBLE, totals_of(batch))
    if order.off is not None:
        batch = _miscounted(batch, order)
    return _freeze(desk, request, batch, order)


def force_close(desk: Desk, origin: Origin) -> None:
    """Close the open batch without having been asked for it, as a cut-over does (H15).

    Nothing is left to answer a settlement from, except that the batch is known. A batch that its
    terminal captures is left alone: without its upload nobody knows what is to be paid for.
    """
    batch = _open_row(desk, origin)
    if batch is not None and batch.asked is None and batch.capture is Capture.HOST:
        _close(desk, origin, batch, BatchState.CLOSED_FORCED)


def close_yesterday(desk: Desk, origin: Origin) -> None:
    """Close the open batch if it began before the last cut-over."""
    batch, policy = _open_row(desk, origin), desk.policy
    if batch is None:
        return
    opened = policy.day_of(datetime.fromisoformat(batch.opened_at))
    if opened < policy.settlement_day(desk.now):
        force_close(desk, origin)


def _open_row(desk: Desk, origin: Origin) -> Batch | None:
    number = desk.open_batch(origin) or ""
    return desk.rows.batches.get((origin.terminal_id, origin.merchant_id, number))


def _miscounted(batch: Batch, order: Order) -> Batch:
    """Return a batch whose figures are off by one payment (H11)."""
    assert order.off is not None, "asked for such a fault"
    steps, sign = TOTALS_STEPS[order.off]
    return msgspec.structs.replace(
        batch,
        debit_count=max(0, batch.debit_count + steps),
        debit_minor=max(0, batch.debit_minor + sign * order.off_minor),
    )


def close_batch(desk: Desk, origin: Origin, batch: Batch) -> Batch:
    """Move the money of a frozen batch to the merchant and open the next batch. Once."""
    assert batch.asked is not None, "only a reconciled batch closes"
    return _close(desk, origin, batch)


def _close(
    desk: Desk, origin: Origin, batch: Batch, state: BatchState = BatchState.CLOSED
) -> Batch:
    assert batch.moved_entry == 0, "a batch closes once"
    entry = desk.rows.next_entry()
    closed = msgspec.structs.replace(batch, state=state, moved_entry=entry, closed_at=desk.at)
    following = Terminal(origin.terminal_id, origin.merchant_id, next_batch(batch.batch))
    desk.rows.transfers += _funding(desk, closed, entry)
    desk.rows.put_batch(closed)
    desk.rows.put_terminal(following)
    return closed


def _funding(desk: Desk, closed: Batch, entry: int) -> Iterator[Transfer]:
    """Yield how the money of a batch goes to the merchant, less what that costs: one entry."""
    if closed.capture is Capture.TERMINAL:
        yield ledger.collect(closed, entry, desk.at)
    yield ledger.capture(closed, entry, desk.at)
    fee = desk.policy.fee_minor(closed.merchant, closed.debit_minor - closed.credit_minor)
    if fee:
        yield ledger.charge(closed, fee, entry, desk.at)


def _freeze(desk: Desk, request: Settlement, batch: Batch, order: Order) -> SettlementReply:
    equal = totals_of(batch) == request.totals and batch.currency == request.currency
    part = _foreign_part(desk, batch)
    sides = sides_of(request, batch, part)
    equal = equal and sides in (None, (IN_BALANCE, IN_BALANCE))
    # A terminal that captures says in its upload what is to be paid for, even if that is nothing.
    equal = equal and (batch.capture is Capture.HOST or not _is_known(desk, batch))
    result = order.verdict or (IN_BALANCE if equal else ReconciliationResult.OUT_OF_BALANCE)
    balanced = result is ReconciliationResult.IN_BALANCE
    frozen = msgspec.structs.replace(
        batch,
        state=BatchState.AWAIT_UPLOAD,
        code=APPROVED if balanced else TOTALS_DIFFER,
        result=result.value,
        asked=pack_totals(request.totals),
        settlement_date=desk.settlement_date,
        settled_at=desk.at,
        foreign_totals=stored(request, part, sides, result, order.side),
    )
    if balanced:
        frozen = close_batch(desk, request.origin, frozen)
    else:
        desk.rows.put_batch(frozen)
        if desk.open_batch(request.origin) is None:
            desk.meet(request.origin, request.batch)
    return _stored_answer(request, frozen)


def _is_known(desk: Desk, batch: Batch) -> bool:
    return (batch.terminal, batch.merchant, batch.batch) in desk.rows.batches


def _foreign_part(desk: Desk, batch: Batch) -> Totals:
    if not desk.policy.tells_foreign:
        return Totals()
    key = (batch.terminal, batch.merchant, batch.batch)
    payments = (row for place, row in desk.rows.payments.items() if place[:3] == key)
    return foreign_part(payments, desk.policy)


def _forgotten(desk: Desk, request: Settlement) -> SettlementReply:
    """Answer for a batch that such a host no longer knows to have had."""
    if desk.policy.configuration.legacy == "error":
        return _error(request, NO_RECORD, Totals())
    return SettlementReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=TOTALS_DIFFER,
        batch=request.batch,
        result=ReconciliationResult.OUT_OF_BALANCE,
        totals=Totals(),
        settlement_date=desk.settlement_date,
    )


def _same_request(request: Settlement, batch: Batch) -> bool:
    kept = Foreign.of(batch)
    return (
        batch.asked == pack_totals(request.totals)
        and batch.currency == request.currency
        and (kept is None or request.foreign == kept.asked)
    )


def _answer_again(desk: Desk, request: Settlement, batch: Batch) -> SettlementReply:
    if not _same_request(request, batch):
        text = "the settlement was repeated with other totals"
        desk.alert(request.origin, request.batch, kind="settlement_differs", text=text)
        return _error(request, TOTALS_DIFFER, totals_of(batch))
    desk.rows.put_batch(msgspec.structs.replace(batch, repeats=batch.repeats + 1))
    return _stored_answer(request, batch)


def _stored_answer(request: Settlement, batch: Batch) -> SettlementReply:
    assert batch.code is not None, "stored with the freeze"
    assert batch.result is not None, "stored with the freeze"
    foreign = Foreign.of(batch)
    return SettlementReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=batch.code,
        batch=request.batch,
        result=ReconciliationResult(batch.result),
        totals=totals_of(batch),
        settlement_date=batch.settlement_date,
        currency=request.currency,
        institution=request.institution,
        foreign=None if foreign is None else foreign.kept,
        sides=None if foreign is None else foreign.sides,
    )


def _error(request: Settlement, code: str, totals: Totals) -> SettlementReply:
    return SettlementReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
        result=ReconciliationResult.ERROR,
        totals=totals,
        currency=request.currency,
        institution=request.institution,
    )
