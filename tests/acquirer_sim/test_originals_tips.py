"""A tip adds to what may be refunded of its sale, and holds the sale in its place."""

from __future__ import annotations

from protocol.kinds import PaymentKind
from protocol.operations import PaymentRequest
from tests.acquirer_sim.asking import Books, of, payment, purchase, reversal, undo

ADJUSTMENT = PaymentKind.ADJUSTMENT


def refund(stan: int, minor: int) -> PaymentRequest:
    return payment(PaymentKind.REFUND, stan, minor, original=of(1))


def test_refunds_of_an_adjusted_sale_give_back_the_tip_too(books: Books) -> None:
    """The bound is the sale with its tips; a tip that comes later raises it."""
    tip, later = (payment(ADJUSTMENT, stan, 100, original=of(1)) for stan in (2, 6))

    asked = [
        purchase(1),
        tip,
        refund(3, 1335),
        refund(4, 1334),
        refund(5, 1),
        later,
        refund(7, 100),
    ]

    assert ["00", "00", "61", "00", "61", "00", "00"] == books.codes(*asked)
    assert (3, 1434, 2, 1434) == books.figures()
    assert [(200, 1434)] == books.rows(
        "SELECT adjusted_minor, refunded_minor FROM payment WHERE stan = '000001'"
    )
    assert [] == books.problems()


def test_adjusted_sale_is_neither_voided_nor_reversed(books: Books) -> None:
    """12: the tip would stand without its sale."""
    books.ask(purchase(1), payment(ADJUSTMENT, 2, 100, original=of(1)))

    assert ["12", "12"] == books.codes(payment(PaymentKind.VOID, 3, original=of(1)), reversal(1))
    assert [] == books.problems()


def test_tip_that_is_reversed_may_not_be_refunded(books: Books) -> None:
    tip = payment(ADJUSTMENT, 2, 100, original=of(1))
    books.ask(purchase(1), tip)

    assert ["00", "61", "00"] == books.codes(undo(tip), refund(3, 1235), refund(4, 1234))
    assert [] == books.problems()


def test_tip_that_was_refunded_is_not_reversed(books: Books) -> None:
    """12 and an alert: more would be given back than was paid."""
    tip = payment(ADJUSTMENT, 2, 100, original=of(1))
    books.ask(purchase(1), tip, refund(3, 1300))

    assert ["12"] == books.codes(undo(tip))
    assert [("reversal_differs",)] == books.rows("SELECT kind FROM alert")
    assert [] == books.problems()
