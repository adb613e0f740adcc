"""What stands inside the fields of cup: told by its structure, and never a key or a card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.message import Message
from protocol.profiles import cup
from protocol.profiles.cup.account import structure_lines
from tests.protocol.profiles.cup.samples import ITEM, MESSAGES

FIELDS = (44, 48, 54, 60, 61, 62, 63)
CARD = "6200000000000005"


def lines(message: Message, number: int) -> list[str]:
    return list(structure_lines(message, number))


def test_totals_are_told_by_side() -> None:
    assert [
        "domestic cards: debits 2 for 500.00, credits 1 for 2.00, reply code 1 (in balance)",
        "foreign cards: debits 0 for 0.00, credits 0 for 0.00, reply code 1 (in balance)",
    ] == lines(MESSAGES["0510"], 48)


def test_uploaded_payment_is_told_with_its_card_masked() -> None:
    (told,) = lines(cup.encode(ITEM), 48)

    assert "domestic card 620000******0005, STAN 000123, amount 123.45" == told


@pytest.mark.parametrize(
    ("message", "number", "told"),
    [
        (
            MESSAGES["0200 void"],
            60,
            "message type 23 (void), batch 000001, network code 000",
        ),
        (MESSAGES["0200 void"], 61, "batch 000001, stan 000123, date 1120"),
        (MESSAGES["0210"], 44, "issuer 00010000, acquirer 00010000"),
        (MESSAGES["0800"], 63, "code 01"),
        (
            Message("0210", {54: "1002156C000000012345"}),
            54,
            "account 10, available balance, RMB 123.45, credit",
        ),
        (Message("0830", {48: "41"}), 48, "state closed, verdict in balance"),
        (Message("0830", {48: "10"}), 48, "state open, verdict none"),
        (
            Message("0320", {48: "0012", 60: "00000001202"}),
            48,
            "count of payments 12",
        ),
        (
            Message("0210", {63: b"CUP" + "谢谢".encode("gb18030")}),
            63,
            "code CUP, text 谢谢",
        ),
        (
            Message("0210", {63: b"CUP\x1b[2J" + CARD.encode()}),
            63,
            "code CUP, text ?[2J620000******0005",
        ),
        (Message("0200", {60: "22"}), 60, None),
        (Message("0210", {44: "\x1b"}), 44, None),
    ],
)
def test_field_is_told_by_its_structure(message: Message, number: int, told: str | None) -> None:
    (line,) = lines(message, number)

    assert line == told if told is not None else line.startswith("no such structure: at character ")


def test_of_keys_only_the_check_values_are_told() -> None:
    wrapped = b"\xaa" * 16 + b"\x01\x02\x03\x04" + b"\xbb" * 16 + b"\x05\x06\x07\x08"
    told = lines(Message("0810", {62: wrapped}), 62)

    assert ["PIN key: check value 01020304", "MAC key: check value 05060708"] == told
    assert [] == lines(Message("0200", {62: wrapped}), 62)
    assert "takes" not in lines(Message("0810", {62: wrapped[:-1]}), 62)[0]
    assert "AA" not in lines(Message("0810", {62: wrapped[:-1]}), 62)[0]


@given(
    st.sampled_from(["0200", "0210", "0320", "0500", "0510", "0810", "0830"]),
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=70) | st.binary(max_size=70)),
)
def test_nothing_that_arrives_breaks_the_account(mti: str, fields: dict[int, str | bytes]) -> None:
    message = Message(mti, fields)

    for number in fields:
        assert all(line.isprintable() for line in lines(message, number))
