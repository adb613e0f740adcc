from __future__ import annotations

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import Totals
from tests.acquirer_sim.asking import (
    OTHER,
    Books,
    end,
    item,
    of,
    payment,
    purchase,
    reversal,
    settlement,
)


@pytest.fixture
def busy(books: Books) -> Books:
    """Books after a day with everything: declined, reversed, overtaken, adjusted, uploaded."""
    books.ask(
        purchase(1, 1000),
        purchase(2, 500),
        reversal(2, 500),
        purchase(3, 100_051),
        reversal(4),
        settlement(1, 1000),
        reversal(1, 1000),
        purchase(5, 77, batch="000002"),
        purchase(1, origin=OTHER),
        settlement(0, 0, origin=OTHER),
        item(8, origin=OTHER),
        end(1, origin=OTHER),
    )
    void = payment(PaymentKind.VOID, 7, 300, original=of(6, batch="000002"), batch="000002")
    books.ask(
        purchase(6, 300, batch="000002"),
        void,
        purchase(8, 900, batch="000002"),
        payment(PaymentKind.REFUND, 9, 400, original=of(8, batch="000002"), batch="000002"),
        payment(PaymentKind.PREAUTHORISATION, 10, 800, batch="000002"),
        payment(PaymentKind.PREAUTHORISATION, 11, 600, batch="000002"),
        payment(PaymentKind.COMPLETION, 12, 5, original=of(11, batch="000002"), batch="000002"),
    )
    return books


def test_audit_finds_nothing_when_books_are_right(busy: Books) -> None:
    assert [] == busy.problems()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("INSERT INTO transfer VALUES (99, 500, 'x', 'a', 'a', 1, '156', '')", "two accounts"),
        ("UPDATE payment SET minor = 78 WHERE stan = '000005'", "posted exactly"),
        ("UPDATE payment SET status = 'approved' WHERE stan = '000003'", "posted exactly"),
        ("UPDATE batch_record SET debit_count = 2 WHERE state = 'closed'", "equal its payments"),
        ("UPDATE batch_record SET moved_entry = 1 WHERE batch = '000002'", "as its state says"),
        ("UPDATE batch_record SET state = 'open' WHERE state = 'closed'", "as its state says"),
        ("UPDATE batch_record SET credit_count = 1 WHERE state = 'closed'", "equal its payments"),
        ("UPDATE payment SET kind = 'sale' WHERE stan = '000007'", "posted exactly"),
        ("UPDATE payment SET kind = 'sale' WHERE stan = '000007'", "the clearing account"),
        ("UPDATE payment SET kind = 'void' WHERE batch = '000001'", "equal its payments"),
        ("UPDATE payment SET ended_entry = 0 WHERE stan = '000006'", "its end do not agree"),
        ("UPDATE payment SET ended_entry = 1 WHERE stan = '000008'", "its end do not agree"),
        ("UPDATE payment SET ended_entry = 1 WHERE stan = '000010'", "not what it holds"),
        ("UPDATE payment SET refunded_minor = 9 WHERE stan = '000008'", "refunds of payment"),
        ("UPDATE payment SET minor = 399 WHERE stan = '000008'", "refunds of payment"),
        ("UPDATE payment SET adjusted_minor = 1 WHERE stan = '000008'", "refunds of payment"),
        (
            "INSERT INTO transfer VALUES (99, 500, 'x', 'cardholder:a',"
            " 'clearing:M00000000000001:T0000001:000002', 1, '156', '')",
            "the clearing account",
        ),
        (
            "INSERT INTO transfer VALUES (99, 500, 'x', 'cardholder:a',"
            " 'authorised:M00000000000001:T0000001:000002', 1, '156', '')",
            "not where it waits",
        ),
        (
            "INSERT INTO transfer VALUES (99, 500, 'fee', 'merchant:M', 'fees:M', 1, '156', '')",
            "goes with no capture",
        ),
        (
            "INSERT INTO transfer SELECT 1000 + id, entry, 'fee', 'merchant:M', 'fees:M', 1, '156',"
            " '' FROM transfer WHERE kind = 'capture' AND minor > 0",
            "goes with no capture",
        ),
        ("UPDATE reversal SET effect = 'nothing' WHERE stan = '000002'", "what it says"),
        ("UPDATE reversal SET effect = 'reversed' WHERE stan = '000004'", "what it says"),
        ("UPDATE payment SET status = 'declined' WHERE stan = '000004'", "what it says"),
        ("UPDATE reversal SET effect = 'nothing' WHERE stan = '000004'", "undone by nobody"),
        ("UPDATE payment SET status = 'reversed' WHERE stan = '000005'", "undone by nobody"),
        ("UPDATE batch_record SET result = '2' WHERE result = '1'", "its report do not go"),
        ("UPDATE batch_record SET result = '1' WHERE result = '2'", "its report do not go"),
        ("UPDATE terminal SET open_batch = '000001'", "is not where terminal"),
        ("UPDATE terminal SET open_batch = '000009'", "is not where terminal"),
        ("DELETE FROM terminal", "is not where terminal"),
        ("UPDATE batch_record SET asked = NULL WHERE state = 'closed'", "without a stored answer"),
    ],
)
def test_audit_speaks_when_a_rule_is_broken(busy: Books, damage: str, words: str) -> None:
    busy.rows(damage)

    assert any(words in problem for problem in busy.problems())


def test_audit_follows_a_capture_that_takes_money_back(books: Books) -> None:
    """More credits than debits: the merchant pays."""
    totals = Totals(credit_count=1, credit_amount=1234)
    refund = payment(PaymentKind.REFUND, 2, original=of(1), batch="000002")
    books.ask(purchase(1), settlement(1, 1234), refund)
    books.ask(settlement(0, 0, batch="000002", totals=totals))

    assert 0 == books.balance("merchant:")
    assert [] == books.problems()
