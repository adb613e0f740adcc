"""The settlement status inquiry: the books tell, and stay as they are."""

from __future__ import annotations

import pytest

from protocol.operations import (
    ReconciliationResult,
    SettlementInquiry,
    SettlementState,
    SettlementStatus,
)
from tests.acquirer_sim.asking import BATCH, ORIGIN, STAMP, Books, purchase, settlement


def inquiry(batch: str = BATCH) -> SettlementInquiry:
    return SettlementInquiry(origin=ORIGIN, stan="000950", stamp=STAMP, batch=batch)


def asked(books: Books, batch: str = BATCH) -> tuple[SettlementState, ReconciliationResult | None]:
    reply = books.one(inquiry(batch))
    assert isinstance(reply, SettlementStatus)
    assert ("00", batch) == (reply.code, reply.batch)
    return reply.state, reply.result


def test_batch_nobody_has_heard_of_is_unknown(books: Books) -> None:
    assert (SettlementState.UNKNOWN, None) == asked(books)
    assert [] == books.rows("SELECT batch FROM batch")


def test_batch_with_payments_is_open(books: Books) -> None:
    books.ask(purchase(1, 1000))

    assert (SettlementState.OPEN, None) == asked(books)


def test_batch_in_balance_is_closed_and_the_next_one_open(books: Books) -> None:
    books.ask(purchase(1, 1000), settlement(1, 1000))

    assert (SettlementState.CLOSED, ReconciliationResult.IN_BALANCE) == asked(books)
    assert (SettlementState.OPEN, None) == asked(books, "000002")


def test_batch_out_of_balance_awaits_its_upload(books: Books) -> None:
    books.ask(purchase(1, 1000), settlement(2, 2000))

    assert (SettlementState.AWAITING_UPLOAD, ReconciliationResult.OUT_OF_BALANCE) == asked(books)


@pytest.mark.parametrize("count", [1, 2])
def test_asking_changes_nothing(books: Books, count: int) -> None:
    """However often it asks, no row differs and the repeat gets the stored answer."""
    books.ask(purchase(1, 1000))
    first = books.one(settlement(count, count * 1000))
    before = books.rows("SELECT * FROM batch"), books.rows("SELECT * FROM terminal")

    for _ in range(3):
        asked(books)

    assert before == (books.rows("SELECT * FROM batch"), books.rows("SELECT * FROM terminal"))
    assert first == books.one(settlement(count, count * 1000, repeat=True))
