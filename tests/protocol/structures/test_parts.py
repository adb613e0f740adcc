"""Parts of a field, cut and checked by a table."""

from __future__ import annotations

import pytest

from protocol.errors import FieldError, StructureError
from protocol.structures.parts import LETTERS_DIGITS, TEXT, Part, check, check_number, cut

PARTS = (Part("type", 2), Part("name", 3, TEXT), Part("code", 2, LETTERS_DIGITS))


def test_cut_returns_the_parts() -> None:
    assert ["22", "a-b", "X1"] == cut(60, "22a-bX1 and more", PARTS)
    assert ["22", "a-b", "X1"] == cut(60, "..22a-bX1", PARTS, begin=2)


def test_cut_may_end_after_what_is_needed() -> None:
    assert ["22", "a-b"] == cut(60, "22a-b", PARTS, needed=2)
    assert ["22", "a-b"] == cut(60, "22a-b", PARTS, needed=1)


@pytest.mark.parametrize(
    ("value", "position", "problem"),
    [
        ("", 0, "type has 2 characters, not 0"),
        ("2", 0, "type has 2 characters, not 1"),
        ("A2a-bX1", 0, "type holds something other than digits"),
        ("\N{SUPERSCRIPT TWO}2a-bX1", 0, "type holds something other than digits"),
        ("22a\nbX1", 2, "name holds something that is not printable ASCII"),
        ("22a-bX-", 5, "code holds something other than letters and digits"),
        ("22a-bX", 5, "code has 2 characters, not 1"),
    ],
)
def test_cut_names_part_and_position(value: str, position: int, problem: str) -> None:
    with pytest.raises(StructureError) as caught:
        cut(60, value, PARTS)

    assert (caught.value.field, caught.value.position) == (60, position)
    assert str(caught.value) == f"F60 at character {position}: {problem}"
    assert isinstance(caught.value, FieldError)
    assert caught.value.__context__ is None


def test_check_refuses_what_cut_would() -> None:
    check(60, ["22", "a-b"], PARTS)
    with pytest.raises(ValueError, match=r"^F60 at character 2: name has 3 characters, not 4$"):
        check(60, ["22", "a--b"], PARTS)


def test_number_is_refused_when_there_is_no_room() -> None:
    check_number(48, 12, "count", 999, 999)
    with pytest.raises(ValueError, match=r"^F48 at character 12: count is 0 to 999$"):
        check_number(48, 12, "count", 1000, 999)
    with pytest.raises(ValueError, match="count"):
        check_number(48, 12, "count", -1, 999)
