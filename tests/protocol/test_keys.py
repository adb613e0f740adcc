"""Working keys: wrapped, checked, refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.keys import KeyCheckError, check_value, unwrap_key, with_odd_parity, wrap_key
from protocol.secrets import Key

MASTER = Key(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
KEYS = st.sampled_from([8, 16, 24]).flatmap(lambda size: st.binary(min_size=size, max_size=size))


def test_check_value_is_the_published_one() -> None:
    """The KCV of the test key that every HSM manual prints: 08D7B4."""
    assert "08D7B4" == check_value(MASTER, 3).hex().upper()


@given(KEYS)
def test_key_arrives_as_it_was_sent(raw: bytes) -> None:
    wrapped, kcv = wrap_key(MASTER, Key(raw))

    assert Key(raw) == unwrap_key(MASTER, wrapped, kcv)
    assert wrapped != raw


@pytest.mark.parametrize("kcv", [b"", b"\x00\x00\x00\x00"])
def test_wrong_check_value_is_refused(kcv: bytes) -> None:
    wrapped, _ = wrap_key(MASTER, Key(bytes(range(16))))

    with pytest.raises(KeyCheckError):
        unwrap_key(MASTER, wrapped, kcv)


def test_other_master_key_is_refused() -> None:
    wrapped, kcv = wrap_key(MASTER, Key(bytes(range(16))))

    with pytest.raises(KeyCheckError):
        unwrap_key(Key(bytes(range(16, 32))), wrapped, kcv)


def test_key_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="8, 16 or 24"):
        unwrap_key(MASTER, bytes(15), bytes(4))


@given(st.binary(min_size=8, max_size=24))
def test_parity_is_odd_and_touches_one_bit_only(raw: bytes) -> None:
    odd = with_odd_parity(raw)

    assert all(bin(byte).count("1") % 2 for byte in odd)
    assert [byte >> 1 for byte in raw] == [byte >> 1 for byte in odd]
