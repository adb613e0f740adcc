from __future__ import annotations

from datetime import timedelta

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import Request
from tests.acquirer_sim.asking import (
    NOW,
    OTHER,
    VISA,
    Books,
    payment,
    purchase,
    settlement,
    sign_on,
)

LIMITED = "4012888888881881"
LATE = NOW + timedelta(days=30)
TOMORROW = LATE + timedelta(days=1)


def hold(stan: int, minor: int = 40_000, pan: str = LIMITED) -> Request:
    return payment(PaymentKind.PREAUTHORISATION, stan, minor, pan=pan)


@pytest.mark.parametrize(
    "touch",
    [
        sign_on(origin=OTHER),
        settlement(0, 0, origin=OTHER),
        payment(PaymentKind.BALANCE, 9, 0, pan=LIMITED),
        purchase(9, 50_000, pan=LIMITED),
        purchase(9, 1, pan=VISA),
    ],
    ids=["sign_on", "settlement", "inquiry", "limited card", "first of the day"],
)
def test_expired_hold_is_released_by_whatever_is_asked(books: Books, touch: Request) -> None:
    """Nobody completed it in time: the money is the cardholder's again, in the same commit."""
    books.ask(hold(1), hold(2, 100, VISA))

    decided = books.decide(touch, now=LATE)

    assert ["00"] == [one.reply.code for one in decided if one.reply is not None]
    assert 0 == books.balance("hold:")
    assert [(2,)] == books.rows("SELECT count(*) FROM payment WHERE status = 'expired'")
    assert [] == books.problems()


def test_hold_stands_until_its_time(books: Books) -> None:
    books.ask(hold(1))

    books.decide(sign_on(), now=LATE - timedelta(seconds=1))

    assert 40_000 == books.balance("hold:")


def test_plain_sale_looks_for_holds_once_a_day(books: Books) -> None:
    """A hold that expires in the course of a day waits for somebody else, or for the next day."""
    books.ask(hold(1))
    early = LATE - timedelta(hours=1)

    books.decide(purchase(2), now=early)
    books.decide(purchase(3), now=LATE)
    before = books.balance("hold:")
    books.decide(purchase(4), now=TOMORROW)

    assert (40_000, 0) == (before, books.balance("hold:"))


def test_hold_is_released_once_when_a_group_completes_it_late(books: Books) -> None:
    books.ask(hold(1))

    books.decide(sign_on(), sign_on(), now=LATE)
    books.decide(sign_on(), now=TOMORROW)

    query = "SELECT count(*) FROM transfer WHERE kind = 'expiry'"
    assert [(1,)] == books.rows(query)
