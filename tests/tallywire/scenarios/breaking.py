"""Breaks a scenario on purpose: every single thing that it expects, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from tallywire.scenarios.script import Expected, Paper, Scenario, Step


def broken(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """Yield the scenario with one expectation wrong, and which one."""
    for place, step in enumerate(scenario.step):
        for what, other in _steps(step):
            steps = (*scenario.step[:place], other, *scenario.step[place + 1 :])
            yield f"step {place + 1} {what}", replace(scenario, step=steps)
    for what, expected in _expectations(scenario.expect):
        yield what, replace(scenario, expect=expected)


def _steps(step: Step) -> Iterator[tuple[str, Step]]:
    for key, value in step.expect.items():
        yield key, replace(step, expect={**step.expect, key: _other(value)})
    if step.cut:
        yield "cut", replace(step, cut="")


def _expectations(expected: Expected) -> Iterator[tuple[str, Expected]]:
    for what, wire in _each(expected.wire or (), _messages):
        yield f"wire {what}", replace(expected, wire=wire)
    for what, papers in _each(expected.papers or (), _papers):
        yield f"paper {what}", replace(expected, papers=papers)
    if expected.told:
        yield "told", replace(expected, told=(*expected.told, "L00"))
    for side in ("terminal", "ledger"):
        for what, books in _books(getattr(expected, side)):
            yield f"{side} {what}", replace(expected, **{side: books})


def _books(books: Any) -> Iterator[tuple[str, Any]]:
    for name in ("payments", "batches", "alerts"):
        lines = getattr(books, name, None)
        if lines is not None:
            yield f"{name} more", replace(books, **{name: (*lines, "9/9")})
            for what, others in _each(lines, lambda line: [("other", line + "0")]):
                yield f"{name} {what}", replace(books, **{name: others})
    for name in ("status", "balances"):
        members = getattr(books, name, {})
        for key, value in members.items():
            yield f"{name} {key}", replace(books, **{name: {**members, key: _other(value)}})


def _each(
    items: tuple[Any, ...], others: Callable[[Any], Any]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for place, item in enumerate(items):
        yield f"{place + 1} dropped", (*items[:place], *items[place + 1 :])
        for what, other in others(item):
            yield f"{place + 1} {what}", (*items[:place], other, *items[place + 1 :])


def _messages(line: str) -> Iterator[tuple[str, str]]:
    name, *fields = line.split()
    yield "name", " ".join(["9999", *fields])
    for place, field in enumerate(fields):
        number, _, value = field.partition("=")
        wrong = {"*": "-", "-": "*"}.get(value, "no-such-value")
        yield number, " ".join([name, *fields[:place], f"{number}={wrong}", *fields[place + 1 :]])


def _papers(paper: Paper) -> Iterator[tuple[str, Paper]]:
    yield "copy", replace(paper, copy="other")
    yield "duplicate", replace(paper, duplicate=paper.duplicate + 1)
    yield "whole", replace(paper, whole=not paper.whole)
    if paper.says:
        yield "says", replace(paper, says=(*paper.says, "no such words"))
        yield "lacks", replace(paper, lacks=paper.says)


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case _:
            return f"not {value}"
