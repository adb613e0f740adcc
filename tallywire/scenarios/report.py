"""What a person and a program are told of played scenarios: lines, JSON, JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.etree import ElementTree

import msgspec

from tallywire.scenarios.player import Outcome

SUITE: Final = "tallywire scenarios"
_UNPRINTABLE: Final = {code: "?" for code in range(32) if chr(code) not in "\t\n\r"}
"""What XML 1.0 cannot hold, section 2.2."""


def lines_of(outcome: Outcome, *, story: bool = False) -> Iterator[str]:
    """Yield one line, one more for each problem, and the whole story when it is wanted."""
    word = "ok  " if outcome.passed else "FAIL"
    yield f"{word} {outcome.name:<28} {outcome.seconds:5.2f} s  {outcome.title}"
    for one in outcome.problems:
        yield f"     {one.where}"
        yield f"       expected  {one.expected}"
        yield f"       came      {one.came}"
    if story:
        yield from _story(outcome)


def _story(outcome: Outcome) -> Iterator[str]:
    record = outcome.record
    for step in record.steps:
        yield f"     step {step.number:>2}  {step.do}: {step}"
    for number, message in enumerate(record.said, 1):
        yield f"     wire {number:>2}  {message}"
    if record.books is not None:
        yield from (f"     {line}" for line in record.books.terminal.lines("terminal"))
        yield from (f"     {line}" for line in record.books.ledger.lines("ledger"))
    yield f"     told     {' '.join(record.told)}"
    for number, paper in enumerate(record.papers, 1):
        yield f"     paper {number:>2}  {paper}"
        yield from (f"       | {line}".rstrip() for line in paper.text.rstrip().splitlines())


def json_of(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as one JSON object."""
    record = outcome.record
    return {
        "event": "scenario",
        "name": outcome.name,
        "title": outcome.title,
        "passed": outcome.passed,
        "seconds": outcome.seconds,
        "covers": outcome.covers,
        "problems": msgspec.to_builtins(outcome.problems),
        "steps": [{"do": step.do, "came": str(step)} for step in record.steps],
        "wire": [str(message) for message in record.said],
        "papers": [str(paper) for paper in record.papers],
    }


def junit(outcomes: Sequence[Outcome]) -> bytes:
    """Return JUnit XML: one suite, a case for each scenario, a failure with all its problems."""
    failed = sum(not one.passed for one in outcomes)
    counts: dict[str, str] = {
        "tests": str(len(outcomes)),
        "failures": str(failed),
        "errors": "0",
        "skipped": "0",
        "time": f"{sum(one.seconds for one in outcomes):.3f}",
    }
    # The outer element counts the same, but has no skipped cases to count.
    total = {key: value for key, value in counts.items() if key != "skipped"}
    root = ElementTree.Element("testsuites", {"name": SUITE, **total})
    suite = ElementTree.SubElement(root, "testsuite", {"name": SUITE, **counts})
    for one in outcomes:
        case = ElementTree.SubElement(
            suite, "testcase", classname="scenario", name=one.name, time=f"{one.seconds:.3f}"
        )
        if not one.passed:
            message = _clean(str(one.problems[0]))
            failure = ElementTree.SubElement(case, "failure", message=message, type="unexpected")
            failure.text = _clean("\n".join(map(str, one.problems)))
        output = ElementTree.SubElement(case, "system-out")
        output.text = _clean("\n".join([one.title, *map(str, one.record.said)]))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)
