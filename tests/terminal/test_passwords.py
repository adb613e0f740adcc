from __future__ import annotations

import hashlib
import hmac

from terminal.passwords import Cost, matches, seal

CHEAP = Cost(n=2)
KEY, SALT = b"k" * 32, b"s" * 16


def test_password_matches_itself_for_its_own_operator_and_key() -> None:
    """REQ 000-17."""
    sealed = seal("4711", number="01", salt=SALT, key=KEY, cost=CHEAP)

    assert matches("4711", sealed, number="01", key=KEY)
    assert not matches("4712", sealed, number="01", key=KEY)
    assert not matches("4711", sealed, number="02", key=KEY)
    assert not matches("4711", sealed, number="01", key=b"x" * 32)


def test_what_is_stored_is_scrypt_of_a_keyed_hash() -> None:
    """RFC 7914, computed here a second way."""
    keyed = hmac.new(KEY, b"01\x004711", hashlib.sha256).digest()
    expected = hashlib.scrypt(keyed, salt=SALT, n=16384, r=8, p=1, dklen=32).hex()

    sealed = seal("4711", number="01", salt=SALT, key=KEY)

    assert f"scrypt$16384$8$1${SALT.hex()}${expected}" == sealed
    assert "4711" not in sealed
