from __future__ import annotations

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import OriginalPayment, PaymentRequest, Stamp
from tests.acquirer_sim.asking import (
    MASTERCARD,
    ORIGIN,
    OTHER,
    Books,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    undo,
)

VOID = PaymentKind.VOID


def void(stan: int, minor: int = 1234, *, original: OriginalPayment) -> PaymentRequest:
    return payment(VOID, stan, minor, original=original)


def test_void_gives_back_and_both_stay_in_the_totals(books: Books) -> None:
    """The sale is a debit, its void a credit, and no money is left on the way."""
    sold = books.one(purchase(1))
    reply = books.one(void(2, original=of(1, rrn=sold.rrn, authorisation=sold.authorisation)))

    assert ("00", VOID, 1234) == (reply.code, reply.kind, reply.amount.minor)
    assert (1, 1234, 1, 1234) == books.figures()
    assert (0, 0) == (books.balance("cardholder:"), books.balance("clearing:"))
    assert [("approved",), ("approved",)] == books.rows("SELECT status FROM payment")
    assert [] == books.problems()


def test_void_gets_the_same_answer_when_repeated(books: Books) -> None:
    books.ask(purchase(1))
    first = books.one(void(2, original=of(1)))

    assert [first, first] == books.ask(void(2, original=of(1)), void(2, original=of(1)))
    assert (1, 1234, 1, 1234) == books.figures()


def test_void_finds_its_sale_within_one_group(books: Books) -> None:
    asked = void(2, original=of(1))

    assert ["00", "00", "00"] == books.codes(purchase(1), asked, undo(asked))
    assert (1, 1234, 0, 0) == books.figures()
    assert [] == books.problems()


def test_void_finds_its_sale_by_rrn_alone(books: Books) -> None:
    sold = books.one(purchase(1))
    original = OriginalPayment("0200", "000000", "0000000000", "000000", rrn=sold.rrn)

    assert ["00"] == books.codes(void(2, original=original))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (void(9, original=of(7)), "25"),
        (void(9, original=of(1, transmission="1119113425")), "25"),
        (void(9, original=of(1, rrn="000000000099")), "25"),
        (void(9, original=of(1, authorisation="999999")), "25"),
        (payment(VOID, 9, original=of(1), origin=OTHER), "25"),
        (void(9, 999, original=of(1)), "64"),
        (payment(VOID, 9, original=of(1), pan=MASTERCARD), "14"),
        (void(9, 500, original=of(2)), "12"),
        (void(9, original=of(3)), "12"),
        (void(9, 700, original=of(4)), "12"),
        (payment(PaymentKind.COMPLETION_VOID, 9, original=of(1)), "12"),
    ],
)
def test_void_is_refused_when_it_does_not_fit(
    books: Books, asked: PaymentRequest, code: str
) -> None:
    """Not found, another time, number, terminal, amount or card; void, declined, reversed, kind."""
    books.ask(purchase(1), purchase(2, 500), void(5, 500, original=of(2)))
    books.ask(purchase(3, 100_005), purchase(4, 700), reversal(4, 700))
    before = books.figures()

    assert [code] == books.codes(asked)
    assert before == books.figures()
    assert [] == books.problems()


def test_void_is_refused_when_its_batch_is_frozen_or_closed(books: Books) -> None:
    """H10: 77 in a frozen batch, 12 for a sale of an earlier one: refund it instead."""
    books.ask(purchase(1), settlement(9, 9))
    assert ["77"] == books.codes(void(2, original=of(1)))

    sold = purchase(1, origin=OTHER)
    closing = settlement(1, 1234, origin=OTHER)
    late = payment(VOID, 2, original=of(1), origin=OTHER, batch="000002")
    again = payment(VOID, 3, original=of(1), origin=OTHER)

    assert ["00", "00", "12", "77"] == books.codes(sold, closing, late, again)


def test_sale_stands_again_when_its_void_is_reversed(books: Books) -> None:
    asked = void(2, original=of(1))
    books.ask(purchase(1), asked)

    assert ["00", "00"] == books.codes(undo(asked), undo(asked, repeat=True))
    assert (1, 1234, 0, 0) == books.figures()
    assert 1234 == books.balance("clearing:")
    assert ["00"] == books.codes(void(3, original=of(1)))
    assert [] == books.problems()


def test_sale_is_not_reversed_when_it_is_voided(books: Books) -> None:
    """Original voided: 12, nothing is left to undo."""
    books.ask(purchase(1), void(2, original=of(1)))

    assert ["12"] == books.codes(reversal(1))
    assert [] == books.problems()


def test_void_that_comes_after_its_reversal_is_declined(books: Books) -> None:
    asked = void(2, original=of(1))

    assert ["00", "25", "12"] == books.codes(purchase(1), undo(asked), asked)
    assert ["00"] == books.codes(void(3, original=of(1)))


def test_void_is_taken_back_through_suspense_when_its_batch_is_settled(books: Books) -> None:
    """H10: the figures stay, the cardholder pays after all."""
    asked = void(2, original=of(1))
    books.ask(purchase(1), purchase(3, 100), asked, settlement(9, 9), undo(asked))

    assert (2, 1334, 1, 1234) == books.figures()
    assert (-1334, 100, 1234) == (
        books.balance("cardholder:"),
        books.balance("clearing:"),
        books.balance("suspense:"),
    )
    assert [] == books.problems()


def test_void_of_another_time_is_another_payment(books: Books) -> None:
    books.ask(purchase(1), void(2, original=of(1)))
    stamp = Stamp("1120113426", "193426", "1120")

    assert ["94"] == books.codes(payment(VOID, 2, original=of(1), stamp=stamp))
    assert ["94"] == books.codes(purchase(2, origin=ORIGIN))
