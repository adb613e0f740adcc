"""The PIN pad: every format, and a DUKPT key for one PIN alone, opened by psec."""

from __future__ import annotations

import warnings

import pytest
from psec import des, pinblock

from protocol.dukpt import Use, tdes_initial_key, tdes_working_key
from protocol.pin_block import FILL_LENGTH, Pin, open_pin
from protocol.pin_rule import PinFormat, PinKeys, PinRule
from protocol.published_keys import TEST_BASE_KEY, TEST_DEVICE
from protocol.secrets import Key, Pan
from protocol.structures.sealed_pin import SealedPin
from terminal.pin_pad import DukptDevice, PinPad, device_of
from terminal.presented import Presented

CARD = Presented(Pan("4012345678909"), pin=Pin("1234"))
FILL = bytes(range(FILL_LENGTH))
TDES = PinRule(keys=PinKeys.DUKPT)
AES = PinRule(format=PinFormat.ISO_4, keys=PinKeys.DUKPT)


def sealed(rule: PinRule, counter: int) -> SealedPin:
    pin = PinPad(rule, device=device_of(rule, None, "")).seal(CARD, fill=FILL, counter=counter)
    assert pin is not None
    return pin


def test_first_pin_of_the_example_device_is_the_published_one() -> None:
    """ANSI X9.24-1:2009 A.4: KSN, and the block as it travels."""
    pin = sealed(TDES, 1)

    assert pin.serial is not None
    assert pin.control is not None
    assert "FFFF9876543210E00001" == pin.serial.hex().upper()
    assert "1B9C1845EB993A7A" == pin.block.reveal().hex().upper()
    assert "2601000000000000" == pin.control.build()


def test_format_3_opens_in_other_hands() -> None:
    rule = PinRule(format=PinFormat.ISO_3, keys=PinKeys.DUKPT)
    pin = sealed(rule, 5)

    assert pin.serial is not None
    key = tdes_working_key(tdes_initial_key(TEST_BASE_KEY, pin.serial), pin.serial, Use.PIN)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clear = des.decrypt_tdes_ecb(key.reveal(), pin.block.reveal())
    assert "1234" == pinblock.decode_pinblock_iso_3(clear, CARD.pan.reveal())


def test_aes_device_says_so() -> None:
    pin = sealed(AES, 3)

    assert pin.serial is not None
    assert pin.control is not None
    assert ("123456789012345600000003", 16) == (pin.serial.hex(), len(pin.block.reveal()))
    assert "4701000000000000" == pin.control.build()


def test_every_pin_has_a_block_of_its_own() -> None:
    blocks = {sealed(TDES, counter).block for counter in range(1, 50)}

    assert 49 == len(blocks)


@pytest.mark.parametrize(
    ("counter", "following"),
    [(0, 1), (0x0007FE, 0x000800), (0x1FF800, None), (0x0FFC00, 0x100000)],
)
def test_counter_passes_over_what_has_too_many_bits(counter: int, following: int | None) -> None:
    """X9.24-1:2009 A.2: at most ten of the 21 bits, and after the last one no more."""
    device = DukptDevice(Key(bytes(16)), TEST_DEVICE)

    assert following == device.following(counter)


def test_aes_device_counts_with_sixteen_bits_of_thirty_two() -> None:
    device = DukptDevice(Key(bytes(16)), bytes(8))

    assert (0x10000, None) == (device.following(0xFFFF), device.following(0xFFFF0000))


@pytest.mark.parametrize(
    ("rule", "serial", "words"),
    [
        (TDES, "12", "20 hexadecimal digits in this dialect"),
        (TDES, "FFFF9876543210E00001", "begins with a counter of zero"),
        (TDES, "FFFF9876543210E0000G", "20 hexadecimal digits for TDES"),
        (AES, "FFFF9876543210E00000", "16 hexadecimal digits in this dialect"),
    ],
)
def test_wrong_serial_number_is_refused(rule: PinRule, serial: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        device_of(rule, None, serial)


def test_own_initial_key_needs_its_number() -> None:
    with pytest.raises(ValueError, match="needs its key_serial"):
        device_of(TDES, Key(bytes(16)), "")


def test_own_number_under_the_published_base_key() -> None:
    device = device_of(TDES, None, "FFFF9876543211E00000")
    pin = PinPad(TDES, device=device).seal(CARD, fill=FILL, counter=1)

    assert pin is not None
    assert pin.serial is not None
    key = tdes_working_key(tdes_initial_key(TEST_BASE_KEY, pin.serial), pin.serial, Use.PIN)
    opened = open_pin(pin.block, pan=CARD.pan, key=key, form=PinFormat.ISO_0)
    assert Pin("1234") == opened
