"""Six digits that wrap."""

from __future__ import annotations

import pytest

from terminal.numbers import next_number


@pytest.mark.parametrize(
    ("last", "taken", "expected"),
    [
        ("000000", (), "000001"),
        ("000009", (), "000010"),
        ("999999", (), "000001"),
        ("999998", {"999999", "000001"}, "000002"),
    ],
)
def test_next_number_wraps_and_skips(last: str, taken: set[str], expected: str) -> None:
    """I8: zero is no number, and none is used twice."""
    assert expected == next_number(last, taken)
