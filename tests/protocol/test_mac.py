"""MACs against published values and against psec, a codec of keys by other hands."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psec.mac import generate_cbc_mac, generate_retail_mac

from protocol.mac import MacKey, MacName, Padding, pad
from protocol.secrets import Key

DOUBLE = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
AES_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
TEXT = b"Now is the time for all "

PUBLISHED = [
    # ISO/IEC 9797-1:1999 annex B, data string 1, padding method 1
    (MacName.ISO9797_1_ALGORITHM_1, DOUBLE[:8], TEXT, 8, "70A30640CC76DD8B"),
    (MacName.ISO9797_1_ALGORITHM_3, DOUBLE, TEXT, 8, "A1C72E74EA3FA9B6"),
    # NIST SP 800-38B, D.1, examples 1 and 2
    (MacName.AES_CMAC, AES_KEY, b"", 16, "BB1D6929E95937287FA37D129B756746"),
    (
        MacName.AES_CMAC,
        AES_KEY,
        bytes.fromhex("6bc1bee22e409f96e93d7e117393172a"),
        16,
        "070A16B46B4D4144F79BDD9DD04A287C",
    ),
]


@pytest.mark.parametrize(("name", "key", "data", "length", "expected"), PUBLISHED)
def test_mac_is_the_published_one(
    name: MacName, key: bytes, data: bytes, length: int, expected: str
) -> None:
    assert expected == MacKey(name, Key(key), length=length).compute(data).hex().upper()


def quietly(call: Callable[[], bytes]) -> bytes:
    """Psec reaches for the cipher's old home, which warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


@given(st.lists(st.binary(min_size=1, max_size=90), min_size=1, max_size=4))
def test_macs_agree_with_another_hand(messages: list[bytes]) -> None:
    """Several messages through one kept context: no message leaves a trace in the next."""
    retail = MacKey(MacName.X9_19, Key(DOUBLE))
    padded = MacKey(MacName.ISO9797_1_ALGORITHM_3, Key(DOUBLE), padding=Padding.METHOD_2)
    chain = MacKey(MacName.X9_9, Key(DOUBLE[:8]))
    left, right = DOUBLE[:8], DOUBLE[8:]

    for data in messages:
        one = quietly(lambda data=data: generate_retail_mac(left, right, data, 1, 8))
        two = quietly(lambda data=data: generate_retail_mac(left, right, data, 2, 8))
        cbc = quietly(lambda data=data: generate_cbc_mac(left, data, 1, 8))
        assert (one, two, cbc) == (retail.compute(data), padded.compute(data), chain.compute(data))


def test_cup_mac_is_eight_hexadecimal_characters() -> None:
    """domain/messages 8: XOR, hexadecimal, E(left) XOR right, E, first four bytes in hex."""
    key = MacKey(MacName.CUP_ECB, Key(DOUBLE))
    data = b"0200" * 9

    mac = key.compute(data)

    assert len(mac) == 8
    assert mac == mac.upper()
    assert int(mac, 16) >= 0
    assert key.compute(data + b"\x00" * (-len(data) % 8)) == mac
    assert key.compute(data + b"\x01") != mac


def test_flipped_bit_is_noticed() -> None:
    key = MacKey(MacName.X9_19, Key(DOUBLE))
    mac = key.compute(TEXT)

    assert key.verify(TEXT, mac)
    assert not key.verify(TEXT[:-1] + b"!", mac)


@pytest.mark.parametrize(
    ("name", "size"), [(MacName.X9_19, 8), (MacName.X9_9, 7), (MacName.AES_CMAC, 8)]
)
def test_key_of_wrong_size_is_refused(name: MacName, size: int) -> None:
    with pytest.raises(ValueError, match="key"):
        MacKey(name, Key(bytes(range(size))))


def test_mac_longer_than_the_algorithm_gives_is_refused() -> None:
    with pytest.raises(ValueError, match="4 to 8 bytes"):
        MacKey(MacName.X9_19, Key(DOUBLE), length=16)


@pytest.mark.parametrize(
    ("data", "padding", "expected"),
    [
        (b"", Padding.METHOD_1, "0000000000000000"),
        (b"", Padding.METHOD_2, "8000000000000000"),
        (b"12345678", Padding.METHOD_1, "3132333435363738"),
        (b"12345678", Padding.METHOD_2, "31323334353637388000000000000000"),
    ],
)
def test_padding_fills_whole_blocks(data: bytes, padding: Padding, expected: str) -> None:
    assert expected == pad(data, padding).hex()
