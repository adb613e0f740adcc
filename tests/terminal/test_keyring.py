"""The terminal's keys: taken whole or not at all."""

from __future__ import annotations

import pytest

from protocol.dialect import builtin_dialect
from protocol.keys import wrap_key
from protocol.published_keys import TEST_MASTER_KEY
from protocol.secrets import Key
from protocol.signing import Signing
from protocol.structures.working_keys import WorkingKeys, WrappedKey
from terminal.keyring import Keyring

SIGNING = Signing(builtin_dialect("cup"))
PIN, MAC, TRACK = (Key(bytes([byte] * 8 + [byte + 2] * 8)) for byte in (0x10, 0x40, 0x70))


def delivery(*, master: Key = TEST_MASTER_KEY, size: int = 16, track: bool = False) -> bytes:
    def wrapped(key: Key) -> WrappedKey:
        blob, check = wrap_key(master, Key(key.reveal()[:size]))
        return WrappedKey(Key(blob), check)

    keys = WorkingKeys(pin=wrapped(PIN), mac=wrapped(MAC), track=wrapped(TRACK) if track else None)
    return keys.build()


@pytest.mark.parametrize(("size", "track"), [(8, False), (16, False), (16, True)])
def test_keys_of_every_form_are_taken(size: int, track: bool) -> None:  # noqa: FBT001 - a table
    """domain/messages 1: 24, 40 and 60 bytes."""
    keyring = Keyring(SIGNING, TEST_MASTER_KEY)

    assert keyring.take(delivery(size=size, track=track))
    assert keyring.mac is not None
    mac = SIGNING.key(Key(MAC.reveal()[:size]))
    assert mac.compute(b"0200") == keyring.mac.compute(b"0200")
    assert Key(PIN.reveal()[:size]) == keyring.pin


@pytest.mark.parametrize("place", range(40))
def test_one_wrong_byte_refuses_all_keys_and_keeps_the_old_ones(place: int) -> None:
    """H16: a byte of a key or of its check value."""
    keyring = Keyring(SIGNING, TEST_MASTER_KEY)
    good = bytearray(delivery())
    keyring.take(bytes(good))
    before = keyring.mac, keyring.pin
    good[place] ^= 0x10

    assert not keyring.take(bytes(good))
    assert before == (keyring.mac, keyring.pin)


def test_keys_under_another_master_key_are_refused() -> None:
    keyring = Keyring(SIGNING, TEST_MASTER_KEY)

    assert not keyring.take(delivery(master=Key(bytes(range(16)))))
    assert keyring.mac is None


@pytest.mark.parametrize("size", [0, 23, 41, 512])
def test_delivery_of_another_size_is_refused(size: int) -> None:
    assert not Keyring(SIGNING, TEST_MASTER_KEY).take(bytes(size))
