"""Answers without a memory: the host when it is given no ledger.

For measuring the wire and for terminals that only want somebody to answer. The same purchase
gets the same answer because the answer is made of the request alone; every reversal and every
settlement succeeds. Nothing is remembered, so nothing is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from acquirer_sim.balances import inquiry_reply
from acquirer_sim.inquiries import status_reply
from acquirer_sim.magic import APPROVED_IN_PART
from acquirer_sim.orders import Order
from acquirer_sim.payment_inquiries import refuse
from acquirer_sim.policy import Policy
from protocol.amount import Amount
from protocol.inquiries import PaymentInquiry
from protocol.kinds import PaymentKind
from protocol.operations import (
    APPROVED,
    Echo,
    EchoReply,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Reply,
    Request,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementInquiry,
    SettlementReply,
    SettlementState,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.uploads import ChipUpload, UploadDetails

# A look into an enumeration runs code of Python 3.11's own.
BALANCE: Final = PaymentKind.BALANCE


def answer(request: Request, policy: Policy, order: Order | None = None) -> Reply | None:
    """Return the reply, None for a request that has none here."""
    if type(request) is PaymentRequest:
        return _payment(request, policy, order)
    if order is not None and order.code is not None:
        return answer_with(request, order.code)
    reflex = _REFLEXES.get(type(request))
    return reflex(request, policy) if reflex is not None else None


def answer_with(request: Request, code: str) -> Reply | None:
    """Return the reply of this code to a request that is no payment, and do nothing else."""
    reflex = _REFLEXES.get(type(request))
    if reflex is None:
        return None
    reply: Reply = reflex(request, None)
    if isinstance(reply, SettlementReply) and code != APPROVED:
        reply = msgspec.structs.replace(reply, result=ReconciliationResult.ERROR)
    return msgspec.structs.replace(reply, code=code)


def _payment(request: PaymentRequest, policy: Policy, order: Order | None) -> PaymentReply:
    if request.kind is BALANCE:
        return inquiry_reply(request, policy, 0, order)
    card, amount = policy.card(request.card.pan), request.amount
    code = policy.judge(request, card, 0, order)
    if code == APPROVED_IN_PART:
        code, minor = policy.part_of(request, card, 0, order)
        amount = Amount(minor, amount.currency)
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        kind=request.kind,
        batch=request.batch,
        amount=amount,
        rrn=request.batch + request.stan,
        authorisation=request.stan if code in (APPROVED, APPROVED_IN_PART) else None,
        settlement_date=request.stamp.date,
    )


def _reversal(request: Reversal, policy: Policy | None) -> ReversalReply:
    return ReversalReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
        amount=request.amount,
        advice=request.advice,
    )


def _sign_off(request: SignOff, policy: Policy | None) -> SignOffReply:
    return SignOffReply(
        origin=request.origin, stan=request.stan, stamp=request.stamp, code=APPROVED
    )


def _settlement(request: Settlement, policy: Policy | None) -> SettlementReply:
    return SettlementReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
        result=ReconciliationResult.IN_BALANCE,
        totals=request.totals,
        settlement_date=request.settlement_date,
        currency=request.currency,
        institution=request.institution,
    )


def _upload(
    request: UploadItem | UploadDetails | ChipUpload | UploadEnd, policy: Policy | None
) -> UploadReply:
    return UploadReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
    )


def _sign_on(request: SignOn, policy: Policy | None) -> SignOnReply:
    return SignOnReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
    )


def answer_echo(request: Echo) -> EchoReply:
    """Say that somebody is there."""
    return EchoReply(origin=request.origin, stan=request.stan, stamp=request.stamp, code=APPROVED)


_REFLEXES: Final[Mapping[type[Request], Callable[[Any, Policy | None], Reply]]] = {
    Reversal: _reversal,
    Settlement: _settlement,
    UploadItem: _upload,
    UploadDetails: _upload,
    ChipUpload: _upload,
    UploadEnd: _upload,
    SignOn: _sign_on,
    SignOff: _sign_off,
    SettlementInquiry: lambda request, policy: status_reply(request, SettlementState.UNKNOWN),
    PaymentInquiry: lambda request, policy: refuse(request),
    Echo: lambda request, policy: answer_echo(request),
}
