"""The payment inquiry: the books tell a terminal what it has lost, and stay as they are."""

from __future__ import annotations

import pytest

from protocol.inquiries import PaymentInquiry, PaymentPage, PaymentState
from protocol.kinds import PaymentKind
from tests.acquirer_sim.asking import (
    BATCH,
    ORIGIN,
    OTHER,
    STAMP,
    VISA,
    Books,
    of,
    payment,
    purchase,
    reversal,
    settlement,
)


def inquiry(batch: str = BATCH, **wanted: str) -> PaymentInquiry:
    return PaymentInquiry(origin=ORIGIN, stan="000950", stamp=STAMP, batch=batch, **wanted)


def asked(books: Books, request: PaymentInquiry) -> PaymentPage:
    reply = books.one(request)
    assert isinstance(reply, PaymentPage)
    assert (request.stan, request.origin) == (reply.stan, reply.origin)
    return reply


def test_batch_nobody_has_heard_of_gets_25(books: Books) -> None:
    assert ("25", 0, ()) == _short(asked(books, inquiry()))
    assert [] == books.rows("SELECT batch FROM batch")


def test_open_batch_in_which_nothing_has_happened_is_empty(books: Books) -> None:
    books.ask(purchase(1, 1000), settlement(1, 1000))

    assert ("00", 0, ()) == _short(asked(books, inquiry("000002")))
    assert ("25", 0, ()) == _short(asked(books, inquiry("000003")))


def test_batch_is_told_page_by_page_in_its_order(books: Books) -> None:
    """Six payments are two pages; a page begins after an RRN, so a new one does not shift it."""
    books.ask(*(purchase(stan, 1000 + stan) for stan in (1, 2, 5, 3, 4)))

    first = asked(books, inquiry())
    books.ask(purchase(6, 1006))
    second = asked(books, inquiry(after=first.following))

    assert ["000001", "000002", "000005", "000003"] == [one.stan for one in first.payments]
    assert (5, "000005") == (first.count, first.last_stan)
    assert first.payments[-1].rrn == first.following
    assert ["000004", "000006"] == [one.stan for one in second.payments]
    assert (6, "", "000006") == (second.count, second.following, second.last_stan)


def test_payment_is_told_whole_and_its_card_masked(books: Books) -> None:
    (paid,) = books.ask(purchase(7, 1234))

    (known,) = asked(books, inquiry(rrn=paid.rrn, batch="")).payments

    assert (BATCH, "000007", PaymentKind.SALE) == (known.batch, known.stan, known.kind)
    assert (1234, "156") == (known.amount.minor, known.amount.currency)
    assert (paid.authorisation, paid.rrn, "00") == (known.authorisation, known.rrn, known.code)
    assert ("20261120113425", "411111******1111") == (known.at, known.card)
    assert known.stands
    assert VISA not in repr(known)


@pytest.mark.parametrize("wanted", [{"voucher": "000002"}, {"authorisation": "000002"}])
def test_one_payment_is_told_by_its_keys(books: Books, wanted: dict[str, str]) -> None:
    books.ask(purchase(1, 1000), purchase(2, 2000))

    (known,) = asked(books, inquiry(**wanted)).payments

    assert "000002" == known.stan


@pytest.mark.parametrize(
    "wanted",
    [{"voucher": "000009"}, {"authorisation": "999999"}, {"rrn": "000000000009"}, {"rrn": "NONE"}],
)
def test_payment_that_is_not_there_gets_25(books: Books, wanted: dict[str, str]) -> None:
    books.ask(purchase(1, 1000))

    assert ("25", 0, ()) == _short(asked(books, inquiry(**wanted)))


def test_terminal_is_told_of_its_own_payments_only(books: Books) -> None:
    (paid,) = books.ask(purchase(1, 1000))

    by_rrn = PaymentInquiry(origin=OTHER, stan="000001", stamp=STAMP, rrn=paid.rrn)
    by_batch = PaymentInquiry(origin=OTHER, stan="000002", stamp=STAMP, batch=BATCH)

    assert ["25", "25"] == books.codes(by_rrn, by_batch)


def test_what_does_not_stand_says_so(books: Books) -> None:
    """A tombstone is no payment; what came after it was declined."""
    books.ask(purchase(1, 1000), purchase(2, 2000), reversal(2, 2000), reversal(3, 3000))
    books.ask(reversal(4, 4000), purchase(4, 4000))

    page = asked(books, inquiry())

    assert [
        ("000001", PaymentState.APPROVED),
        ("000002", PaymentState.REVERSED),
        ("000004", PaymentState.DECLINED),
    ] == [(one.stan, one.state) for one in page.payments]
    assert "000004" == page.last_stan


def test_void_names_its_original(books: Books) -> None:
    books.ask(purchase(1, 1000), payment(PaymentKind.VOID, 2, 1000, original=of(1)))

    sale, void = asked(books, inquiry()).payments

    assert ("", "") == (sale.original_batch, sale.original_stan)
    assert (BATCH, "000001") == (void.original_batch, void.original_stan)
    by_rrn = asked(books, inquiry(rrn=void.rrn)).payments
    assert (void,) == by_rrn


def test_asking_changes_nothing(books: Books) -> None:
    books.ask(purchase(1, 1000), settlement(1, 1000))
    before = books.dump()

    for wanted in (inquiry(), inquiry("000002"), inquiry(voucher="000001")):
        asked(books, wanted)

    assert before == books.dump()
    assert [] == books.problems()


def _short(page: PaymentPage) -> tuple[str, int, tuple[object, ...]]:
    return page.code, page.count, page.payments
