"""Prefetch, decide, commit: the heart of the host, without a clock, a socket or a disk.

    needs(requests)        which rows a group of requests must see
    decide(rows, ...)      every request of the group, in order, against those rows
    (aio/committer.py)     one transaction of what changed, and only then the replies

A request that makes its handler raise fails alone: it changes nothing and gets no reply but a
problem on its decision; the rest of the group goes on. Handlers write last (see `desk.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from acquirer_sim.desk import Desk
from acquirer_sim.holds import held_before, release_holds
from acquirer_sim.inquiries import decide_inquiry
from acquirer_sim.orders import Order
from acquirer_sim.originals import entry_of
from acquirer_sim.payment_inquiries import decide_payment_inquiry
from acquirer_sim.payments import SALE, decide_payment
from acquirer_sim.policy import CardFacts, Policy
from acquirer_sim.reflex import answer_with
from acquirer_sim.reversals import decide_reversal
from acquirer_sim.settlements import close_yesterday, decide_settlement, force_close
from acquirer_sim.uploads import decide_chip, decide_details, decide_end, decide_item
from acquirer_sim.working_set import Needs, WorkingSet
from protocol.inquiries import PaymentInquiry
from protocol.kinds import KINDS
from protocol.operations import (
    APPROVED,
    Echo,
    EchoReply,
    Origin,
    OriginalPayment,
    PaymentRequest,
    Reply,
    Request,
    Reversal,
    Settlement,
    SettlementInquiry,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    UploadEnd,
    UploadItem,
)
from protocol.uploads import ChipUpload, UploadDetails


class Decision(msgspec.Struct, frozen=True, gc=False):
    """What one request gets. Without a reply, `problem` names what went wrong (no values)."""

    request: Request
    reply: Reply | None
    problem: str = ""


NO_ORDERS: Final[Mapping[int, Order]] = {}


def needs(requests: Sequence[Request], policy: Policy, now: datetime) -> Needs:
    """Return the keys of every row that deciding these requests at `now` may look at."""
    found = Needs()
    found.now = now
    for request in requests:
        handler = _NEEDS.get(type(request))
        if handler is not None:
            handler(found, request, policy)
    if policy.forces_close:
        found.figures |= found.batches
    if found.plain < len(requests) or policy.begins_day(now):
        found.held_before = held_before(policy.configuration, now)
    return found


def decide(
    rows: WorkingSet,
    requests: Sequence[Request],
    now: datetime,
    policy: Policy,
    orders: Mapping[int, Order] = NO_ORDERS,
) -> list[Decision]:
    """Decide a group in order; later requests see earlier ones through `rows`.

    `now` is aware and UTC. `orders` says what rules and faults want of the request at that place.
    """
    desk = Desk.open(rows, policy, now)
    if rows.held:
        release_holds(desk)
    return [_decide_one(desk, request, orders.get(place)) for place, request in enumerate(requests)]


def _decide_one(desk: Desk, request: Request, order: Order | None) -> Decision:
    try:
        if desk.policy.forces_close:
            _cut_over(desk, request)
        if order is not None:
            desk = _under(desk, request, order)
            if order.code is not None and not isinstance(request, PaymentRequest):
                return Decision(request, answer_with(request, order.code))
        if type(request) is PaymentRequest:
            return Decision(request, decide_payment(desk, request))
        if type(request) is Settlement:
            return Decision(request, decide_settlement(desk, request))
        handler = _HANDLERS.get(type(request))
        if handler is None:
            return Decision(request, None, f"no decision for {type(request).__name__}")
        return Decision(request, handler(desk, request))
    except Exception as error:  # noqa: BLE001 — one poisoned request must not cost its group
        # Whatever it is, it concerns one request; the type says enough for a log, and a
        # message could hold a card number.
        return Decision(request, None, f"{type(request).__name__}: {type(error).__name__}")


def _cut_over(desk: Desk, request: Request) -> None:
    """Close what is open since an earlier settlement date, where the host does that (H8)."""
    if type(request) is PaymentRequest or type(request) is Settlement:
        close_yesterday(desk, request.origin)


def _under(desk: Desk, request: Request, order: Order) -> Desk:
    """Return the desk at which a request with an order is decided."""
    if order.loses:
        desk = msgspec.structs.replace(desk, rows=desk.rows.scratch())
    if order.closes:
        force_close(desk, request.origin)
    return msgspec.structs.replace(desk, order=order)


def _decide_sign_on(desk: Desk, request: SignOn) -> SignOnReply:
    """Say which batch is open here; nothing opens or closes by asking (H6)."""
    return SignOnReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=desk.open_batch(request.origin) or request.batch,
    )


def _decide_sign_off(desk: Desk, request: SignOff) -> SignOffReply:
    """Say good night; no batch changes by it."""
    return SignOffReply(
        origin=request.origin, stan=request.stan, stamp=request.stamp, code=APPROVED
    )


def _decide_echo(desk: Desk, request: Echo) -> EchoReply:
    return EchoReply(origin=request.origin, stan=request.stan, stamp=request.stamp, code=APPROVED)


_HANDLERS: Final[Mapping[type[Request], Callable[[Desk, Any], Reply]]] = {
    SignOn: _decide_sign_on,
    SignOff: _decide_sign_off,
    Echo: _decide_echo,
    Reversal: decide_reversal,
    UploadItem: decide_item,
    UploadDetails: decide_details,
    ChipUpload: decide_chip,
    UploadEnd: decide_end,
    SettlementInquiry: decide_inquiry,
    PaymentInquiry: decide_payment_inquiry,
}


def _need_batch(found: Needs, request: Any) -> tuple[str, str, str]:
    terminal, merchant = request.origin.terminal_id, request.origin.merchant_id
    key = (terminal, merchant, request.batch)
    found.terminals.add((terminal, merchant))
    found.batches.add(key)
    return key


def _need_figures(found: Needs, request: Any) -> tuple[str, str, str]:
    key = _need_batch(found, request)
    found.figures.add(key)
    return key


def _need_payment(found: Needs, request: PaymentRequest, policy: Policy) -> None:
    found.payments.add((*_need_batch(found, request), request.stan))
    if request.original is not None:
        _need_original(found, request.origin, request.original)
    card = policy.card(request.card.pan)
    if card.limit_minor is not None:
        _need_spending(found, policy, card)
    elif request.kind is SALE:
        found.plain += 1


def _need_spending(found: Needs, policy: Policy, card: CardFacts) -> None:
    if card.total_minor is not None:
        found.tokens.add(card.token)
    if card.daily_minor is not None:
        assert found.now is not None, "needs are those of a moment"
        found.tokens.add(f"{card.token} {policy.settlement_day(found.now)}")


def _need_original(found: Needs, origin: Origin, original: OriginalPayment) -> None:
    key = (origin.terminal_id, origin.merchant_id, original.batch, original.stan)
    found.payments.add(key)
    found.linked.add(key)
    number = entry_of(original.rrn)
    if number:
        found.entries.add(number)


def _need_reversal(found: Needs, request: Reversal, policy: Policy) -> None:
    key = (*_need_figures(found, request), request.original.stan)
    found.payments.add(key)
    found.reversals.add(key)
    if KINDS[request.kind].wants:
        found.linked.add(key)
    if request.pan is None:
        found.cards_of.add(key)
        return
    _need_spending(found, policy, policy.card(request.pan))
    found.cards_of.add(key)


def _need_settlement(found: Needs, request: Settlement, policy: Policy) -> None:
    batch = _need_figures(found, request)
    if request.foreign is not None and policy.tells_foreign:
        found.uploads.add(batch)


def _need_inquiry(found: Needs, request: SettlementInquiry, policy: Policy) -> None:
    _need_figures(found, request)


def _need_list(found: Needs, request: PaymentInquiry, policy: Policy) -> None:
    key = _need_figures(found, request)
    if request.rrn:
        found.entries.add(entry_of(request.rrn))
    else:
        found.lists.add(key)


def _need_item(found: Needs, request: UploadItem, policy: Policy) -> None:
    found.items.add((*_need_figures(found, request), request.original.stan))


def _need_details(found: Needs, request: UploadDetails, policy: Policy) -> None:
    batch = _need_figures(found, request)
    for line in request.lines:
        found.items.add((*batch, line.stan))
        found.payments.add((*batch, line.stan))


def _need_chip(found: Needs, request: ChipUpload, policy: Policy) -> None:
    found.chips.add((*_need_figures(found, request), request.original.stan))


def _need_end(found: Needs, request: UploadEnd, policy: Policy) -> None:
    batch = _need_figures(found, request)
    found.uploads.add(batch)
    if policy.terminals_capture:
        # What the upload does not list lets its original go again.
        found.lists.add(batch)


def _need_sign_on(found: Needs, request: SignOn, policy: Policy) -> None:
    found.terminals.add((request.origin.terminal_id, request.origin.merchant_id))


_NEEDS: Final[Mapping[type[Request], Callable[[Needs, Any, Policy], None]]] = {
    PaymentRequest: _need_payment,
    Reversal: _need_reversal,
    Settlement: _need_settlement,
    SettlementInquiry: _need_inquiry,
    PaymentInquiry: _need_list,
    UploadItem: _need_item,
    UploadDetails: _need_details,
    ChipUpload: _need_chip,
    UploadEnd: _need_end,
    SignOn: _need_sign_on,
}
