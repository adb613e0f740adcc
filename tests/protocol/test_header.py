"""What stands before the MTI: read, written, turned round for the reply."""

from __future__ import annotations

import pytest

from protocol.codec import EARNED_AFTER, Codec
from protocol.dialect import builtin_dialect, load_dialect
from protocol.errors import FieldError, LocalProtocolError
from protocol.header import (
    Header,
    HeaderRule,
    ProcessingRequest,
    TerminalHeader,
    Tpdu,
    reply_header,
)
from protocol.message import Message, MessageCodec
from protocol.reference import ReferenceCodec
from protocol.refusal import refusal

CUP = builtin_dialect("cup")
CAME = Header(tpdu=Tpdu(destination="0525"), terminal=TerminalHeader(state="2"))
ECHO = Message("0820", {11: "000001", 41: "10000001"}, CAME)
WIRE = bytes.fromhex("6005250000 603120311001 0820 0020000000800000 000001 3130303030303031")


@pytest.fixture(params=["cold", "warm", "reference"])
def codec(request: pytest.FixtureRequest) -> MessageCodec:
    """Every way in which cup is read and written."""
    if request.param == "reference":
        return ReferenceCodec(CUP)
    codec = Codec(CUP)
    for _ in range((EARNED_AFTER + 2) * (request.param == "warm")):
        codec.decode(codec.encode(ECHO))
    return codec


def test_codec_reads_and_writes_the_header(codec: MessageCodec) -> None:
    assert ECHO == codec.decode(WIRE)
    assert WIRE == codec.encode(ECHO)


def test_codec_writes_the_default_when_the_message_has_no_header(codec: MessageCodec) -> None:
    wire = codec.encode(Message(ECHO.mti, ECHO.fields))

    assert wire.startswith(bytes.fromhex("6000000000 603100311001 0820"))
    assert codec.decode(wire).header == CUP.header.default


def test_codec_refuses_to_write_half_a_header(codec: MessageCodec) -> None:
    half = Message(ECHO.mti, ECHO.fields, Header(tpdu=Tpdu()))

    with pytest.raises(LocalProtocolError, match=r"^header: needs a terminal header$"):
        codec.encode(half)


@pytest.mark.parametrize("name", ["cold", "warm"])
def test_codec_names_the_header_when_it_is_wrong(name: str) -> None:
    codec = Codec(CUP)
    for _ in range((EARNED_AFTER + 2) * (name == "warm")):
        codec.decode(WIRE)

    with pytest.raises(FieldError, match=r"^header at byte 0: holds something other than packed"):
        codec.decode(b"\x6a" + WIRE[1:])
    with pytest.raises(FieldError, match=r"^header at byte 0: needs 11 bytes, 7 are left$"):
        codec.decode(WIRE[:7])
    with pytest.raises(FieldError, match=r"^MTI at byte 11: "):
        codec.decode(WIRE[:11] + b"\x99" + WIRE[12:])


def test_positions_count_from_the_first_byte_of_the_frame() -> None:
    with pytest.raises(FieldError) as caught:
        Codec(CUP).decode(WIRE[:-1])

    assert (caught.value.field, caught.value.position) == (41, 24)
    assert caught.value.partial == Message("0820", {11: "000001"}, CAME)


def test_reply_goes_back_where_the_request_came_from() -> None:
    """The host swaps 60 0525 0000 to 60 0000 0525."""
    header = reply_header(CAME, ProcessingRequest.SIGN_ON)

    assert "6000000525 603123311001" == str(header)
    assert header is not None
    assert header.terminal is not None
    assert ProcessingRequest.SIGN_ON is header.terminal.processing_request


def test_reply_asks_for_nothing_by_itself() -> None:
    asked = Header(tpdu=Tpdu(), terminal=TerminalHeader(request="3"))

    assert "6000000000 603100311001" == str(reply_header(asked))
    assert reply_header(None) is None


def test_refusal_carries_the_reply_header() -> None:
    refused = refusal(ECHO)

    assert refused is not None
    assert refused.header == reply_header(CAME)


def test_unknown_processing_request_is_none() -> None:
    """A digit nobody knows is no reason to refuse a reply about money."""
    assert TerminalHeader(request="9").processing_request is None


@pytest.mark.parametrize("digits", ["600525000", "60052500001", "60052500AA"])
def test_header_rule_refuses_what_is_no_tpdu(digits: str) -> None:
    with pytest.raises(ValueError, match="decimal digits"):
        HeaderRule(tpdu=digits)


def test_dialect_may_have_a_tpdu_alone() -> None:
    codec = Codec(load_dialect('base = "iso87"\nheader = { tpdu = "6000010002" }', "x"))
    message = Message("0800", {11: "000001"})

    wire = codec.encode(message)

    assert wire == bytes.fromhex("6000010002") + b"08000020000000000000000001"
    assert codec.decode(wire).header == Header(tpdu=Tpdu(destination="0001", source="0002"))
    with pytest.raises(LocalProtocolError, match="too many"):
        codec.encode(Message("0800", message.fields, CAME))


def test_dialect_without_header_writes_none() -> None:
    """A message may come from one wire and leave on another."""
    codec = Codec(builtin_dialect())

    assert codec.encode(Message("0800", {11: "000001"}, CAME)).startswith(b"0800")


def test_header_is_shown_to_people() -> None:
    assert ECHO.describe().startswith("header 6005250000 603120311001\nMTI 0820\n")
