"""Answers without a memory: the host when it is given no ledger.

For measuring the wire and for terminals that only want somebody to answer. The same purchase
gets the same answer because the answer is made of the request alone; every reversal and every
settlement succeeds. Nothing is remembered, so nothing is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from acquirer_sim.policy import Policy
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
    SettlementReply,
    SignOn,
    SignOnReply,
    UploadEnd,
    UploadItem,
    UploadReply,
)


def answer(request: Request, policy: Policy) -> Reply | None:
    """Return the reply, None for a request that has none here."""
    reflex = _REFLEXES.get(type(request))
    return reflex(request, policy) if reflex is not None else None


def _purchase(request: PaymentRequest, policy: Policy) -> PaymentReply:
    code = policy.judge(request, policy.card(request.card.pan), 0)
    return PaymentReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=code,
        batch=request.batch,
        amount=request.amount,
        rrn=request.batch + request.stan,
        authorisation=request.stan if code == APPROVED else None,
        settlement_date=request.stamp.date,
    )


def _reversal(request: Reversal, policy: Policy) -> ReversalReply:
    return ReversalReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
        amount=request.amount,
    )


def _settlement(request: Settlement, policy: Policy) -> SettlementReply:
    return SettlementReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
        result=ReconciliationResult.IN_BALANCE,
        totals=request.totals,
        settlement_date=request.settlement_date,
    )


def _upload(request: UploadItem | UploadEnd, policy: Policy) -> UploadReply:
    return UploadReply(
        origin=request.origin,
        stan=request.stan,
        stamp=request.stamp,
        code=APPROVED,
        batch=request.batch,
    )


def _sign_on(request: SignOn, policy: Policy) -> SignOnReply:
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


_REFLEXES: Final[Mapping[type[Request], Callable[[Any, Policy], Reply]]] = {
    PaymentRequest: _purchase,
    Reversal: _reversal,
    Settlement: _settlement,
    UploadItem: _upload,
    UploadEnd: _upload,
    SignOn: _sign_on,
    Echo: lambda request, policy: answer_echo(request),
}
