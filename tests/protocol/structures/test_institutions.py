"""F44 of a reply."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.structures.institutions import Institutions


def test_institutions_fill_up_with_blanks() -> None:
    both = Institutions(issuer="01020000", acquirer="48021000")

    assert "01020000   48021000   " == both.build()
    assert both == Institutions.parse(both.build())


@pytest.mark.parametrize("value", ["01020000   48021000", "01020000   48021000   abc"])
def test_institutions_are_read_whatever_follows(value: str) -> None:
    assert Institutions(issuer="01020000", acquirer="48021000") == Institutions.parse(value)


def test_institutions_may_be_unknown() -> None:
    assert Institutions(issuer="", acquirer="") == Institutions.parse("")


def test_wrong_institution_is_a_field_error() -> None:
    with pytest.raises(StructureError, match=r"^F44 at character 11: acquirer holds"):
        Institutions.parse("01020000   4802\t000   ")
    with pytest.raises(ValueError, match=r"^F44 at character 0: issuer has 11 characters, not 12$"):
        Institutions(issuer="0" * 12, acquirer="")
