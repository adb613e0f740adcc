"""What a benchmark says, and when it says that a target is missed."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import describe, render
from benchmarks.result import Claim, Report, Row, alternate, times


def test_claim_holds_on_the_right_side_of_its_target() -> None:
    assert Claim("faster", 7.0, 7.0).holds
    assert not Claim("faster", 6.99, 7.0).holds
    assert Claim("cost", 2.5, 2.5, at_least=False).holds
    assert not Claim("cost", 2.51, 2.5, at_least=False).holds


def test_row_is_refused_when_rounds_are_few() -> None:
    """The medians are of at least five rounds."""
    with pytest.raises(ValueError, match="4 rounds, at least 5"):
        Row("decode", "µs", (1.0, 2.0, 3.0, 4.0))


def test_contestants_take_turns() -> None:
    calls: list[str] = []

    def contestant(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    rows = alternate([("a", lambda: contestant("a")), ("b", lambda: contestant("b"))], unit="µs")

    assert ["a", "b"] * 5 == calls
    assert [5.0, 6.0] == [row.median for row in rows]


def test_ratio_compares_what_met_the_same_weather() -> None:
    """One round on a machine that is ten times slower changes nothing."""
    slow = Row("theirs", "µs", (6.0, 6.0, 60.0, 6.0, 6.0))
    fast = Row("ours", "µs", (2.0, 2.0, 20.0, 3.0, 2.0))

    assert 3.0 == times(slow, fast)


def test_report_reads_as_a_table_and_as_json() -> None:
    row = Row("ours", "µs", (2.0, 2.0, 3.0, 2.0, 1.0))
    report = Report("Codec", (row,), (Claim("decode", 6.5, 7.0),), ("two cores",))

    text = render(report)
    data = json.loads(json.dumps(describe(report)))

    assert "ours" in text
    assert "6.50 times    at least 7: MISSED" in text
    assert {"ours": 2.0} == data["medians"]
    assert {"decode": False} == data["holds"]
