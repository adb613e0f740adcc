"""Secrets mask themselves wherever they are shown, and masking fails closed."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.secrets import (
    Key,
    Pan,
    PinBlock,
    Secret,
    Track2,
    luhn_valid,
    mask_digit_runs,
    mask_pan,
)

PAN = "4111111111111111"


@pytest.mark.parametrize(
    ("secret", "clear"),
    [
        (Pan(PAN), PAN),
        (Track2(f"{PAN}=30121010000012300000"), PAN),
        (PinBlock(b"\x04\x12\x34\x56"), "1234"),
        (Key(b"0123456789abcdef"), "0123456789"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_secret_is_masked_however_it_is_shown(secret: Secret[str], clear: str) -> None:
    """REQ 000-11: no full number in any output."""
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{[secret]}",
        f"{secret!s:>9}",
    ]

    assert not [text for text in shown if clear in text]


def test_pan_shows_first_six_and_last_four() -> None:
    """PCI DSS v4, 3.4.1."""
    assert "411111******1111" == str(Pan(PAN))
    assert "411111******1111" == f"{Pan(PAN)}"


def test_reveal_is_the_one_way_out() -> None:
    assert PAN == Pan(PAN).reveal()
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(Pan(PAN))
    with pytest.raises(TypeError, match="not to be pickled"):
        copy.copy(Pan(PAN))


def test_secrets_are_equal_when_type_and_value_are() -> None:
    assert Pan(PAN) == Pan(PAN)
    assert hash(Pan(PAN)) == hash(Pan(PAN))
    assert Pan(PAN) != Pan("5555555555554444")
    assert Pan(PAN) != Track2(PAN)
    assert Pan(PAN) != PAN


@pytest.mark.parametrize(
    "value", ["", "4111", "1" * 20, "4111 1111 1111 1111", "４１１１１１１１１１１１１１１１"]
)
def test_pan_is_refused_when_it_is_no_card_number(value: str) -> None:
    """The refusal does not repeat what it was given."""
    with pytest.raises(ValueError, match="12 to 19 digits") as caught:
        Pan(value)

    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("digits", ["", "4111", "411111111111", "1" * 20, "41111111111111x1"])
def test_mask_is_all_stars_when_it_is_not_understood(digits: str) -> None:
    assert "*" * len(digits) == mask_pan(digits)


@given(st.text("0123456789", max_size=4), st.text("0123456789", max_size=4))
def test_card_number_is_found_inside_a_run_of_digits(before: str, after: str) -> None:
    shown = mask_digit_runs(f"ref {before}{PAN}{after}.")

    assert PAN not in shown
    assert len(shown) == len(f"ref {before}{PAN}{after}.")


def test_other_digits_are_left_alone() -> None:
    assert "stan 000123 at 0314123000" == mask_digit_runs("stan 000123 at 0314123000")


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_check_digit_in_ten_is_right(digits: str) -> None:
    """ISO/IEC 7812-1, annex B."""
    assert 1 == sum(luhn_valid(f"{digits}{check}") for check in range(10))
