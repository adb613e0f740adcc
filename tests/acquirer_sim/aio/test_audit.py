from __future__ import annotations

import pytest

from acquirer_sim.aio.audit import audit
from acquirer_sim.aio.queries import reading_over
from tests.acquirer_sim.asking import (
    OTHER,
    Books,
    end,
    item,
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
    return books


def problems(books: Books) -> list[str]:
    with reading_over(books.ledger.connection) as connection:
        return audit(connection)


def test_audit_finds_nothing_when_books_are_right(busy: Books) -> None:
    assert [] == problems(busy)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("INSERT INTO transfer VALUES (99, 500, 'x', 'a', 'a', 1, '156', '')", "two accounts"),
        ("UPDATE payment SET minor = 78 WHERE stan = '000005'", "posted exactly"),
        ("UPDATE payment SET status = 'approved' WHERE stan = '000003'", "posted exactly"),
        ("UPDATE batch SET debit_count = 2 WHERE batch = '000002'", "equal its payments"),
        ("UPDATE batch SET moved_entry = 1 WHERE batch = '000002'", "as its state says"),
        ("UPDATE batch SET state = 'open' WHERE state = 'closed'", "as its state says"),
        ("UPDATE batch SET asked = NULL WHERE state = 'closed'", "without a stored answer"),
    ],
)
def test_audit_speaks_when_a_rule_is_broken(busy: Books, damage: str, words: str) -> None:
    busy.rows(damage)

    assert any(words in problem for problem in problems(busy))
