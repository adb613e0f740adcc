"""Money: read without rounding, shown as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.amount import AMOUNT_MINOR_MAX, EXPONENTS, Amount, format_minor, format_money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12", "156", 1200),
        ("12.5", "156", 1250),
        ("12.50", "156", 1250),
        ("0.01", "156", 1),
        ("12", "392", 12),
        ("12.345", "414", 12345),
        ("9999999999.99", "156", AMOUNT_MINOR_MAX),
    ],
)
def test_amount_is_read_in_major_units(text: str, currency: str, minor: int) -> None:
    assert Amount(minor, currency) == Amount.parse(text, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "1,5",
        "1.",
        ".5",
        "1.234",
        " 1",
        "1_0",
        "1e3",
        "１２",
        "10000000000.00",
        "nan",
    ],
)
def test_amount_is_refused_when_it_would_need_a_guess(text: str) -> None:
    """Nothing is rounded, trimmed or taken for a number that only looks like one."""
    with pytest.raises(ValueError, match=r"an amount (looks like 12\.50|has 0 to)"):
        Amount.parse(text)


def test_yen_has_no_minor_digits() -> None:
    with pytest.raises(ValueError, match="an amount looks like 12"):
        Amount.parse("12.5", "392")


@given(st.integers(0, AMOUNT_MINOR_MAX), st.sampled_from(sorted(EXPONENTS)))
def test_amount_survives_being_shown(minor: int, currency: str) -> None:
    shown = str(Amount(minor, currency)).partition(" ")[2].replace(",", "")

    assert Amount(minor, currency) == Amount.parse(shown, currency)


@pytest.mark.parametrize("minor", [-1, AMOUNT_MINOR_MAX + 1])
def test_amount_outside_f4_does_not_exist(minor: int) -> None:
    """F4 is n12: ISO 8583:1987, 4.3.4."""
    with pytest.raises(ValueError, match="0 to 999999999999"):
        Amount(minor)


def test_minor_units_are_grouped() -> None:
    assert "-1,234.56" == format_minor(-123_456)
    assert "0.05" == format_minor(5)
    assert "1,234" == format_minor(1234, 0)


def test_sum_may_be_negative() -> None:
    """A batch that gives back more than it takes in."""
    assert "RMB -5.00" == format_money(-500, "156")
