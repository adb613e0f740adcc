"""A message as JSON: masked, revealed when all its cards are test cards, and back."""

from __future__ import annotations

import re

import msgspec
import pytest

from protocol.dialect import builtin_dialect
from protocol.errors import LocalProtocolError
from protocol.message import FieldValue, Message
from protocol.record import (
    Record,
    RevealRefusedError,
    as_builtins,
    masked,
    message_of,
    read_record,
    revealed,
)
from protocol.secrets import luhn_valid

DIALECT = builtin_dialect()
CARD = "4111111111111111"
STEM = "499999000000000"
FOREIGN = next(STEM + digit for digit in "0123456789" if luhn_valid(STEM + digit))
"""Passes the check digit; nobody has published it as a test card."""

SALE = Message(
    "0200",
    {
        2: CARD,
        11: "000002",
        35: f"{CARD}=2812",
        45: f"B{CARD}^TEST/CARD^2812",
        55: bytes.fromhex("5A08" + CARD + "9A03260314"),
        60: "000001",
        90: "0200" + "000002" + "0314043000" + CARD + "0" * 6,
    },
)


def test_masked_record_shows_no_secret() -> None:
    record = masked(SALE, DIALECT)

    assert (2, 35, 45, 55, 90) == record.masked
    assert "000002" == record.fields[11]
    assert "411111******1111" == record.fields[2]
    assert CARD not in repr(record)
    assert not re.search(r"\d{13,}", record.fields[35] + record.fields[45] + record.fields[55])


def test_message_comes_back_from_its_revealed_record() -> None:
    record = revealed(SALE, DIALECT)

    assert () == record.masked
    assert SALE == message_of(record, DIALECT)
    assert record == read_record(msgspec.json.encode(record))
    assert {"mti", "fields"} == set(as_builtins(record))


def test_header_comes_back_too() -> None:
    dialect = builtin_dialect("cup")
    message = Message("0800", {11: "000001"}, dialect.header.default)

    record = revealed(message, dialect)

    assert "6000000000 603100311001" == record.header
    assert message == message_of(record, dialect)


def test_pin_and_keys_stay_masked() -> None:
    message = Message("0200", {2: CARD, 52: bytes(8), 62: "0123456789ABCDEF"})

    record = revealed(message, DIALECT)

    assert (52, 62) == record.masked
    assert CARD == record.fields[2]
    assert "(8 bytes)" == record.fields[52]
    assert "*" * 16 == record.fields[62]


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (2, FOREIGN),
        (2, "1"),
        (34, FOREIGN),
        (35, f"{FOREIGN}=2812"),
        (35, "nothing like a track"),
        (36, f"{CARD[:11]}=2812"),
        (45, f"B{FOREIGN}^SOMEONE^2812"),
        (48, f"01000002{FOREIGN:0>20}000000001850"),
        (55, bytes.fromhex("5A08" + FOREIGN)),
        (55, bytes.fromhex("5708" + FOREIGN)),
        (55, bytes.fromhex("700A5A08" + FOREIGN)),
        (55, bytes.fromhex("5F2004414E4E41")),
        (55, bytes.fromhex("5A0849")),
        (60, FOREIGN),
        (63, f"card {FOREIGN} of a customer".encode()),
        (63, bytes.fromhex("00" + FOREIGN)),
        (102, FOREIGN),
    ],
)
def test_card_of_anybody_is_not_revealed(number: int, value: FieldValue) -> None:
    message = Message("0200", {11: "000001", number: value})

    with pytest.raises(RevealRefusedError, match=f"^F{number} holds") as caught:
        revealed(message, DIALECT)

    assert "49999" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (90, "0" * 42),
        (90, f"{FOREIGN}{'0' * 26}"),
        (88, FOREIGN),
        (48, f"{CARD:0>20}"),
        (37, "1" * 12),
    ],
)
def test_numbers_that_are_no_cards_are_revealed(number: int, value: FieldValue) -> None:
    assert value == revealed(Message("0500", {number: value}), DIALECT).fields[number]


def test_mac_that_looks_like_a_card_is_revealed() -> None:
    """The hexadecimal digits of cup's F64 are all decimal: one in ten passes the check digit."""
    shown = revealed(Message("0200", {11: "000001", 64: bytes.fromhex(FOREIGN)}), DIALECT)

    assert (FOREIGN, ()) == (shown.fields[64], shown.masked)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (Record("0200", {2: "411111******1111"}, masked=(2,)), "masked: F2 came without a value"),
        (Record("0200", {52: "0g"}), "F52: is binary"),
        (Record("0200", {11: "000001"}, header="60"), "header: has 0 bytes here"),
    ],
)
def test_record_that_is_no_message_is_refused(record: Record, problem: str) -> None:
    with pytest.raises(LocalProtocolError, match=problem):
        message_of(record, DIALECT)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"mti": "0200"}', '{"mti": 200, "fields": {}}', "[" * 100_000]
)
def test_text_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(LocalProtocolError, match="JSON"):
        read_record(text)
