"""The MAC in its place: what it covers, where it stands, and what it refuses."""

from __future__ import annotations

from typing import Final

import pytest

from protocol.codec import Codec
from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.errors import DialectError
from protocol.mac import MacKey
from protocol.mac_rule import APPROVALS, MacName, MacRule
from protocol.message import FieldValue, Message
from protocol.secrets import Key
from protocol.signing import Signing, SigningCodec

KEY: Final = Key(bytes.fromhex("0123456789ABCDEF" + "FEDCBA9876543210"))
CUP: Final = builtin_dialect("cup")
PLAIN: Final = load_dialect('base = "iso87"\n[mac]\nalgorithm = "X9.19"', "plain")
FIELDS: Final[dict[int, FieldValue]] = {11: "000123", 41: "10000001", 42: "1" * 15}
LONG: Final[dict[int, FieldValue]] = {**FIELDS, 90: "0" * 42}


def signed(dialect: Dialect, fields: dict[int, FieldValue]) -> bytes:
    signing = Signing(dialect)
    codec = SigningCodec(Codec(dialect), signing, lambda: signing.key(KEY))
    return codec.encode(Message("0200", fields))


@pytest.mark.parametrize(
    ("dialect", "fields", "number", "size"),
    [(CUP, FIELDS, 64, 8), (PLAIN, FIELDS, 64, 16), (PLAIN, LONG, 128, 16)],
    ids=["cup", "digits", "secondary bitmap"],
)
def test_mac_is_the_last_field(
    dialect: Dialect, fields: dict[int, FieldValue], number: int, size: int
) -> None:
    """ISO 8583: F64, or F128 where there is a secondary bitmap."""
    signing, wire = Signing(dialect), signed(dialect, fields)
    key = signing.key(KEY)
    body = wire[dialect.header.size : -size]

    mac = Codec(dialect).decode(wire).fields[number]

    assert key.compute(body) == mac
    assert signing.verify(wire, key)


def test_cup_mac_is_eight_letters_over_mti_to_f63() -> None:
    """domain/messages 8, computed by hand: fold, hexadecimal, encipher, fold, encipher."""
    wire = signed(CUP, FIELDS)

    assert wire[-8:].decode("ascii") == wire[-8:].decode("ascii").upper()
    assert Signing(CUP).key(KEY).compute(wire[11:-8]) == wire[-8:]


@pytest.mark.parametrize("dialect", [CUP, PLAIN], ids=["cup", "digits"])
def test_every_byte_from_the_mti_on_is_covered(dialect: Dialect) -> None:
    """N13: one bit, anywhere."""
    signing, wire = Signing(dialect), signed(dialect, FIELDS)
    key = signing.key(KEY)

    for place in range(dialect.header.size, len(wire)):
        changed = bytearray(wire)
        changed[place] ^= 0x02
        assert not signing.verify(bytes(changed), key), place


def test_header_is_not_covered() -> None:
    """The TPDU is swapped on the way, the terminal header answered in."""
    signing, wire = Signing(CUP), signed(CUP, FIELDS)

    assert signing.verify(bytes(11) + wire[11:], signing.key(KEY))


def test_other_key_is_refused() -> None:
    signing = Signing(CUP)

    assert not signing.verify(signed(CUP, FIELDS), signing.key(Key(bytes(16))))


def test_hexadecimal_mac_may_come_in_small_letters() -> None:
    signing, wire = Signing(PLAIN), signed(PLAIN, FIELDS)

    assert signing.verify(wire[:-16] + wire[-16:].lower(), signing.key(KEY))


@pytest.mark.parametrize("wire", [b"", b"\x00" * 7, b"\xff" * 40])
def test_frame_without_a_mac_is_refused(wire: bytes) -> None:
    for dialect in (CUP, PLAIN):
        assert not Signing(dialect).verify(wire, Signing(dialect).key(KEY))


@pytest.mark.parametrize("mti", ["0800", "0500", "0320"])
def test_messages_without_a_mac_stay_as_they_are(mti: str) -> None:
    """domain/messages 3, row 64."""
    signing = Signing(CUP)
    message = Message(mti, FIELDS)

    codec = SigningCodec(Codec(CUP), signing, lambda: signing.key(KEY))

    assert Codec(CUP).encode(message) == codec.encode(message)
    assert codec.decode(codec.encode(message)).fields == FIELDS


def test_without_a_key_nothing_is_signed() -> None:
    """Before the first sign-on; the host then says A0."""
    keys: list[MacKey] = []
    codec = SigningCodec(Codec(CUP), Signing(CUP), lambda: keys[0] if keys else None)

    assert 64 not in codec.decode(codec.encode(Message("0200", FIELDS))).fields


def test_approvals_must_prove_themselves() -> None:
    """domain/messages 3: whether the MAC of a decline is checked is a setting."""
    lax = MacRule(algorithm=MacName.CUP_ECB)
    strict = MacRule(algorithm=MacName.CUP_ECB, check_declines=True)

    assert all(lax.proves("0210", code) for code in APPROVALS)
    assert [False, True] == [rule.proves("0210", "51") for rule in (lax, strict)]
    assert not strict.proves("0510", "00")
    assert [True, True, False] == [lax.proves("0410", code) for code in ("12", "25", "96")]
    assert not lax.proves("0210", "25")
    assert not MacRule().proves("0210", "00")


@pytest.mark.parametrize("text", ["length = 9", "length = 3", 'classes = "x"', 'algorithm = "DES"'])
def test_rule_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(DialectError):
        load_dialect(f'base = "cup"\n[mac]\n{text}', "own")
