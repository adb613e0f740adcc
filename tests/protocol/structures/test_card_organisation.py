"""F63: operator or organisation, and a text."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.structures.card_organisation import CardOrganisation


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"01 ", CardOrganisation("01")),
        (b"000", CardOrganisation("000")),
        (b"CUP", CardOrganisation("CUP")),
        (b"CUP" + "交易成功".encode("gb18030"), CardOrganisation("CUP", "交易成功")),
    ],
)
def test_code_and_text_come_back(value: bytes, expected: CardOrganisation) -> None:
    assert expected == CardOrganisation.parse(value)
    assert value == expected.build()


def test_text_in_another_charset_is_no_reason_to_refuse() -> None:
    """A reply about money is not lost for what stands under its last line."""
    cut_short = b"CUP" + ("交" * 80).encode("gb18030")[:-1]

    found = CardOrganisation.parse(cut_short)

    assert "CUP" == found.code
    assert found.text.startswith("交" * 79)


@pytest.mark.parametrize("value", [b"", b"CU", b"C-P", b"\xff\xff\xff"])
def test_wrong_code_is_a_field_error(value: bytes) -> None:
    with pytest.raises(StructureError, match=r"^F63 at character 0: code"):
        CardOrganisation.parse(value)


def test_long_text_is_refused_both_ways() -> None:
    with pytest.raises(StructureError, match=r"^F63 at character 3: text has at most 160 bytes$"):
        CardOrganisation.parse(b"CUP" + bytes(161))
    with pytest.raises(ValueError, match="at most 160 bytes"):
        CardOrganisation("CUP", "交" * 81)
