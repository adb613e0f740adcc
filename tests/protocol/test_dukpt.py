"""DUKPT against the values that the standards print."""

from __future__ import annotations

import pytest

from protocol.dukpt import (
    Use,
    aes_initial_key,
    aes_working_key,
    tdes_initial_key,
    tdes_working_key,
)
from protocol.secrets import Key

TDES_BASE = Key(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
AES_BASE = Key(bytes.fromhex("FEDCBA9876543210F1F1F1F1F1F1F1F1"))


def tdes_ksn(counter: int) -> bytes:
    return (0xFFFF9876543210E00000 + counter).to_bytes(10, "big")


def aes_ksn(counter: int) -> bytes:
    return bytes.fromhex("1234567890123456") + counter.to_bytes(4, "big")


def test_tdes_initial_key_is_the_published_one() -> None:
    """ANSI X9.24-1:2009 A.4."""
    assert "6AC292FAA1315B4D858AB3A3D7D5933A" == _hex(tdes_initial_key(TDES_BASE, tdes_ksn(1)))


@pytest.mark.parametrize(
    ("counter", "expected"),
    [
        (1, "042666B49184CF5C68DE9628D0397B36"),
        (2, "C46551CEF9FD244FAA9AD834130D3B38"),
        (3, "0DF3D9422ACA561A47676D07AD6BAD05"),
    ],
)
def test_tdes_pin_keys_are_the_published_ones(counter: int, expected: str) -> None:
    """ANSI X9.24-1:2009 A.4, the first transactions of the example device."""
    initial = tdes_initial_key(TDES_BASE, tdes_ksn(1))

    assert expected == _hex(tdes_working_key(initial, tdes_ksn(counter), Use.PIN))


def test_aes_initial_key_is_the_published_one() -> None:
    """ANSI X9.24-3:2017 annex B."""
    initial = aes_initial_key(AES_BASE, bytes.fromhex("1234567890123456"))

    assert "1273671EA26AC29AFA4D1084127652A1" == _hex(initial)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (Use.PIN, "AF8CB133A78F8DC2D1359F18527593FB"),
        (Use.MAC_REQUEST, "A2DC23DE6FDE0824A2BC321E08E4B8B7"),
    ],
)
def test_aes_working_keys_are_the_published_ones(use: Use, expected: str) -> None:
    """ANSI X9.24-3:2017 supplement, transaction counter 1."""
    initial = aes_initial_key(AES_BASE, bytes.fromhex("1234567890123456"))

    assert expected == _hex(aes_working_key(initial, aes_ksn(1), use))


def test_every_use_has_a_key_of_its_own() -> None:
    initial = tdes_initial_key(TDES_BASE, tdes_ksn(1))

    assert len(Use) == len({_hex(tdes_working_key(initial, tdes_ksn(7), use)) for use in Use})


def test_longer_working_keys_take_more_blocks() -> None:
    initial = aes_initial_key(Key(AES_BASE.reveal() * 2), bytes.fromhex("1234567890123456"))

    for length in (16, 24, 32):
        key = aes_working_key(initial, aes_ksn(5), Use.DATA, length=length)
        assert length == len(key.reveal())


@pytest.mark.parametrize("length", [8, 32])
def test_working_key_no_longer_than_its_root(length: int) -> None:
    initial = aes_initial_key(AES_BASE, bytes(8))

    with pytest.raises(ValueError, match="no longer"):
        aes_working_key(initial, aes_ksn(1), Use.PIN, length=length)


def test_counter_zero_has_no_key() -> None:
    with pytest.raises(ValueError, match="starts at 1"):
        tdes_working_key(TDES_BASE, tdes_ksn(0), Use.PIN)
    with pytest.raises(ValueError, match="starts at 1"):
        aes_working_key(AES_BASE, aes_ksn(0), Use.PIN)


@pytest.mark.parametrize("size", [8, 11])
def test_serial_number_of_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="bytes"):
        tdes_initial_key(TDES_BASE, bytes(size))
    with pytest.raises(ValueError, match="bytes"):
        aes_working_key(AES_BASE, bytes(size), Use.PIN)


def _hex(key: Key) -> str:
    return key.reveal().hex().upper()
