from __future__ import annotations

import msgspec

from acquirer_sim.reconciliation import Report, render
from tests.acquirer_sim.asking import VISA, Books, end, item, purchase, settlement

EXPECTED = """\
RECONCILIATION  terminal T0000001  merchant M00000000000001
batch 000001  reported 2026-11-20T11:34:25+00:00

               sales            amount
terminal           2             21.00
host               2             17.34

uploaded 2 of 2 announced, 0 agree, 3 differences

000001  411111******1111  the amounts differ
    terminal 20.00, host 12.34
    likely: the two sides recorded different amounts for one payment

000002  411111******1111  only the host has it
    terminal -, host 5.00
    likely: the approval did not reach the terminal and its reversal did not reach the host

000009  411111******1111  only the terminal has it
    terminal 1.00, host -
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
