"""F60: kind of message, batch, terminal."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.kinds import KINDS, PaymentKind, Side
from protocol.structures.batch_data import BatchData, totals_side

SALE = BatchData(
    message_type="22",
    batch="000001",
    reading="6",
    chip_condition="0",
    partial_approval="0",
    account_type="000",
)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("00000001003", BatchData(message_type="00", batch="000001", network_code="003")),
        ("220000010006", BatchData(message_type="22", batch="000001", reading="6")),
        ("22000001000600000", SALE),
    ],
)
def test_message_may_end_after_any_part(value: str, data: BatchData) -> None:
    assert data == BatchData.parse(value)
    assert value == data.build()


def test_rest_is_kept() -> None:
    value = SALE.build() + "1234567890123"

    assert "1234567890123" == BatchData.parse(value).rest
    assert value == BatchData.parse(value).build()


@pytest.mark.parametrize(
    ("value", "position", "problem"),
    [
        ("22000001", 8, "network management code has 3 characters, not 0"),
        ("2200000100", 8, "network management code has 3 characters, not 2"),
        ("2", 0, "type has 2 characters, not 1"),
        ("22A00001000", 2, "batch holds something other than digits"),
        ("220000010006000", 14, "account type has 3 characters, not 1"),
        (SALE.build() + "0" * 14, 17, "what follows the account type"),
        (SALE.build() + "A", 17, "what follows the account type"),
    ],
)
def test_wrong_batch_data_is_a_field_error(value: str, position: int, problem: str) -> None:
    with pytest.raises(StructureError, match=problem) as caught:
        BatchData.parse(value)

    assert (caught.value.field, caught.value.position) == (60, position)


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": "1"},
        {"network_code": ""},
        {"chip_condition": "0"},
        {"reading": "6", "rest": "0"},
        {"reading": "66"},
    ],
)
def test_wrong_batch_data_cannot_be_made(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="F60"):
        BatchData(**{"message_type": "22", "batch": "000001", **wrong})


@pytest.mark.parametrize(
    ("message_type", "side"),
    [
        ("00", Side.NEITHER),
        ("01", Side.NEITHER),
        ("10", Side.NEITHER),
        ("11", Side.NEITHER),
        ("20", Side.DEBIT),
        ("21", Side.CREDIT),
        ("22", Side.DEBIT),
        ("23", Side.CREDIT),
        ("24", Side.DEBIT),
        ("25", Side.CREDIT),
        ("30", Side.DEBIT),
        ("32", Side.DEBIT),
        ("34", Side.DEBIT),
        ("45", Side.NEITHER),
        ("51", Side.CREDIT),
        ("28", Side.DEBIT),
        ("29", Side.CREDIT),
        ("37", Side.CREDIT),
    ],
)
def test_type_says_how_a_payment_counts(message_type: str, side: Side) -> None:
    assert side is totals_side(message_type)


@pytest.mark.parametrize("kind", PaymentKind)
def test_kinds_count_as_their_type_says(kind: PaymentKind) -> None:
    """The table of kinds and the rule of 60.1 are written down apart, and agree."""
    assert KINDS[kind].side is totals_side(KINDS[kind].message_type)
