"""F62 of a sign-on reply: keys that never print."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.keys import KeyCheckError, unwrap_key, wrap_key
from protocol.secrets import Key
from protocol.structures.working_keys import FORMS, NETWORK_CODES, WorkingKeys, WrappedKey
from tests.protocol.golden import golden


@pytest.mark.parametrize("size", FORMS)
def test_keys_come_back_from_their_bytes(size: int) -> None:
    value = bytes(range(1, size + 1))

    keys = WorkingKeys.parse(value)

    assert value == keys.build()
    assert (keys.track is not None) == (size == 60)
    assert value[: FORMS[size][0]] == keys.pin.key.reveal()
    assert FORMS.keys() == NETWORK_CODES.keys()


def test_published_answer_has_a_single_length_mac_key() -> None:
    """Eight zero bytes behind a key are no part of it."""
    answer = next(message for _, _, _, message in golden("cup") if message.mti == "0810")
    value = answer.fields[62]
    assert isinstance(value, bytes)

    keys = WorkingKeys.parse(value)

    assert "900ecce3" == keys.pin.check_value.hex()
    assert keys.pin.significant == keys.pin.key
    assert "977731a7ea402ddf" == keys.mac.significant.reveal().hex()
    assert "cff1592a" == keys.mac.check_value.hex()


def test_keys_of_a_sign_on_are_unwrapped_and_checked() -> None:
    """A single-length MAC key beside a double-length PIN key, as hosts send them."""
    master, pin, mac = Key(bytes(range(16))), Key(b"PIN key of a day"), Key(b"MAC key.")
    wrapped_pin, wrapped_mac = wrap_key(master, pin), wrap_key(master, mac)
    keys = WorkingKeys(
        pin=WrappedKey(Key(wrapped_pin[0]), wrapped_pin[1]),
        mac=WrappedKey(Key(wrapped_mac[0] + bytes(8)), wrapped_mac[1]),
    )

    came = WorkingKeys.parse(keys.build())

    assert pin == unwrap_key(master, came.pin.significant.reveal(), came.pin.check_value)
    assert mac == unwrap_key(master, came.mac.significant.reveal(), came.mac.check_value)
    with pytest.raises(KeyCheckError):
        unwrap_key(master, came.mac.significant.reveal(), came.pin.check_value)


def test_keys_never_print() -> None:
    """REQ 000-11, 003-09."""
    keys = WorkingKeys.parse(b"K" * 60)

    for shown in (repr(keys), str(keys), f"{keys}"):
        assert "KKK" not in shown
        assert "4b4b" not in shown.lower()


@pytest.mark.parametrize("size", [0, 23, 25, 39, 59, 61])
def test_wrong_length_is_a_field_error(size: int) -> None:
    with pytest.raises(StructureError, match=f"keys take 24, 40 or 60 bytes, not {size}"):
        WorkingKeys.parse(bytes(size))


def test_wrong_keys_cannot_be_made() -> None:
    single, double = WrappedKey(Key(bytes(8)), bytes(4)), WrappedKey(Key(bytes(16)), bytes(4))

    with pytest.raises(ValueError, match="8 or 16 bytes"):
        WrappedKey(Key(bytes(7)), bytes(4))
    with pytest.raises(ValueError, match="check value has 4 bytes"):
        WrappedKey(Key(bytes(8)), bytes(3))
    with pytest.raises(ValueError, match="two or three"):
        WorkingKeys(pin=single, mac=double)
    with pytest.raises(ValueError, match="two or three"):
        WorkingKeys(pin=single, mac=single, track=single)
