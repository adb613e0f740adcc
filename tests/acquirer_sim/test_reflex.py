from __future__ import annotations

import pytest

from acquirer_sim.configuration import default_configuration
from acquirer_sim.policy import Policy
from acquirer_sim.reflex import answer
from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Echo, PaymentReply, Request, SignOff
from tests.acquirer_sim.asking import (
    KEY,
    ORIGIN,
    STAMP,
    end,
    item,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    sign_on,
)

POLICY = Policy(default_configuration(), KEY)
ASKED: list[Request] = [
    purchase(1),
    reversal(1),
    settlement(3, 99),
    item(1),
    end(1),
    sign_on(),
    SignOff(origin=ORIGIN, stan="000001", stamp=STAMP),
    Echo(origin=ORIGIN, stan="000001", stamp=STAMP),
]


@pytest.mark.parametrize("request_", ASKED, ids=lambda one: type(one).__name__)
def test_reflex_succeeds_and_answers_alike_each_time(request_: Request) -> None:
    reply = answer(request_, POLICY)

    assert reply is not None
    assert "00" == reply.code
    assert reply == answer(request_, POLICY)


def test_reflex_judges_purchases() -> None:
    reply = answer(purchase(1, 100_051), POLICY)

    assert reply is not None
    assert "51" == reply.code


@pytest.mark.parametrize("kind", PaymentKind)
def test_reflex_answers_every_kind_as_itself(kind: PaymentKind) -> None:
    reply = answer(payment(kind, 1, original=of(9)), POLICY)

    assert isinstance(reply, PaymentReply)
    assert ("00", kind) == (reply.code, reply.kind)
    assert (reply.balance is not None) == (kind is PaymentKind.BALANCE)


def test_reflex_approves_in_part() -> None:
    reply = answer(purchase(1, 100_010), POLICY)

    assert isinstance(reply, PaymentReply)
    assert ("10", Amount(50_005)) == (reply.code, reply.amount)


def test_reflex_has_no_answer_to_the_unknown() -> None:
    assert answer(Request(origin=ORIGIN, stan="000001", stamp=STAMP), POLICY) is None
