from __future__ import annotations

import pytest

from acquirer_sim.configuration import MerchantSettings, TerminalSettings
from acquirer_sim.rows import Capture
from protocol.kinds import PaymentKind
from protocol.operations import ReconciliationResult, Totals
from tests.acquirer_sim.asking import (
    BATCH,
    MASTERCARD,
    ORIGIN,
    OTHER,
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

OUT = ReconciliationResult.OUT_OF_BALANCE
VOID, REFUND = PaymentKind.VOID, PaymentKind.REFUND


@pytest.fixture
def captured(books: Books) -> Books:
    """Books of a host whose terminals capture."""
    books.believe(capture=Capture.TERMINAL)
    return books


def money(books: Books) -> tuple[int, ...]:
    accounts = ("cardholder:", "authorised:", "clearing:", "merchant:")
    return tuple(map(books.balance, accounts))


def test_approval_only_sets_aside_when_the_terminal_captures(captured: Books) -> None:
    captured.ask(purchase(1, 1000), payment(VOID, 2, 1000, original=of(1)), purchase(3, 50))

    assert (-50, 50, 0, 0) == money(captured)
    assert (0, 0, 0, 0) == captured.figures()
    assert [] == captured.problems()


def test_upload_is_what_the_merchant_is_paid_for(captured: Books) -> None:
    """The settlement finds nothing here to compare with, so everything goes up."""
    captured.ask(purchase(1, 1000), purchase(2, 234), purchase(3, 50))
    asked = captured.one(settlement(2, 1234))
    captured.ask(item(1, 1000), item(2, 234))
    waiting = captured.problems()
    captured.ask(end(2))

    assert (OUT, Totals()) == (asked.result, asked.totals)
    assert (-1234, 0, 0, 1234) == money(captured)
    assert (2, 1234, 0, 0) == captured.figures()
    assert [("000003", "expired")] == captured.rows(
        "SELECT stan, status FROM payment WHERE status <> 'approved'"
    )
    assert [] == waiting == captured.problems()
    assert "000002" == captured.one(sign_on()).batch


def test_item_of_another_card_or_kind_is_not_paid_for(captured: Books) -> None:
    captured.ask(purchase(1, 1000), purchase(2, 234), settlement(2, 1234))
    captured.ask(item(1, 1000, pan=MASTERCARD), item(2, 234, kind=REFUND), end(2))

    assert (0, 0, 0, 0) == money(captured)
    assert [] == captured.problems()


def test_payment_is_captured_for_what_was_approved_when_the_list_says_more(captured: Books) -> None:
    captured.ask(purchase(1, 1000), settlement(1, 2000), item(1, 2000), end(1))

    assert 1000 == captured.balance("merchant:")
    assert [] == captured.problems()


@pytest.mark.parametrize(
    ("listed", "paid"), [((1, 2), 0), ((1,), 500), ((2,), 0), ((), 0)], ids=str
)
def test_sale_and_void_go_together(captured: Books, listed: tuple[int, ...], paid: int) -> None:
    """A void nobody listed never was: its sale stands, if that is listed. A void takes its sale."""
    captured.ask(purchase(1, 500), payment(VOID, 2, 500, original=of(1)), settlement(0, 1))
    kinds = {1: PaymentKind.SALE, 2: VOID}
    captured.ask(*(item(stan, 500, kind=kinds[stan]) for stan in listed), end(len(listed)))

    assert (-paid, 0, 0, paid) == money(captured)
    assert [] == captured.problems()


def test_reversal_is_in_time_until_the_upload_ends(captured: Books) -> None:
    captured.ask(purchase(1, 500), settlement(1, 500))
    in_time = captured.codes(reversal(1, 500))
    captured.ask(item(1, 500), end(1))

    assert ["00"] == in_time
    assert (0, 0, 0, 0) == money(captured)
    assert [] == captured.problems()


def test_reversal_after_the_upload_goes_through_suspense(captured: Books) -> None:
    """H10: the merchant has been paid, the cardholder is made whole."""
    captured.ask(purchase(1, 500), settlement(1, 500), item(1, 500), end(1), reversal(1, 500))

    assert (0, 0, 0, 500) == money(captured)
    assert -500 == captured.balance("suspense:")
    assert [] == captured.problems()


def test_refund_of_an_earlier_batch_is_let_go_when_nobody_lists_it(captured: Books) -> None:
    captured.ask(purchase(1, 500), settlement(1, 500), item(1, 500), end(1))
    refund = payment(REFUND, 2, 200, original=of(1, batch=BATCH), batch="000002")
    captured.ask(refund, settlement(0, 1, batch="000002"), end(0, batch="000002"))

    assert (-500, 0, 0, 500) == money(captured)
    assert [(0,)] == captured.rows("SELECT refunded_minor FROM payment WHERE stan = '000001'")
    assert [] == captured.problems()


def test_mode_is_the_terminals_or_its_merchants_or_everybodys(books: Books) -> None:
    merchant = MerchantSettings(id=ORIGIN.merchant_id, capture=Capture.TERMINAL)
    own = TerminalSettings(id=OTHER.terminal_id, capture=Capture.HOST)
    books.believe(merchant=(merchant,), terminal=(own,))
    books.ask(purchase(1, 5), purchase(1, 7, origin=OTHER))

    assert (5, 7) == (books.balance("authorised:"), books.balance("clearing:"))


def test_mode_stays_when_the_configuration_changes(captured: Books) -> None:
    captured.ask(purchase(1, 5))
    captured.believe(capture=Capture.HOST)
    captured.ask(purchase(2, 7), settlement(2, 12), item(1, 5), item(2, 7), end(2))

    assert (-12, 0, 0, 12) == money(captured)
    assert [] == captured.problems()


def test_empty_batch_is_in_balance(captured: Books) -> None:
    assert "00" == captured.one(settlement(0, 0)).code
