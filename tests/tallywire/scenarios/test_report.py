"""What a person and a CI server are told."""

from __future__ import annotations

from xml.etree import ElementTree

from tallywire.scenarios.judge import Problem
from tallywire.scenarios.player import Outcome
from tallywire.scenarios.record import Record
from tallywire.scenarios.report import json_of, junit, lines_of

PROBLEM = Problem(where="wire, message 2", expected="0210 <F39>", came="not\x1bhing")


def outcome(*problems: Problem) -> Outcome:
    return Outcome(
        name="lost",
        title="A sale & its end",
        covers=("N4",),
        seconds=0.25,
        problems=problems,
        record=Record(),
    )


def test_one_line_tells_of_success_and_four_of_a_failure() -> None:
    assert ["ok   lost                          0.25 s  A sale & its end"] == list(
        lines_of(outcome())
    )
    assert [
        "FAIL lost                          0.25 s  A sale & its end",
        "     wire, message 2",
        "       expected  0210 <F39>",
        "       came      not\x1bhing",
    ] == list(lines_of(outcome(PROBLEM)))


def test_junit_counts_and_holds_what_failed() -> None:
    """The shape that CI servers read: testsuites, testsuite, testcase, failure."""
    root = ElementTree.fromstring(junit([outcome(), outcome(PROBLEM)]))

    suite = root[0]
    assert ("testsuites", "testsuite") == (root.tag, suite.tag)
    assert ("2", "1", "0", "0") == tuple(
        suite.get(name) for name in ("tests", "failures", "errors", "skipped")
    )
    failures = [case.find("failure") for case in suite]
    assert [True, False] == [failure is None for failure in failures]
    assert failures[1] is not None
    assert failures[1].text == "wire, message 2: expected 0210 <F39>; came not?hing"


def test_json_tells_whether_it_passed_and_why_not() -> None:
    told = json_of(outcome(PROBLEM))

    assert (told["event"], told["passed"]) == ("scenario", False)
    assert "wire, message 2" == told["problems"][0]["where"]
