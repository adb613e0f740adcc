from __future__ import annotations

import msgspec
import pytest

from acquirer_sim.configuration import default_configuration
from acquirer_sim.orders import Order
from protocol.operations import ReconciliationResult, Totals
from tests.acquirer_sim.asking import (
    BATCH,
    Books,
    end,
    item,
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


def test_batch_closes_and_money_moves_when_totals_agree(books: Books) -> None:
    """H1: one commit freezes, answers, captures and opens the next batch."""
    books.ask(purchase(1, 1000), purchase(2, 234))

    reply = books.one(settlement(2, 1234))

    assert ("00", IN, Totals(debit_count=2, debit_amount=1234)) == (
        reply.code,
        reply.result,
        reply.totals,
    )
    assert (0, 1234) == (books.balance("clearing:"), books.balance("merchant:"))
    assert [("closed",)] == books.rows("SELECT state FROM batch")
    assert "000002" == books.one(sign_on()).batch


def test_reversed_payment_is_in_no_figure(books: Books) -> None:
    """REQ 002-09: neither counted nor listed as reversed, on either side."""
    books.ask(purchase(1, 1000), purchase(2, 234), reversal(2, 234))

    assert IN is books.one(settlement(1, 1000)).result


@pytest.mark.parametrize("repeat", [False, True])
def test_settlement_gets_the_same_answer_when_repeated(books: Books, *, repeat: bool) -> None:
    """H2, SC6: also long after the batch has closed and others were sold in the next."""
    books.ask(purchase(1, 1000))
    first = books.one(settlement(1, 1000))
    books.ask(purchase(1, 77, batch="000002"))

    again = books.one(settlement(1, 1000, repeat=repeat))

    assert first == again
    assert [(1,)] == books.rows("SELECT repeats FROM batch WHERE batch = ?", (BATCH,))
    assert [(1,)] == books.rows("SELECT count(*) FROM transfer WHERE kind = 'capture'")


def test_settlement_gets_the_same_answer_under_a_new_number(books: Books) -> None:
    """The attempt is known by batch and totals; a terminal may number its repeats anew."""
    books.ask(purchase(1, 1000), settlement(1, 1000))

    again = books.one(settlement(1, 1000, stan="000950", repeat=True))

    assert ("000950", IN) == (again.stan, again.result)


def test_settlement_is_an_error_when_repeated_with_other_totals(books: Books) -> None:
    """H3: code 3, an alert, nothing changes."""
    books.ask(purchase(1, 1000), settlement(1, 1000))

    reply = books.one(settlement(1, 999, repeat=True))

    assert (ERROR, "95", Totals(debit_count=1, debit_amount=1000)) == (
        reply.result,
        reply.code,
        reply.totals,
    )
    assert [("settlement_differs",)] == books.rows("SELECT kind FROM alert")
    assert [(0,)] == books.rows("SELECT repeats FROM batch")


def test_settlement_is_an_error_when_batch_is_unknown(books: Books) -> None:
    """H4: neither the open batch nor one with a stored answer."""
    books.ask(purchase(1, 1000))

    reply = books.one(settlement(0, 0, batch="000007"))

    assert (ERROR, "12") == (reply.result, reply.code)
    assert [("open",)] == books.rows("SELECT state FROM batch")


def test_batch_awaits_its_upload_when_totals_differ(books: Books) -> None:
    """The answer carries the host's own figures; no money moves yet."""
    books.ask(purchase(1, 1000))

    reply = books.one(settlement(2, 1500))

    assert (OUT, "95", Totals(debit_count=1, debit_amount=1000)) == (
        reply.result,
        reply.code,
        reply.totals,
    )
    assert (1000, 0) == (books.balance("clearing:"), books.balance("merchant:"))
    assert BATCH == books.one(sign_on()).batch


def test_out_of_balance_answer_is_the_same_when_repeated_after_the_upload(books: Books) -> None:
    books.ask(purchase(1, 1000))
    first = books.one(settlement(0, 0))
    books.ask(end(0))

    assert first == books.one(settlement(0, 0, repeat=True))


@pytest.mark.parametrize(
    ("choice", "result", "opened"), [("balance", IN, "000002"), ("refuse", ERROR, BATCH)]
)
def test_empty_batch_is_answered_by_choice(
    choice: str, result: ReconciliationResult, opened: str
) -> None:
    """H9."""
    books = Books(msgspec.structs.replace(default_configuration(), empty_batch=choice))

    assert result is books.one(settlement(0, 0)).result
    assert opened == books.one(sign_on()).batch
    books.ledger.close()


def test_purchase_before_settlement_counts_when_in_one_group(books: Books) -> None:
    """H7: requests of one terminal are decided in their order, also within a group."""
    bought, settled, late = books.ask(purchase(1, 5), settlement(1, 5), purchase(2, 5))

    assert ("00", "00", "77") == (bought.code, settled.code, late.code)


def test_verdict_is_forced_when_a_fault_says_so(books: Books) -> None:
    """H8: F66 = 2 though the totals agree; the upload then finds no difference."""
    books.ask(purchase(1, 1000))

    decisions = books.decide(settlement(1, 1000), orders={0: Order(verdict=OUT)})

    assert OUT is decisions[0].reply.result  # type: ignore[union-attr] # a SettlementReply
    assert ["00", "00"] == books.codes(item(1, 1000), end(1))
    assert 1000 == books.balance("merchant:")


def test_batch_number_wraps_after_the_last(books: Books) -> None:
    books.ask(purchase(1, 5, batch="999999"), settlement(1, 5, batch="999999"))

    assert "000001" == books.one(sign_on()).batch


def test_sign_on_opens_and_closes_nothing(books: Books) -> None:
    """H6: it tells the host's batch, and the one asked for when the host knows none."""
    assert "000042" == books.one(sign_on(batch="000042")).batch
    assert [] == books.rows("SELECT * FROM terminal")
