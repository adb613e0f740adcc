from __future__ import annotations

import msgspec

from acquirer_sim.reconciliation import Finding, Report
from acquirer_sim.reconciliation_words import render
from protocol.kinds import PaymentKind
from tests.acquirer_sim.asking import VISA, Books, end, item, of, payment, purchase, settlement

EXPECTED = """\
RECONCILIATION  terminal T0000001  merchant M00000000000001
batch 000001  reported 2026-11-20T11:34:25+00:00

             debits          amount  credits          amount
terminal          2           21.00        0            0.00
host              2           17.34        0            0.00

uploaded 2 of 2 announced, 0 agree, 3 differences

000001  411111******1111  the amounts differ
    terminal sale 20.00, host sale 12.34
    likely: the two sides recorded different amounts for one payment

000002  411111******1111  only the host has it
    terminal -, host sale 5.00
    likely: the approval did not reach the terminal and its reversal did not reach the host

000009  411111******1111  only the terminal has it
    terminal sale 1.00, host -
    likely: the host has no trace of it: another batch, another host, or taken offline
"""


def stored_report(books: Books) -> tuple[str, Report]:
    body = books.rows("SELECT body FROM report")[0][0]
    return body, msgspec.json.decode(body, type=Report)


def test_report_reads_well(books: Books) -> None:
    books.ask(purchase(1), purchase(2, 500), settlement(2, 2100))
    books.ask(item(1, 2000), item(9, 100), end(2))
    body, report = stored_report(books)

    assert EXPECTED == render(report)
    assert report.explained
    assert VISA not in body


def test_report_says_so_when_differences_do_not_explain_the_totals(books: Books) -> None:
    """The terminal's totals said one thing and its list another."""
    books.ask(purchase(1), settlement(1, 9999), item(1), end(1))
    _, report = stored_report(books)

    assert not report.explained
    assert "do not add up" in render(report)


def test_report_weighs_kinds_by_their_side(books: Books) -> None:
    """A refund takes from the net; a hold is in no totals, so nobody misses it."""
    refund, hold = PaymentKind.REFUND, PaymentKind.PREAUTHORISATION
    books.ask(
        purchase(1, 1000),
        payment(refund, 2, 300, original=of(1)),
        payment(refund, 3, 100, original=of(1)),
        payment(hold, 4, 50),
        settlement(2, 1400),
        item(1, 1000),
        item(2, 400, kind=refund),
        item(3, 100),
        end(3),
    )
    _, report = stored_report(books)

    assert [
        (Finding.AMOUNT_DIFFERS, "000002", refund, refund),
        (Finding.KIND_DIFFERS, "000003", PaymentKind.SALE, refund),
    ] == [(row.finding, row.stan, row.terminal_kind, row.host_kind) for row in report.differences]
    assert 1 == report.matched_count
    assert "terminal sale 1.00, host refund 1.00" in render(report)


def test_differences_of_credits_explain_the_totals(books: Books) -> None:
    """The terminal lost a refund's answer and kept it out of its totals."""
    void = payment(PaymentKind.VOID, 2, 1234, original=of(1))
    books.ask(purchase(1), void, settlement(1, 1234), item(1), end(1))
    _, report = stored_report(books)

    assert [Finding.ONLY_HOST] == [row.finding for row in report.differences]
    assert report.explained
