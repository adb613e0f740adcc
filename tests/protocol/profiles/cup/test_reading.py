"""What the cup profile understands, and how it refuses what means nothing."""

from __future__ import annotations

import pytest

from protocol.errors import ProfileError
from protocol.message import FieldValue, Message
from protocol.operations import (
    Origin,
    PaymentReply,
    ReconciliationResult,
    SettlementReply,
    SignOn,
    SignOnReply,
    Totals,
)
from protocol.profiles import cup
from protocol.profiles.cup.fields import CODES
from protocol.uploads import UploadDetails
from tests.protocol.profiles.cup.samples import CODEC, GOLDEN, MESSAGES, UNTIMED


def test_published_sign_on_is_understood_and_said_again() -> None:
    """domain/messages 0: a published terminal's request; F62 has its serial number besides."""
    message = CODEC.decode(GOLDEN["sign-on, sequence number of the terminal in F62"])

    operation = cup.decode(message)

    assert operation == SignOn(
        origin=Origin("00000082", "987654321011111"), stan="001296", stamp=UNTIMED, batch="000001"
    )
    assert {**cup.encode(operation).fields, 62: message.fields[62]} == message.fields


def test_published_answer_to_a_sign_on_is_understood() -> None:
    wire = GOLDEN["sign-on answer, two double-length keys with check values"]

    reply = cup.decode(CODEC.decode(wire))

    assert isinstance(reply, SignOnReply)
    assert ("00", "000519", 40) == (reply.code, reply.batch, len(reply.keys or b""))


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ("11", ReconciliationResult.IN_BALANCE),
        ("12", ReconciliationResult.OUT_OF_BALANCE),
        ("21", ReconciliationResult.OUT_OF_BALANCE),
        ("13", ReconciliationResult.ERROR),
        ("23", ReconciliationResult.ERROR),
        ("01", ReconciliationResult.ERROR),
        ("19", ReconciliationResult.ERROR),
    ],
)
def test_worse_verdict_of_the_two_sides_holds(codes: str, verdict: ReconciliationResult) -> None:
    """domain/messages 4: 3, 0 or any other digit is not a closing answer."""
    half = "000000012300" + "002" + "0" * 15
    fields: dict[int, FieldValue] = {**MESSAGES["0510"].fields}
    fields[48] = half + codes[0] + half + codes[1]

    reply = cup.decode(Message("0510", fields))

    assert isinstance(reply, SettlementReply)
    assert (verdict, CODES[verdict]) == (reply.result, reply.code)
    assert Totals(debit_count=4, debit_amount=24_600) == reply.totals


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("0200 sale", 60, "2200000"),
        ("0200 sale", 60, "99000001000"),
        ("0200 sale", 60, "23000001000"),
        ("0200 sale", 60, "10000001000"),
        ("0200 sale", 3, "990000"),
        ("0200 sale", 2, "62000"),
        ("0200 void", 61, "00000"),
        ("0500", 48, "0" * 61),
        ("0500", 60, "00000001000"),
        ("0510", 48, "0" * 63),
        ("0320", 48, "02" + "0" * 80),
        ("0320", 60, "00000001999"),
        ("0800", 60, "00000001777"),
        ("0810", 62, bytes(39)),
        ("0210", 4, None),
        ("0210", 11, None),
        ("0220 refund", 61, None),
    ],
)
def test_meaningless_field_is_named(name: str, field: int, value: FieldValue | None) -> None:
    """An F60 too short, an F48 that lies about its count: a named error, never a value."""
    message = MESSAGES[name]
    fields: dict[int, FieldValue] = {**message.fields}
    if value is None:
        del fields[field]
    else:
        fields[field] = value

    with pytest.raises(ProfileError) as caught:
        cup.decode(Message(message.mti, fields))

    assert caught.value.field in (field, 3, 61)
    assert message.mti in str(caught.value)
    assert str(value) not in str(caught.value)


def test_upload_of_several_payments_in_one_message_is_read() -> None:
    """domain/messages 5: one to eight payments, 40 digits each."""
    fields: dict[int, FieldValue] = {**MESSAGES["0320"].fields}
    item = MESSAGES["0320"].get(48)[2:]
    fields[48] = "08" + item * 8

    details = cup.decode(Message("0320", fields))

    assert isinstance(details, UploadDetails)
    assert [details.lines[0]] * 8 == list(details.lines)


def test_refusal_without_f60_is_still_a_reply() -> None:
    """A host that could not read the request answers 30 with little else."""
    bare = Message("0210", {11: "000001", 39: "30", 41: "10000001", 42: "1" * 15})

    reply = cup.decode(bare)

    assert isinstance(reply, PaymentReply)
    assert (reply.code, reply.amount, reply.batch) == ("30", None, None)
