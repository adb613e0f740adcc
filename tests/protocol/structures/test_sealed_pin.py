"""F53 says what F52 is, and nothing that is not so."""

from __future__ import annotations

import itertools

import pytest

from protocol.errors import StructureError
from protocol.pin_rule import PinFormat, PinKeys
from protocol.secrets import PinBlock
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl

DES = (PinCipher.DES, PinCipher.DOUBLE_DES)
CONTROLS = [
    *itertools.starmap(
        SecurityControl,
        itertools.product((PinFormat.ISO_0, PinFormat.ISO_1, PinFormat.ISO_3), DES, PinKeys),
    ),
    *(SecurityControl(PinFormat.ISO_4, PinCipher.AES, keys) for keys in PinKeys),
]


def test_format_0_under_a_double_length_key_is_as_terminals_say_it() -> None:
    """domain/messages 8."""
    control = SecurityControl(PinFormat.ISO_0, PinCipher.DOUBLE_DES)

    assert "26" + "0" * 14 == control.build()


@pytest.mark.parametrize("control", CONTROLS)
def test_what_is_said_is_understood(control: SecurityControl) -> None:
    assert control == SecurityControl.parse(control.build())


def test_each_says_something_else() -> None:
    assert len(CONTROLS) == len({control.build() for control in CONTROLS})


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("26", "has 16 digits, not 2"),
        ("0600000000000000", "no format of a PIN block"),
        ("4600000000000000", "no cipher for a PIN block of this format"),
        ("2700000000000000", "no cipher for a PIN block of this format"),
        ("2900000000000000", "no cipher for a PIN block of this format"),
        ("2602000000000000", "names no source of keys"),
    ],
)
def test_what_means_nothing_is_named(value: str, problem: str) -> None:
    with pytest.raises(StructureError, match=problem):
        SecurityControl.parse(value)


def test_format_4_is_not_under_des() -> None:
    with pytest.raises(ValueError, match="format 4 is the one under AES"):
        SecurityControl(PinFormat.ISO_4, PinCipher.DOUBLE_DES)


def test_block_never_shows() -> None:
    block = bytes.fromhex("0123456789ABCDEF")

    assert "ABCDEF" not in f"{SealedPin(PinBlock(block))!r}".upper()
