from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Origin, OriginalPayment, PaymentRequest, Stamp, Totals
from tests.acquirer_sim.asking import (
    MASTERCARD,
    NOW,
    ORIGIN,
    OTHER,
    Books,
    configuration,
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
    assert [("approved",), ("approved",)] == books.rows("SELECT status FROM payment ORDER BY entry")
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


REFUND = PaymentKind.REFUND
LIMITED = "4012888888881881"


def refund(stan: int, minor: int, **changes: Any) -> PaymentRequest:
    return payment(REFUND, stan, minor, original=of(1), **changes)


def test_refunds_together_never_exceed_what_was_paid(books: Books) -> None:
    """Partial and repeated, each a credit of the batch in which it comes."""
    asked = [refund(2, 1000), refund(3, 300), refund(4, 234), refund(5, 1)]

    assert ["00", "00", "61", "00", "61"] == books.codes(purchase(1), *asked)
    assert (1, 1234, 2, 1234) == books.figures()
    assert [(1234,)] == books.rows("SELECT refunded_minor FROM payment WHERE stan = '000001'")
    assert ["12"] == books.codes(void(6, original=of(1)))
    assert [] == books.problems()


def test_refund_is_answered_from_record_when_its_advice_is_repeated(books: Books) -> None:
    """0221: the same reply, the money once."""
    books.ask(purchase(1))
    first = books.one(refund(2, 200))

    assert [first, first] == books.ask(refund(2, 200, repeat=True), refund(2, 200, repeat=True))
    assert (1, 1234, 1, 200) == books.figures()


def test_refund_reaches_back_to_a_closed_batch(books: Books) -> None:
    """After settlement a void is impossible and a refund is not; a till beside may give it."""
    sold = books.one(purchase(1))
    books.ask(settlement(1, 1234))
    beside = of(1, batch="999999", rrn=sold.rrn)
    elsewhere = payment(REFUND, 7, 234, original=beside, origin=OTHER)

    assert ["00", "00"] == books.codes(refund(2, 1000, batch="000002"), elsewhere)
    assert (0, 0, 1, 1000) == books.figures("000002")
    assert -1000 == books.balance("clearing:M00000000000001:T0000001:000002")
    assert ["00"] == books.codes(
        settlement(0, 0, batch="000002", totals=Totals(credit_count=1, credit_amount=1000))
    )
    assert 234 == books.balance("merchant:")
    assert [] == books.problems()


def test_refund_is_refused_when_the_sale_was_voided_or_is_another_merchant_s(books: Books) -> None:
    books.ask(purchase(1), void(2, original=of(1)))
    stranger = Origin("T0000001", "M00000000000002")
    told = of(1, batch="999999", rrn="000000000001")

    assert ["12"] == books.codes(refund(3, 1))
    assert ["25"] == books.codes(payment(REFUND, 4, 1, original=told, origin=stranger))


def test_refund_may_be_given_again_when_it_was_reversed(books: Books) -> None:
    asked = refund(2, 1234)
    books.ask(purchase(1), asked)

    assert ["00"] == books.codes(undo(asked, advice=True))
    assert ["00"] == books.codes(refund(3, 1234))
    assert [] == books.problems()


PREAUTHORISATION, COMPLETION = PaymentKind.PREAUTHORISATION, PaymentKind.COMPLETION
ADVICE, COMPLETION_VOID = PaymentKind.COMPLETION_ADVICE, PaymentKind.COMPLETION_VOID
PREAUTHORISATION_VOID = PaymentKind.PREAUTHORISATION_VOID
HELD = of(1, "0100")


def hold(minor: int = 1000, **changes: Any) -> PaymentRequest:
    return payment(PREAUTHORISATION, 1, minor, **changes)


def complete(stan: int, minor: int, **changes: Any) -> PaymentRequest:
    return payment(COMPLETION, stan, minor, original=HELD, **changes)


def money(books: Books) -> tuple[int, int, int]:
    """Cardholder, held, clearing."""
    return books.balance("cardholder:"), books.balance("hold:"), books.balance("clearing:")


def test_preauthorisation_holds_and_counts_nowhere(books: Books) -> None:
    assert ["00"] == books.codes(hold())
    assert (-1000, 1000, 0) == money(books)
    assert (0, 0, 0, 0) == books.figures()
    assert [] == books.problems()


def test_preauthorisation_void_lets_the_money_go(books: Books) -> None:
    asked = payment(PREAUTHORISATION_VOID, 2, 1000, original=HELD)

    assert ["00", "00"] == books.codes(hold(), asked)
    assert (0, 0, 0) == money(books)
    assert ["12"] == books.codes(complete(3, 1000))
    assert ["00"] == books.codes(undo(asked))
    assert (-1000, 1000, 0) == money(books)
    assert [] == books.problems()


def test_preauthorisation_is_reversed_in_any_batch(books: Books) -> None:
    """It is in no figures, so a settled batch is none of its business."""
    books.ask(hold(), settlement(0, 0), undo(hold()))

    assert (0, 0, 0) == money(books)
    assert [] == books.problems()


@pytest.mark.parametrize("kind", [COMPLETION, ADVICE])
def test_completion_takes_its_amount_and_releases_the_rest(books: Books, kind: PaymentKind) -> None:
    asked = payment(kind, 2, 700, original=HELD)

    assert ["00", "00", "12"] == books.codes(hold(), asked, complete(3, 100))
    assert (-700, 0, 700) == money(books)
    assert (1, 700, 0, 0) == books.figures()
    assert ["12"] == books.codes(undo(hold()))
    assert ["00"] == books.codes(undo(asked))
    assert (-1000, 1000, 0) == money(books)
    assert [] == books.problems()


def test_completion_comes_in_a_later_batch(books: Books) -> None:
    books.ask(hold(), settlement(0, 0))

    assert ["00"] == books.codes(complete(2, 1000, batch="000002"))
    assert (1, 1000, 0, 0) == books.figures("000002")


def test_completion_exceeds_its_hold_as_far_as_is_tolerated(books: Books) -> None:
    assert ["00", "61"] == books.codes(hold(), complete(2, 1001))

    generous = Books(configuration(completion_tolerance_percent=15))
    assert ["00", "61", "00"] == generous.codes(hold(), complete(2, 1151), complete(3, 1150))
    assert (-1150, 0, 1150) == money(generous)
    assert [] == generous.problems()
    generous.ask(undo(complete(3, 1150)))
    assert (-1000, 1000, 0) == money(generous)
    assert [] == generous.problems()
    generous.ledger.close()


def test_completion_void_brings_the_hold_back(books: Books) -> None:
    """Both stay in the totals; the pre-authorisation may be completed or voided again."""
    asked = payment(COMPLETION_VOID, 3, 700, original=of(2))
    books.ask(hold(), complete(2, 700))

    assert ["00"] == books.codes(asked)
    assert (-1000, 1000, 0) == money(books)
    assert (1, 700, 1, 700) == books.figures()
    assert ["00"] == books.codes(undo(asked))
    assert (-700, 0, 700) == money(books)
    assert [] == books.problems()
    assert ["00"] == books.codes(payment(COMPLETION_VOID, 4, 700, original=of(2)))
    assert ["00"] == books.codes(complete(5, 900))
    assert (-900, 0, 900) == money(books)
    assert [] == books.problems()


def test_completion_void_stays_when_the_hold_was_used_again(books: Books) -> None:
    """12 and an alert: the money of the pre-authorisation has gone another way."""
    asked = payment(COMPLETION_VOID, 3, 700, original=of(2))
    books.ask(hold(), complete(2, 700), asked, complete(4, 900))

    assert ["12"] == books.codes(undo(asked))
    assert [("reversal_differs",)] == books.rows("SELECT kind FROM alert")
    assert [] == books.problems()


def test_completion_comes_too_late_when_the_hold_has_expired(books: Books) -> None:
    """The hold is released by whoever comes too late; nothing else tells the time here."""
    made = complete(2, 500, pan=LIMITED)
    books.ask(hold(40_000, pan=LIMITED))
    late = NOW + timedelta(days=30)
    replies = books.decide(made, undo(made), now=late)

    assert ["12", "12"] == [one.reply.code for one in replies if one.reply is not None]
    assert (0, 0, 0) == money(books)
    assert [("expired",), ("declined",)] == books.rows("SELECT status FROM payment ORDER BY entry")
    assert [(0,)] == books.rows("SELECT minor FROM spent")
    assert [] == books.problems()


def test_limit_counts_what_is_held_and_what_was_given_back(books: Books) -> None:
    card = {"pan": LIMITED}
    books.ask(hold(40_000, **card))

    assert ["51"] == books.codes(purchase(2, 10_001, **card))
    assert ["00"] == books.codes(complete(3, 30_000, **card))
    assert ["00"] == books.codes(purchase(4, 20_000, **card))
    assert ["51"] == books.codes(purchase(5, 1, **card))
    assert ["00"] == books.codes(payment(REFUND, 6, 5_000, original=of(4), **card))
    assert [(45_000,)] == books.rows("SELECT minor FROM spent")
    assert ["00"] == books.codes(purchase(7, 5_000, **card))


def test_sale_is_not_reversed_when_some_of_it_was_refunded(books: Books) -> None:
    books.ask(purchase(1), refund(2, 100))

    assert ["12"] == books.codes(reversal(1))
    assert [] == books.problems()


def test_refund_is_in_the_currency_of_its_sale(books: Books) -> None:
    books.ask(purchase(1), settlement(1, 1234))
    dollars = refund(2, 100, batch="000002", amount=Amount(100, "840"))

    assert ["64"] == books.codes(dollars)
