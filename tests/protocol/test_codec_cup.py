"""The dialect cup on the wire: odd digits, length bytes, the bitmap of a void's reversal."""

from __future__ import annotations

from typing import Final

import pytest

from protocol.codec import EARNED_AFTER, Codec
from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.message import FieldValue, Message, MessageCodec
from protocol.reference import ReferenceCodec

CUP = builtin_dialect("cup")
BINARY = load_dialect('base = "cup"\ndefaults = { len_enc = "b" }', "binary")
PAN = "6200000000000005"
ODD_PAN = "378282246310005"
TRACK = f"{PAN}=30122010000000000"
BEFORE_FIELDS: Final = 11 + 2 + 8
"""Header, MTI and one bitmap."""


def warm(codec: Codec, message: Message) -> Codec:
    """Return the codec with its compiled functions for this message made."""
    for _ in range(EARNED_AFTER + 2):
        codec.decode(codec.encode(message))
    return codec


def codecs(fields: dict[int, FieldValue]) -> list[MessageCodec]:
    """Return every way in which cup is read and written, ready for a message of these fields."""
    return [Codec(CUP), warm(Codec(CUP), Message("0200", fields)), ReferenceCodec(CUP)]


@pytest.mark.parametrize(
    ("number", "value", "expected"),
    [
        pytest.param(22, "021", "0210", id="F22 stands left"),
        pytest.param(23, "001", "0001", id="F23 stands right"),
        pytest.param(2, PAN, f"16 {PAN}", id="F2 even"),
        pytest.param(2, ODD_PAN, f"15 {ODD_PAN}0", id="F2 odd"),
        pytest.param(32, "00085500123", "11 000855001230", id="F32 odd"),
        pytest.param(35, TRACK, f"34{PAN}D30122010000000000", id="F35 with D as separator"),
        pytest.param(35, TRACK[:-1], f"33{PAN}D30122010000000000", id="F35 odd"),
        pytest.param(36, "99=1", "0004 99D1", id="F36"),
        pytest.param(60, "22000001000", "0011 220000010000", id="F60 odd"),
        pytest.param(61, "0" * 16, "0016" + "0" * 16, id="F61"),
        pytest.param(48, "0" * 62, "0062" + "0" * 62, id="F48, the totals"),
        pytest.param(54, "1002156C000000012345", "0020" + b"1002156C000000012345".hex(), id="F54"),
        pytest.param(55, bytes.fromhex("9F270180"), "0004 9F270180", id="F55"),
        pytest.param(63, b"01 ", "0003 303120", id="F63"),
        pytest.param(39, "A0", "4130", id="F39"),
        pytest.param(64, b"7F3A01B2", "3746334130314232", id="F64"),
    ],
)
def test_field_is_written_as_terminals_do(number: int, value: FieldValue, expected: str) -> None:
    fields = {number: value}

    for codec in codecs(fields):
        wire = codec.encode(Message("0200", fields))
        assert bytes.fromhex(expected) == wire[BEFORE_FIELDS:]
        assert codec.decode(wire).fields == fields


def test_filler_is_not_looked_at() -> None:
    """Some terminals fill F2 up with F."""
    fields: dict[int, FieldValue] = {2: ODD_PAN}

    for codec in codecs(fields)[:2]:
        wire = codec.encode(Message("0200", fields))
        assert codec.decode(wire[:-1] + b"\x5f").fields == fields


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (CUP, f"16 {PAN} 0020 {b'1002156C000000012345'.hex()} 0003 303120"),
        (BINARY, f"10 {PAN} 0014 {b'1002156C000000012345'.hex()} 0003 303120"),
    ],
    ids=["packed", "binary"],
)
def test_length_is_packed_or_binary(dialect: Dialect, expected: str) -> None:
    """16 digits are 0x16 in one network and 0x10 in another."""
    message = Message("0200", {2: PAN, 54: "1002156C000000012345", 63: b"01 "}, CUP.header.default)

    for codec in (Codec(dialect), warm(Codec(dialect), message), ReferenceCodec(dialect)):
        wire = codec.encode(message)
        assert bytes.fromhex(expected) == wire[BEFORE_FIELDS:]
        assert codec.decode(wire) == message


def test_reversal_of_a_void_has_the_published_bitmap() -> None:
    """The golden vector of a published terminal: no track, no PIN, the original in F61."""
    fields: dict[int, FieldValue] = {
        3: "200000",
        4: "000000012345",
        11: "000124",
        22: "021",
        25: "00",
        38: "123456",
        39: "98",
        41: "10000001",
        42: "123456789012345",
        49: "156",
        60: "23000001000",
        61: "0000010001231120",
        64: bytes(8),
    }

    for codec in codecs(fields):
        wire = codec.encode(Message("0400", fields))
        assert "04003020048006C08019" == wire[11:BEFORE_FIELDS].hex().upper()
        assert codec.decode(wire).fields == fields
