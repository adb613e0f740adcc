from __future__ import annotations

from typing import Any

import pytest

from terminal.documents import Balance
from terminal.errors import TerminalError
from terminal.orders import APPLIES, Order, What, check, tag_problem


def test_every_paper_says_which_filters_apply() -> None:
    assert set(What) == set(APPLIES)
    assert set().union(*APPLIES.values()) == set(Order.__struct_fields__) - {"what"}


@pytest.mark.parametrize(
    ("what", "filters"),
    [
        (What.LAST, {"stan": "000001"}),
        (What.ANY, {"result": Balance.BALANCED}),
        (What.SETTLEMENT, {"rrn": "600210000345"}),
        (What.REPORT, {"batch": "000001"}),
    ],
)
def test_filter_that_says_nothing_is_refused(what: What, filters: dict[str, Any]) -> None:
    """REQ 000-08: never passed over in silence."""
    with pytest.raises(TerminalError, match=r"L53.*" + next(iter(filters))):
        check(Order(what=what, **filters))


def test_filter_that_applies_reaches_the_search() -> None:
    order = Order(what=What.ANY, stan="000345", tag="coffee")
    check(order)

    assert ("000345", "coffee", "ab") == (
        order.receipts("ab").stan,
        order.receipts("ab").tag,
        order.receipts("ab").card_lookup,
    )


@pytest.mark.parametrize(
    ("tag", "problem"),
    [("", ""), ("茶 tea 2", ""), ("x" * 25, "24 printable"), ("4111111111111111", "6 digits")],
)
def test_tag_is_a_word_and_never_a_card(tag: str, problem: str) -> None:
    """I7: whatever somebody types there stands in the archive for 400 days."""
    said = tag_problem(tag)

    assert (problem in said, bool(problem)) == (True, bool(said))
