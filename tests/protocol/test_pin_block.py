"""PIN blocks against published values, psec, and every wrong key, card and format."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psec import des, pinblock

from protocol.pin_block import Pin, PinError, PinFormat, open_pin, seal_pin
from protocol.secrets import Key, Pan, PinBlock

KEY = Key(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("4111111111111111")
FORMATS = st.sampled_from(PinFormat)
PINS = st.text("0123456789", min_size=4, max_size=12)


@given(FORMATS, PINS, st.binary(min_size=8, max_size=8))
def test_pin_comes_out_as_it_went_in(form: PinFormat, digits: str, fill: bytes) -> None:
    block = seal_pin(Pin(digits), pan=PAN, key=KEY, form=form, fill=fill)

    assert Pin(digits) == open_pin(block, pan=PAN, key=KEY, form=form)


@given(PINS, st.binary(min_size=8, max_size=8))
def test_blocks_open_in_other_hands(digits: str, fill: bytes) -> None:
    """Psec reads our formats 0, 3 and 4."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for form, read in (
            (PinFormat.ISO_0, pinblock.decode_pinblock_iso_0),
            (PinFormat.ISO_3, pinblock.decode_pinblock_iso_3),
        ):
            block = seal_pin(Pin(digits), pan=PAN, key=KEY, form=form, fill=fill)
            clear = des.decrypt_tdes_ecb(KEY.reveal(), block.reveal())
            assert digits == read(clear, PAN.reveal())
        aes = seal_pin(Pin(digits), pan=PAN, key=KEY, form=PinFormat.ISO_4, fill=fill)
        opened = pinblock.decipher_pinblock_iso_4(KEY.reveal(), aes.reveal(), PAN.reveal())
    assert digits == opened


def test_format_0_is_the_published_block() -> None:
    """ANSI X9.24-1:2009 A.4, first transaction: PIN 1234 under the variant key."""
    key = Key(bytes.fromhex("042666B49184CF5C68DE9628D0397B36"))

    block = seal_pin(Pin("1234"), pan=Pan("4012345678909"), key=key, form=PinFormat.ISO_0)

    assert block.reveal().hex().upper() == "1B9C1845EB993A7A"


def test_pin_and_block_never_show() -> None:
    block = seal_pin(Pin("1234"), pan=PAN, key=KEY, form=PinFormat.ISO_0)

    assert "1234" not in f"{Pin('1234')} {Pin('1234')!r}"
    assert block.reveal().hex() not in f"{block!r}"


@pytest.mark.parametrize("form", [PinFormat.ISO_0, PinFormat.ISO_3, PinFormat.ISO_4])
def test_wrong_key_opens_nothing(form: PinFormat) -> None:
    block = seal_pin(Pin("1234"), pan=PAN, key=KEY, form=form)
    wrong = Key(bytes(range(16)))

    with pytest.raises(PinError):
        open_pin(block, pan=PAN, key=wrong, form=form)


def test_wrong_card_opens_nothing() -> None:
    block = seal_pin(Pin("1234"), pan=PAN, key=KEY, form=PinFormat.ISO_0)

    with pytest.raises(PinError):
        open_pin(block, pan=Pan("5555555555554444"), key=KEY, form=PinFormat.ISO_0)


@pytest.mark.parametrize(("form", "size"), [(PinFormat.ISO_0, 16), (PinFormat.ISO_4, 8)])
def test_block_of_wrong_size_opens_nothing(form: PinFormat, size: int) -> None:
    with pytest.raises(PinError):
        open_pin(PinBlock(bytes(size)), pan=PAN, key=KEY, form=form)


@pytest.mark.parametrize("digits", ["123", "1234567890123", "12a4", "１２３４"])
def test_pin_has_four_to_twelve_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="4 to 12 digits"):
        Pin(digits)
