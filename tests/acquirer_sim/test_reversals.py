from __future__ import annotations

import pytest

from protocol.operations import OriginalReference
from tests.acquirer_sim.asking import (
    MASTERCARD,
    STAMP,
    Books,
    end,
    item,
    purchase,
    reversal,
    settlement,
)


def test_reversal_posts_the_contrary_when_original_was_approved(books: Books) -> None:
    books.ask(purchase(1), purchase(2, 50))

    assert ["00"] == books.codes(reversal(1))
    assert (-50, 50) == (books.balance("cardholder:"), books.balance("clearing:"))
    assert [(1, 50)] == books.rows("SELECT debit_count, debit_minor FROM batch")
    assert [("reversed",), ("approved",)] == books.rows("SELECT status FROM payment ORDER BY stan")


def test_reversal_gets_the_same_answer_when_repeated(books: Books) -> None:
    """R2, R3: repeated as 0401, it is answered from the record and counted."""
    books.ask(purchase(1))
    first = books.one(reversal(1))

    assert [first, first] == books.ask(reversal(1, repeat=True), reversal(1, repeat=True))
    assert [(2,)] == books.rows("SELECT repeats FROM reversal")
    assert 0 == books.balance("clearing:")


def test_reversal_repeats_though_its_reason_changed(books: Books) -> None:
    """The reason may worsen between tries; it is not what identifies the reversal."""
    books.ask(purchase(1))

    assert ["00", "00"] == books.codes(reversal(1), reversal(1, reason="06", repeat=True))


def test_reversal_leaves_a_tombstone_when_original_never_came(books: Books) -> None:
    """Overtaking: 25, again 25, and the original stays out."""
    assert ["25", "25", "12", "25"] == books.codes(
        reversal(1), reversal(1, repeat=True), purchase(1), reversal(1, repeat=True)
    )
    assert [] == books.rows("SELECT * FROM posting")


def test_reversal_finds_nothing_to_do_when_original_was_declined(books: Books) -> None:
    assert ["05", "12"] == books.codes(purchase(1, 100_005), reversal(1, 100_005))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (reversal(1, 999), "64"),
        (reversal(1, pan=MASTERCARD), "64"),
        (reversal(1, original=OriginalReference("0200", "000001", "1119000000")), "25"),
    ],
)
def test_reversal_changes_nothing_when_it_does_not_fit(
    books: Books, wrong: object, code: str
) -> None:
    books.ask(purchase(1))

    assert code == books.one(wrong).code  # type: ignore[arg-type] # a Reversal, parametrized
    assert 1234 == books.balance("clearing:")
    assert [("reversal_differs",)] == books.rows("SELECT kind FROM alert")


def test_reversal_is_refused_as_duplicate_when_content_differs(books: Books) -> None:
    books.ask(purchase(1), reversal(1))

    assert ["94"] == books.codes(reversal(1, 999))


def test_reversal_goes_through_suspense_when_batch_has_closed(books: Books) -> None:
    """H10: closed totals stay, the merchant keeps its money, the cardholder is made whole."""
    books.ask(purchase(1), settlement(1, 1234))

    assert ["00"] == books.codes(reversal(1))
    assert (0, 0, 1234, -1234) == (
        books.balance("cardholder:"),
        books.balance("clearing:"),
        books.balance("merchant:"),
        books.balance("suspense:"),
    )
    assert [(1, 1234)] == books.rows("SELECT debit_count, debit_minor FROM batch")
    assert [("adjusted",)] == books.rows("SELECT effect FROM reversal")


def test_reversal_goes_through_suspense_when_batch_is_frozen(books: Books) -> None:
    """H10: the figures that the terminal was answered never change before the batch closes."""
    books.ask(purchase(1), settlement(0, 0), reversal(1), item(1), end(1))

    assert (0, 1234) == (books.balance("clearing:"), books.balance("merchant:"))


def test_limit_is_free_again_when_payment_is_reversed(books: Books) -> None:
    limited = "4012888888881881"

    assert ["00", "51", "00", "00"] == books.codes(
        purchase(1, 40_000, pan=limited),
        purchase(2, 20_000, pan=limited),
        reversal(1, 40_000, pan=limited),
        purchase(3, 50_000, pan=limited),
    )
    assert ["51"] == books.codes(purchase(4, 1, pan=limited))


def test_reversal_names_its_original_by_f90(books: Books) -> None:
    books.ask(purchase(7))
    asked = reversal(8, original=OriginalReference("0200", "000007", STAMP.transmission))

    assert ["00"] == books.codes(asked)
    assert [("000007", "reversed")] == books.rows("SELECT stan, status FROM payment")


def test_limit_is_free_again_when_the_reversal_names_no_card(books: Books) -> None:
    """A packed dialect leaves out the number of a swiped card, and has no F7 in its original."""
    limited = "4012888888881881"
    books.ask(purchase(1, 40_000, pan=limited))
    asked = reversal(1, 40_000, pan=None, original=OriginalReference("0200", "000001", ""))

    assert ["00"] == books.codes(asked)
    assert ["00"] == books.codes(purchase(2, 50_000, pan=limited))
