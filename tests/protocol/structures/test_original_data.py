"""F61: the payment spoken of."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.structures.original_data import OriginalData


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("000001000123", OriginalData(batch="000001", stan="000123")),
        ("0000010001231120", OriginalData(batch="000001", stan="000123", date="1120")),
        (
            "00000100012311200012345678901",
            OriginalData(
                batch="000001", stan="000123", date="1120", mode="00", institution="12345678901"
            ),
        ),
    ],
)
def test_message_may_end_after_the_stan(value: str, data: OriginalData) -> None:
    assert data == OriginalData.parse(value)
    assert value == data.build()


def test_refund_after_settlement_knows_the_date_alone() -> None:
    assert "0000000000001120" == OriginalData(batch="0" * 6, stan="0" * 6, date="1120").build()


@pytest.mark.parametrize(
    ("value", "position"),
    [("", 0), ("000001", 6), ("00000100O123", 6), ("00000100012311", 12), ("0" * 30, 29)],
)
def test_wrong_original_is_a_field_error(value: str, position: int) -> None:
    with pytest.raises(StructureError) as caught:
        OriginalData.parse(value)

    assert (caught.value.field, caught.value.position) == (61, position)


@pytest.mark.parametrize("wrong", [{"stan": "1"}, {"mode": "00"}, {"date": "112"}])
def test_wrong_original_cannot_be_made(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="F61"):
        OriginalData(**{"batch": "000001", "stan": "000123", **wrong})
