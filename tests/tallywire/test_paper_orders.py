from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from protocol.kinds import PaymentKind
from tallywire.paper_orders import Asked, BadOrder, order_of
from terminal.documents import CopyKind
from terminal.errors import TerminalError
from terminal.orders import Order, What, check
from terminal.views import Period


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({}, {"what": What.LAST}),
        ({"what": "last", "copy": "cardholder"}, {"what": What.LAST, "copy": CopyKind.CARDHOLDER}),
        ({"what": "any", "number": "12"}, {"what": What.ANY, "stan": "000012"}),
        (
            {"what": "any", "amount": "12.50", "kind": "refund"},
            {"what": What.ANY, "amount_minor": 1250, "payment": PaymentKind.REFUND},
        ),
        ({"what": "settlement", "number": "1"}, {"what": What.SETTLEMENT, "batch": "000001"}),
        (
            {"what": "settlement", "since": "2026-01-02", "until": "2026/01/02"},
            {
                "what": What.SETTLEMENT,
                "since": "2026/01/02 00:00:00",
                "before": "2026/01/03 00:00:00",
            },
        ),
        (
            {"what": "any", "until": "2026-01-02 10:15:09"},
            {"what": What.ANY, "before": "2026/01/02 10:15:10"},
        ),
        (
            {"what": "report", "number": "week", "on": "2026-01-02"},
            {"what": What.REPORT, "period": Period.WEEK, "day": date(2026, 1, 2)},
        ),
    ],
)
def test_words_become_an_order(asked: dict[str, Any], order: dict[str, Any]) -> None:
    """REQ 001-02, 000-02: a day is meant to its end."""
    assert Order(**order) == order_of(Asked(**asked), "156")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"what": "dance"}, "settlement"),
        ({"what": "any"}, "voucher"),
        ({"what": "any", "number": "12a"}, "six digits"),
        ({"what": "last", "number": "12"}, "no number"),
        ({"what": "report", "number": "year"}, "month"),
        ({"what": "any", "amount": "twelve"}, "twelve"),
        ({"what": "any", "card": "4111"}, "12 to 19"),
        ({"what": "any", "kind": "gift"}, "refund"),
        ({"what": "any", "since": "yesterday"}, "2026-01-02"),
    ],
)
def test_words_that_cannot_be_read_are_told(asked: dict[str, Any], word: str) -> None:
    with pytest.raises(BadOrder, match=word):
        order_of(Asked(**asked), "156")


def test_card_number_is_in_no_message() -> None:
    """I7."""
    with pytest.raises(BadOrder) as caught:
        order_of(Asked(what="any", card="4111111111111x11"), "156")

    assert "4111" not in str(caught.value)


def test_filter_beside_the_wrong_paper_is_left_to_the_clerk() -> None:
    with pytest.raises(TerminalError, match="L53"):
        check(order_of(Asked(what="list", rrn="600210000345"), "156"))
