"""What a batch holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.totals import COUNTED, Item, hash_items, total, upload_rank

ITEMS = st.lists(
    st.builds(
        Item,
        stan=st.integers(1, 999_999).map("{:06d}".format),
        kind=st.just("sale"),
        amount_minor=st.integers(0, 10_000_000),
        rrn=st.just("1" * 12),
    ),
    max_size=20,
    unique_by=lambda item: item.stan,
)


def test_total_puts_each_kind_on_its_side() -> None:
    """A voided sale and its void count both; so do completion and refund."""
    kinds = {"sale": 100, "void": 100, "completion": 70, "refund": 30, "adjustment": 5}

    found = total(
        Item(stan=f"{number:06d}", kind=kind, amount_minor=minor, rrn="")
        for number, (kind, minor) in enumerate(kinds.items(), 1)
    )

    assert (found.debit_count, found.debit_amount) == (3, 175)
    assert (found.credit_count, found.credit_amount) == (2, 130)


def test_upload_has_a_place_for_every_kind_that_counts() -> None:
    """Messages page, section 5: offline, online detail, refunds, completion advices."""
    ranks = {kind.value: upload_rank(kind) for kind in COUNTED}

    assert ranks == {
        "offline_sale": 0,
        "adjustment": 0,
        "sale": 1,
        "void": 1,
        "completion": 1,
        "completion_void": 1,
        "refund": 2,
        "completion_advice": 3,
    }


@given(ITEMS)
def test_total_counts_sales_as_debits(items: list[Item]) -> None:
    found = total(items)

    assert (found.debit_count, found.net) == (len(items), sum(i.amount_minor for i in items))


@given(ITEMS, st.randoms())
def test_hash_does_not_depend_on_order(items: list[Item], random: st.DataObject) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined] — hypothesis gives a random.Random

    assert hash_items(items) == hash_items(shuffled)


def test_hash_tells_amounts_apart() -> None:
    one, other = (Item(stan="000001", kind="sale", amount_minor=n, rrn="") for n in (1, 2))

    assert hash_items([one]) != hash_items([other])


def test_total_refuses_what_three_digits_cannot_count() -> None:
    """F48 and F76: overflow refuses, never wraps."""
    item = Item(stan="000001", kind="sale", amount_minor=1, rrn="")

    with pytest.raises(AssertionError):
        total([item] * 1000)
