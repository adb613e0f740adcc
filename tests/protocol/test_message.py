"""A message as a person may see it."""

from __future__ import annotations

import pytest

from protocol.message import HIDDEN, Message, mask_field

PAN = "6200000000000005"


def test_repr_shows_numbers_and_no_values() -> None:
    message = Message("0200", {4: "000000001850", 2: PAN})

    assert "<Message 0200 fields 2,4>" == repr(message)


def test_describe_masks_what_nobody_may_see() -> None:
    """REQ 000-11."""
    message = Message("0200", {2: PAN, 35: f"{PAN}=3012", 52: b"12345678", 48: f"card {PAN}"})

    shown = message.describe()

    assert "620000******0005" in shown
    assert "(8 bytes)" in shown
    assert PAN not in shown
    assert "3012" not in shown


@pytest.mark.parametrize("number", sorted(HIDDEN))
def test_hidden_field_is_stars_whatever_the_dialect_says(number: int) -> None:
    assert "******" == mask_field(number, "123456", hidden=frozenset())


def test_dialect_may_hide_more() -> None:
    assert "*****" == mask_field(60, "00001", hidden=frozenset({60}))
    assert "00001" == mask_field(60, "00001")


def test_get_returns_text_and_nothing_else() -> None:
    message = Message("0200", {11: "000123", 52: b"12345678"})

    assert ["000123", "", ""] == [message.get(number) for number in (11, 52, 99)]
