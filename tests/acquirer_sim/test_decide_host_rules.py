"""The host rules H1 to H10 of a settlement, one test named after each; variants are elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import ReconciliationResult, Totals
from tests.acquirer_sim.asking import (
    NOW,
    Books,
    end,
    item,
    of,
    payment,
    purchase,
    reversal,
    settlement,
    sign_on,
)

IN, OUT, ERROR = (
    ReconciliationResult.IN_BALANCE,
    ReconciliationResult.OUT_OF_BALANCE,
    ReconciliationResult.ERROR,
)
HELD = Totals(debit_count=1, debit_amount=1234)
BOOKS = "SELECT batch, state, code, result, asked, moved_entry, settled_at FROM batch"


def told(reply: Any) -> tuple[Any, ...]:
    return reply.result, reply.code, reply.totals


def test_h1_first_settlement_freezes_compares_stores_and_answers(books: Books) -> None:
    reply = books.ask(purchase(1), settlement(1, 1234))[-1]

    assert (IN, "00", HELD) == told(reply)
    assert [("closed", "00", "1")] == books.rows("SELECT state, code, result FROM batch")
    assert [("000002",)] == books.rows("SELECT open_batch FROM terminal")


def test_h2_repeat_gets_the_stored_reply_also_when_closed(books: Books) -> None:
    first = books.ask(purchase(1), settlement(1, 1234))[-1]
    before = books.rows(BOOKS)

    again = books.one(settlement(1, 1234, repeat=True))

    assert first == again
    assert before == books.rows(BOOKS)
    assert [(1,)] == books.rows("SELECT repeats FROM batch")


def test_h3_repeat_with_other_totals_is_an_error_and_an_alert(books: Books) -> None:
    books.ask(purchase(1), settlement(1, 1234))
    before = books.rows(BOOKS)

    assert (ERROR, "95", HELD) == told(books.one(settlement(2, 1234, repeat=True)))
    assert before == books.rows(BOOKS)
    assert [("settlement_differs",)] == books.rows("SELECT kind FROM alert")


@pytest.mark.parametrize("batch", ["000000", "000007", "999999"])
def test_h4_batch_that_nobody_knows_is_an_error(books: Books, batch: str) -> None:
    books.ask(purchase(1))

    assert (ERROR, "12", Totals()) == told(books.one(settlement(1, 1234, batch=batch)))


def test_h5_payment_outside_the_open_batch_gets_77(books: Books) -> None:
    """In another batch, in one that waits for its upload, and in one that has closed."""
    elsewhere = books.codes(purchase(1), purchase(2, batch="000002"))
    frozen = books.codes(settlement(0, 0), purchase(3))
    closed = books.codes(item(1), end(1), purchase(4), purchase(5, batch="000002"))

    assert (["00", "77"], ["95", "77"]) == (elsewhere, frozen)
    assert ["00", "00", "77", "00"] == closed


def test_h6_sign_on_tells_the_open_batch_and_changes_nothing(books: Books) -> None:
    books.ask(purchase(1), settlement(1, 1234), purchase(2, batch="000002"))
    before = books.dump()

    assert "000002" == books.one(sign_on(batch="000001")).batch
    assert before == books.dump()


def test_h7_settlement_in_one_group_with_a_payment_waits_for_it(books: Books) -> None:
    assert ["00", "00", "77"] == books.codes(purchase(1), settlement(1, 1234), purchase(2))
    assert (1, 1234, 0, 0) == books.figures()


def test_h8_cut_over_closes_no_batch(books: Books) -> None:
    """More of it in test_policy_cutover.py: the pause, and a host that closes by force."""
    books.ask(purchase(1))
    (late,) = books.decide(purchase(2), now=NOW + timedelta(days=1))

    assert late.reply is not None
    assert "00" == late.reply.code
    assert (2, 2468, 0, 0) == books.figures()


@pytest.mark.parametrize(("choice", "answer"), [("balance", "00"), ("refuse", "12")])
def test_h9_empty_batch_is_answered_by_choice(books: Books, choice: str, answer: str) -> None:
    books.believe(empty_batch=choice)

    assert answer == books.one(settlement(0, 0)).code
    assert ("000002" if answer == "00" else "000001") == books.one(sign_on()).batch


def test_h10_late_void_is_refused_and_late_reversal_an_adjustment(books: Books) -> None:
    books.ask(purchase(1), settlement(1, 1234))
    void = payment(PaymentKind.VOID, 2, original=of(1))
    before = books.rows(BOOKS)

    assert ["77", "00"] == books.codes(void, reversal(1))
    assert before == books.rows(BOOKS)
    assert (1234, -1234) == (books.balance("merchant:"), books.balance("suspense:"))
    assert [("adjusted",)] == books.rows("SELECT effect FROM reversal")


LEGACY = [("error", (ERROR, "94", Totals())), ("zero", (OUT, "95", Totals()))]


@pytest.mark.parametrize(("mode", "answer"), LEGACY)
def test_legacy_host_no_longer_knows_what_it_closed(
    books: Books, mode: str, answer: tuple[Any, ...]
) -> None:
    """A repeat finds neither its answer nor its batch, and money has moved once all the same."""
    books.believe(legacy=mode)
    first = books.ask(purchase(1), settlement(1, 1234))[-1]
    before = books.rows(BOOKS)

    assert (IN, "00", HELD) == told(first)
    assert answer == told(books.one(settlement(1, 1234, repeat=True)))
    assert ["12", "12"] == books.codes(item(1), end(1))
    assert before == books.rows(BOOKS)
    assert [] == books.problems()


def test_legacy_host_does_not_recognise_what_is_asked_again(books: Books) -> None:
    books.believe(legacy="error")

    assert ["00", "94", "00", "25"] == books.codes(
        purchase(1), purchase(1), reversal(1), reversal(1)
    )
    assert [] == books.problems()


def test_legacy_host_still_awaits_the_upload_it_asked_for(books: Books) -> None:
    books.believe(legacy="error")
    books.ask(purchase(1), settlement(0, 0))

    assert ["95", "00", "94", "00", "12"] == books.codes(
        settlement(0, 0, repeat=True), item(1), item(1), end(1), end(1)
    )
