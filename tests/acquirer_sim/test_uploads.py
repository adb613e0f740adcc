from __future__ import annotations

import msgspec

from acquirer_sim.reconciliation import Cause, Finding, Report
from tests.acquirer_sim.asking import MASTERCARD, Books, end, item, purchase, reversal, settlement


def report_of(books: Books) -> Report:
    return msgspec.json.decode(books.rows("SELECT body FROM report")[0][0], type=Report)


def test_item_counts_once_when_it_comes_again(books: Books) -> None:
    """SC9: the host knows an item by batch and original."""
    books.ask(purchase(1), settlement(2, 2468))

    assert ["00", "94", "94"] == books.codes(item(1), item(1), item(1))
    assert [(3, 0)] == books.rows("SELECT times, conflicts FROM upload_item")


def test_item_is_refused_when_no_upload_is_awaited(books: Books) -> None:
    books.ask(purchase(1))

    assert ["12"] == books.codes(item(1))
    assert ["12"] == books.codes(end(0))


def test_batch_closes_on_the_host_s_books_when_upload_ends(books: Books) -> None:
    """The difference is reported, not corrected; the money moves once."""
    books.ask(purchase(1), purchase(2, 500), settlement(1, 1234), item(1))

    assert ["00", "94", "94"] == books.codes(end(1), end(1), item(1))
    assert (0, 1734) == (books.balance("clearing:"), books.balance("merchant:"))
    assert [("closed",)] == books.rows("SELECT state FROM batch")
    assert ["00"] == books.codes(purchase(1, batch="000002"))


def test_items_not_uploaded_before_are_refused_when_batch_has_closed(books: Books) -> None:
    books.ask(purchase(1), settlement(0, 0), end(0))

    assert ["12"] == books.codes(item(1))


def test_trailer_of_a_balanced_batch_is_welcome(books: Books) -> None:
    """F70 207: nothing to compare."""
    books.ask(purchase(1), settlement(1, 1234))

    assert ["00"] == books.codes(end(0, balanced=True))
    assert [] == books.rows("SELECT * FROM report")


def test_report_names_each_difference_when_sides_disagree(books: Books) -> None:
    """REQ 002-09: every injected mismatch is found, with its cause."""
    books.ask(
        *(purchase(stan) for stan in range(1, 8)),
        purchase(8, 100_005),
        reversal(3),
        reversal(9),
        settlement(7, 8000),
        reversal(7),
    )
    books.ask(
        item(1),
        item(2, 2000),
        item(3),
        item(4, pan=MASTERCARD),
        item(5),
        item(5, number=50),
        item(7),
        item(8, 100_005),
        item(9),
        item(10),
        end(9),
    )

    report = report_of(books)
    found = {row.stan: (row.finding, row.cause) for row in report.differences}
    assert {
        "000002": (Finding.AMOUNT_DIFFERS, Cause.AMOUNT_CHANGED),
        "000003": (Finding.REVERSED_ON_HOST, Cause.REVERSED_BEFORE),
        "000004": (Finding.CARD_DIFFERS, Cause.NUMBER_REUSED),
        "000005": (Finding.DUPLICATE, Cause.LISTED_TWICE),
        "000006": (Finding.ONLY_HOST, Cause.REPLY_LOST),
        "000007": (Finding.REVERSED_ON_HOST, Cause.REVERSED_AFTER),
        "000008": (Finding.ONLY_TERMINAL, Cause.DECLINED_HERE),
        "000009": (Finding.ONLY_TERMINAL, Cause.OVERTAKEN),
        "000010": (Finding.ONLY_TERMINAL, Cause.NEVER_ARRIVED),
    } == found
    assert (9, 9, 1) == (report.uploaded_count, report.announced_count, report.matched_count)
