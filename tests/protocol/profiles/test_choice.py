"""Every dialect has a profile, its own or its base's."""

from __future__ import annotations

import pytest

from protocol.dialect import BUILTIN, builtin_dialect, load_dialect
from protocol.errors import DialectError
from protocol.profiles import cup, iso87, iso93
from protocol.profiles.choice import profile_of


def test_shipped_dialects_name_a_profile_that_exists() -> None:
    assert {iso87, cup, iso93} == {profile_of(builtin_dialect(name)) for name in BUILTIN}
    assert (iso87, cup) == tuple(profile_of(builtin_dialect(name)) for name in ("iso87", "cup"))


def test_own_dialect_speaks_as_its_base() -> None:
    assert cup is profile_of(load_dialect('base = "cup"\nname = "own"', "own"))


def test_profile_that_does_not_exist_is_named() -> None:
    with pytest.raises(DialectError, match="profile"):
        load_dialect('base = "iso87"\nprofile = "iso2003"', "own")
