from __future__ import annotations

from protocol.amount import Amount
from protocol.operations import Stamp
from tests.acquirer_sim.asking import (
    BATCH,
    MASTERCARD,
    OTHER,
    Books,
    purchase,
    reversal,
    settlement,
)


def test_purchase_moves_money_to_clearing_when_approved(books: Books) -> None:
    """Host capture: the approval posts, the merchant has nothing yet."""
    reply = books.one(purchase(1, 1234))

    assert ("00", "000000000001", "000001", "1120") == (
        reply.code,
        reply.rrn,
        reply.authorisation,
        reply.settlement_date,
    )
    assert (-1234, 1234, 0) == (
        books.balance("cardholder:"),
        books.balance("clearing:"),
        books.balance("merchant:"),
    )


def test_purchase_posts_nothing_when_declined(books: Books) -> None:
    assert ["51"] == books.codes(purchase(1, 100_051))

    assert [] == books.rows("SELECT * FROM posting")
    assert [(0, 0)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_purchase_gets_the_same_answer_when_repeated(books: Books) -> None:
    """A repeat is answered from the record: same RRN, same authorisation, money once."""
    first = books.one(purchase(1))

    assert [first, first] == books.ask(purchase(1), purchase(1))
    assert [(1, 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_declined_purchase_gets_the_same_answer_when_repeated(books: Books) -> None:
    first = books.one(purchase(1, 100_005))

    assert first == books.one(purchase(1, 100_005))


def test_purchase_repeats_within_one_group(books: Books) -> None:
    """Later requests of a group see earlier ones."""
    first, again = books.ask(purchase(1), purchase(1))

    assert first == again
    assert [(1,)] == books.rows("SELECT count(*) FROM payment")


def test_purchase_is_refused_as_duplicate_when_content_differs(books: Books) -> None:
    """Same terminal, batch and STAN, anything else different: 94."""
    books.ask(purchase(1))

    assert ["94", "94", "94", "94"] == books.codes(
        purchase(1, 1235),
        purchase(1, pan=MASTERCARD),
        purchase(1, stamp=Stamp("1120113426", "193425", "1120")),
        purchase(1, amount=Amount(1234, "840")),
    )
    assert 1234 == books.balance("clearing:")


def test_purchase_is_declined_when_its_reversal_came_first(books: Books) -> None:
    """N19: the tombstone of an overtaking reversal declines the late original, and stays."""
    assert ["25"] == books.codes(reversal(1))

    late = books.one(purchase(1))
    assert "12" == late.code
    assert late == books.one(purchase(1))
    assert 0 == books.balance("clearing:")
    assert ["94"] == books.codes(purchase(1, 999))


def test_purchase_is_refused_when_batch_is_not_open(books: Books) -> None:
    """H5: 77 for a batch other than the open one, before and after."""
    books.ask(purchase(1))

    assert ["77"] == books.codes(purchase(2, batch="000002"))
    assert ["77"] == books.codes(purchase(2, batch="999999"))


def test_purchase_is_refused_when_batch_is_frozen(books: Books) -> None:
    """H5: after the 0500 nothing is sold in that batch, nor in the next before it closes."""
    books.ask(purchase(1), settlement(2, 9999))

    assert ["77", "77"] == books.codes(purchase(2), purchase(2, batch="000002"))
    assert [(1, 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")


def test_purchase_is_answered_from_record_when_batch_has_closed(books: Books) -> None:
    first = books.one(purchase(1))
    books.ask(settlement(1, 1234))

    assert first == books.one(purchase(1))
    assert ["00"] == books.codes(purchase(1, batch="000002"))


def test_purchase_is_invalid_when_currency_is_not_the_batch_s(books: Books) -> None:
    """F50 is one currency: a second one in a batch could not be compared."""
    books.ask(purchase(1))

    assert ["12"] == books.codes(purchase(2, amount=Amount(1234, "840")))


def test_terminals_have_batches_of_their_own(books: Books) -> None:
    books.ask(purchase(1), purchase(1, 500, origin=OTHER))

    assert [("T0000001", 1234), ("T0000002", 500)] == books.rows(
        "SELECT terminal, debit_minor FROM batch WHERE batch = ? ORDER BY terminal", (BATCH,)
    )
