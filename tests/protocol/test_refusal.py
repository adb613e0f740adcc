"""Refusals: a broken request is answered with format error when its sender could tell which."""

from __future__ import annotations

import pytest

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.errors import FieldError
from protocol.message import FieldValue, Message
from protocol.refusal import refusal

READ: dict[int, FieldValue] = {2: "4111111111111111", 3: "000000", 11: "000123", 41: "TERM0001"}


@pytest.mark.parametrize(
    ("mti", "reply"),
    [("0200", "0210"), ("0201", "0210"), ("0220", "0230"), ("0401", "0410"), ("0320", "0330")],
)
def test_refusal_answers_a_request_with_format_error(mti: str, reply: str) -> None:
    answer = refusal(Message(mti, READ))

    assert answer == Message(reply, {3: "000000", 11: "000123", 39: "30", 41: "TERM0001"})


@pytest.mark.parametrize("mti", ["0210", "0230", "0410"])
def test_refusal_never_answers_an_answer(mti: str) -> None:
    assert refusal(Message(mti, READ)) is None


def test_refusal_needs_the_number_of_the_request() -> None:
    assert refusal(None) is None
    assert refusal(Message("0200", {3: "000000"})) is None


def test_refusal_can_be_encoded_whatever_broke_the_request() -> None:
    codec = Codec(builtin_dialect())
    wire = b"02002220000000800000" + b"000000" + b"1120113424" + b"000123" + b"TERM\xe9001"

    with pytest.raises(FieldError) as caught:
        codec.decode(wire)
    answer = refusal(caught.value.partial)

    assert answer is not None
    assert codec.encode(answer) == b"0210222000000200000000000011201134240001233" + b"0"


@pytest.mark.parametrize("name", ["iso93", "iso93_bcd"])
def test_refusal_has_an_action_code_in_1993(name: str) -> None:
    codec = Codec(builtin_dialect(name))
    answer = refusal(Message("1200", {11: "000123"}))

    assert answer == Message("1210", {11: "000123", 39: "904"})
    assert codec.decode(codec.encode(answer)) == answer


def test_refusal_is_silent_in_an_edition_it_does_not_know() -> None:
    """ISO 8583:2003 has yet another F39."""
    assert refusal(Message("2200", {11: "000123"})) is None
