from __future__ import annotations

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from tests.acquirer_sim.asking import Books, payment, purchase

LIMITED = "4012888888881881"


def test_balance_is_what_is_left_of_the_limit(books: Books) -> None:
    """The third request of a group sees what the first has spent."""
    _, _, reply = books.ask(
        purchase(1, 20_000, pan=LIMITED),
        payment(PaymentKind.PREAUTHORISATION, 2, 10_000, pan=LIMITED),
        payment(PaymentKind.BALANCE, 3, 0, pan=LIMITED),
    )

    assert Amount(20_000) == reply.balance


def test_balance_of_a_card_without_a_limit_is_the_configured_one(books: Books) -> None:
    reply = books.one(payment(PaymentKind.BALANCE, 1, 0))

    assert ("00", Amount(10_000_000), None) == (reply.code, reply.balance, reply.amount)


def test_balance_inquiry_leaves_no_trace(books: Books) -> None:
    """It is no payment: its number stays free, no batch opens by it."""
    before = books.dump()
    books.ask(payment(PaymentKind.BALANCE, 1, 0))

    assert before == books.dump()
    assert ["00"] == books.codes(purchase(1))


def test_balance_of_a_card_that_may_not_be_asked_is_not_told(books: Books) -> None:
    reply = books.one(payment(PaymentKind.BALANCE, 1, 0, pan="371449635398431"))

    assert ("41", None) == (reply.code, reply.balance)
