"""A message told to a person."""

from __future__ import annotations

import pytest

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.errors import FieldError
from protocol.message import Message
from tallywire.messages.account import account, account_of_error

DIALECT = builtin_dialect("cup")
REPLY = Message(
    "0210",
    {
        2: "4111111111111111",
        3: "000000",
        39: "51",
        55: bytes.fromhex("9F3602000A5A084111111111111111"),
    },
    DIALECT.header.default,
)


def test_account_has_a_line_for_each_field_and_part() -> None:
    lines = [" ".join(line.split()) for line in account(REPLY, DIALECT)]

    assert [
        "header 6000000000 603100311001",
        "MTI 0210 1987 financial reply",
        "F2 primary account number 411111******1111",
        "F3 processing code 000000",
        "transaction 00, from account 00, to account 00",
        "F39 response code 51 insufficient funds",
        "F55 chip data (15 bytes)",
        "9F36 application transaction counter 000A",
        "5A card number (8 bytes)",
    ] == lines


def test_account_of_a_broken_message_ends_with_the_reason() -> None:
    codec = Codec(DIALECT)
    with pytest.raises(FieldError) as caught:
        codec.decode(codec.encode(REPLY)[:-1])

    lines = list(account_of_error(caught.value, DIALECT))

    assert "F39" in lines[-2]
    assert lines[-1].startswith("!!   F55 at byte")


def test_account_of_cup_tells_what_stands_inside_its_fields() -> None:
    """Structures where the dialect has them; of keys the check values, nothing else."""
    keys = b"\xaa" * 8 + b"\x01\x02\x03\x04" + b"\xbb" * 8 + b"\x05\x06\x07\x08"
    message = Message("0810", {60: "00000001001", 62: keys})

    lines = [" ".join(line.split()) for line in account(message, DIALECT)]

    assert "message type 00, batch 000001, network code 001" in lines
    assert "PIN key: check value 01020304" in lines
    assert "AAAA" not in " ".join(lines).upper()


def test_account_of_a_plain_dialect_has_no_such_structures() -> None:
    lines = list(account(Message("0800", {60: "000001"}), builtin_dialect("iso87")))

    assert 2 == len(lines)
