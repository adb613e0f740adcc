"""Where the cup profile writes each fact: the field presence table, published vectors."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec import structs

from protocol.amount import AMOUNT_MINOR_MAX
from protocol.errors import LocalProtocolError
from protocol.message import Message
from protocol.operations import (
    Card,
    PaymentReply,
    Totals,
)
from protocol.pin_rule import PinFormat
from protocol.profiles import cup
from protocol.secrets import PinBlock, Track2
from protocol.structures.sealed_pin import PinCipher, SealedPin, SecurityControl
from tests.protocol.profiles.cup.samples import (
    CODEC,
    MESSAGES,
    ORIGINAL,
    REVERSAL,
    SALE,
    SETTLEMENT,
    VOID,
    answered,
    echoes,
)

CONTROL = SecurityControl(PinFormat.ISO_0, PinCipher.DOUBLE_DES)

PRESENCE: Final = """
F    0800 0810 sale 0210 void refund 0400 0410 0500 0510 0320 0330
2    -    -    C    M    C    C      C    M    -    -    -    -
3    -    -    M    M    M    M      M    M    -    -    -    -
4    -    -    M    M    M    M      M    M    -    -    -    -
11   M    M    M    M    M    M      M    M    M    M    M    M
12   -    M    -    M    -    -      -    M    -    M    -    M
13   -    M    -    M    -    -      -    M    -    M    -    M
14   -    -    C    C    C    C      C    C    -    -    -    -
15   -    -    -    M    -    -      -    M    -    M    -    -
22   -    -    M    -    M    M      M    -    -    -    -    -
23   -    -    C    C    C    C      C    C    -    -    -    -
25   -    -    M    M    M    M      M    M    -    -    -    -
26   -    -    C    -    C    C      -    -    -    -    -    -
32   -    M    -    M    -    -      -    M    -    M    -    M
35   -    -    C    -    C    C      -    -    -    -    -    -
36   -    -    C    -    C    C      -    -    -    -    -    -
37   -    M    -    M    M    M      -    M    -    M    -    M
38   -    -    -    C    C    C      C    -    -    -    -    -
39   -    M    -    M    -    -      M    M    -    -    -    M
41   M    M    M    M    M    M      M    M    M    M    M    M
42   M    M    M    M    M    M      M    M    M    M    M    M
44   -    -    -    C    -    -      -    M    -    -    -    -
48   -    -    -    -    -    -      -    -    M    M    M    -
49   -    -    M    M    M    M      M    M    M    -    -    -
52   -    -    C    -    C    C      -    -    -    -    -    -
53   -    -    C    C    C    C      C    C    -    -    -    -
55   -    -    C    C    C    C      C    -    -    -    C    -
60   M    M    M    M    M    M      M    M    M    M    M    M
61   -    -    -    -    M    M      C    C    -    -    -    -
62   C    M    -    -    -    -      -    -    -    -    -    -
63   M    -    C    C    -    M      -    C    M    -    -    -
"""
"""domain/messages 3, but for F64: the MAC is not the profile's."""


@pytest.mark.parametrize("row", PRESENCE.strip().splitlines()[1:], ids=lambda row: row[:3].strip())
def test_field_is_there_where_the_table_says(row: str) -> None:
    number, *marks = row.split()

    for mark, (name, message) in zip(marks, MESSAGES.items(), strict=True):
        present = int(number) in message.fields
        assert mark == "C" or present == (mark == "M"), name


def test_every_field_that_travels_is_in_the_table() -> None:
    numbers = {int(row.split()[0]) for row in PRESENCE.strip().splitlines()[1:]}

    assert numbers >= {number for message in MESSAGES.values() for number in message.fields}


def test_answer_to_a_sign_on_has_the_published_bitmap() -> None:
    assert "0810003800010AC00014" == CODEC.encode(MESSAGES["0810"])[11:21].hex().upper()


def test_reversal_of_a_void_has_the_published_bitmap() -> None:
    """The golden vector: no track, no PIN, no card number; the reason in F39, the sale in F61."""
    signed = Message("0400", {**cup.encode(REVERSAL).fields, 64: bytes(8)})

    wire = CODEC.encode(signed)

    assert "04003020048006C08019" == wire[11:21].hex().upper()
    assert ("98", "0000010001231120") == (signed.get(39), signed.get(61))


def test_repeat_is_the_same_request() -> None:
    """States, repeats: byte-identical business fields; this dialect has no 0401 and no 0501."""
    for operation in (REVERSAL, SETTLEMENT):
        assert cup.encode(operation) == cup.encode(structs.replace(operation, repeat=True))


def test_refund_names_its_original_by_rrn_and_date() -> None:
    fields = MESSAGES["0220 refund"].fields

    assert ("0000000000001120", "000000000007", b"000") == (fields[61], fields[37], fields[63])


def test_original_without_a_date_is_dated_by_its_transmission() -> None:
    undated = structs.replace(VOID, original=structs.replace(ORIGINAL, date=""))

    assert "0000010001231120" == cup.encode(undated).get(61)


def test_swiped_card_travels_in_its_track() -> None:
    """F2 is conditional: keyed and chip cards have it, swiped ones F35."""
    track = Track2("6200000000000005=29122010000000000")
    swiped = structs.replace(SALE, card=Card(SALE.card.pan, None, "021", track))
    message = cup.encode(swiped)
    reply = PaymentReply(**echoes(SALE), code="00", amount=SALE.amount)

    assert (2 in message.fields, message.get(35)) == (False, track.reveal())
    assert "6200000000000005" == answered(message, reply).get(2)


def test_pin_brings_its_security_fields() -> None:
    fields = cup.encode(structs.replace(SALE, pin=SealedPin(PinBlock(bytes(8)), CONTROL))).fields

    assert ("12", bytes(8), "26" + "0" * 14) == (fields[26], fields[52], fields[53])


@pytest.mark.parametrize(
    "totals",
    [
        Totals(debit_count=1000),
        Totals(credit_amount=AMOUNT_MINOR_MAX + 1),
        Totals(debit_reversal_count=1),
    ],
)
def test_totals_without_room_are_refused_and_never_wrapped(totals: Totals) -> None:
    """domain/messages 4: 999 a side."""
    with pytest.raises(LocalProtocolError, match="F48"):
        cup.encode(structs.replace(SETTLEMENT, totals=totals))
