"""The shipped scenarios: they cover what they should, they pass, and each of them can fail."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from tallywire.scenarios.judge import compare
from tallywire.scenarios.library import Found, find_scenarios
from tallywire.scenarios.names import (
    CRASH_POINTS,
    HOST_RULES,
    MISTAKES,
    NETWORK_AND_HOST,
    NOBODY_PROVOKES,
    WANTED,
)
from tallywire.scenarios.player import Outcome
from tallywire.scenarios.record import Books, FaultRecord, Record
from tests.tallywire.scenarios.breaking import broken
from tests.tallywire.scenarios.playing import all_played

SHIPPED = find_scenarios(())
LEAST = 40


@functools.cache
def outcomes() -> dict[str, Outcome]:
    """Play them all, once for all tests of this file."""
    return {one.name: one for one in all_played(SHIPPED)}


def name_of(found: object) -> str:
    return found.name if isinstance(found, Found) else str(found)


each_one = pytest.mark.parametrize("found", SHIPPED, ids=name_of)


@each_one
def test_shipped_scenario_passes(found: Found) -> None:
    assert [] == [str(problem) for problem in outcomes()[found.name].problems]


@each_one
def test_shipped_scenario_fails_when_any_of_its_expectations_is_broken(found: Found) -> None:
    """Each thing that it expects is broken on purpose, one at a time."""
    record = outcomes()[found.name].record

    silent = [what for what, other in broken(found.scenario) if not compare(other, record)]

    assert silent == []
    assert list(broken(found.scenario)), "it expects something"


@each_one
def test_shipped_scenario_fails_when_the_books_are_not_right(found: Found) -> None:
    """What is asked of every scenario, whatever its file expects."""
    record = outcomes()[found.name].record
    books = record.books
    assert books is not None
    told = FaultRecord(kind="drop_reply", wanted=1, struck=0)

    assert compare(found.scenario, _with(record, replace(books, faults=(told,))))
    assert compare(found.scenario, _with(record, replace(books, exposed=("terminal.db",))))
    if found.scenario.expect.agree:
        more = frozenset({("000001", "000999", 1)})
        for side in ("terminal", "ledger"):
            one_more = replace(getattr(books, side), approved=more)
            assert compare(found.scenario, _with(record, replace(books, **{side: one_more})))
    if found.scenario.expect.sound:
        for side in ("terminal", "ledger"):
            wrong = replace(getattr(books, side), wrong=("a table",))
            assert compare(found.scenario, _with(record, replace(books, **{side: wrong})))


def _with(record: Record, books: Books) -> Record:
    return replace(record, books=books)


@pytest.mark.parametrize("name", ["sale-lost-reply", "settle-garbage", "cut-t7", "cut-sc6"])
def test_scenario_fails_when_what_it_is_about_does_not_happen(name: str) -> None:
    """Without its fault, or with the power on, it is another story."""
    found = next(one for one in SHIPPED if one.name == name)
    steps = tuple(replace(step, cut="") for step in found.scenario.step if step.do.value != "fault")
    calm = Found(found.path, replace(found.scenario, step=steps))

    assert not all_played([calm])[0].passed


@pytest.mark.parametrize("names", [MISTAKES, CRASH_POINTS, NETWORK_AND_HOST, HOST_RULES])
def test_shipped_scenarios_cover_every_name(names: Mapping[str, str]) -> None:
    """Each row of the mistake table, each crash point a host can provoke, each fault and rule."""
    covered = {name for one in SHIPPED for name in one.scenario.covers}

    assert set() == (names.keys() & WANTED) - covered
    assert names.keys() - WANTED <= NOBODY_PROVOKES.keys()
    assert set() == covered & NOBODY_PROVOKES.keys()


def test_there_are_many_shipped_scenarios() -> None:
    assert len(SHIPPED) >= LEAST


@each_one
def test_a_scenario_that_covers_a_crash_point_of_the_terminal_cuts_the_power_there(
    found: Found,
) -> None:
    """A name in `covers` is no decoration."""
    cuts = {step.cut for step in found.scenario.step if step.cut}

    assert cuts <= set(found.scenario.covers)
