"""Plays one scenario to its end, within its time, and records what came."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

from acquirer_sim.errors import AcquirerError
from tallywire.payments import BadWish
from tallywire.scenarios.acts import ACTS, operate
from tallywire.scenarios.books import read_books
from tallywire.scenarios.judge import Problem, compare, power_failed_as_told
from tallywire.scenarios.papers import read_paper
from tallywire.scenarios.record import Books, PaperRecord, Record, StepRecord
from tallywire.scenarios.script import Scenario, Step
from tallywire.scenarios.stage import Stage, StageError
from tallywire.scenarios.verbs import VERBS
from terminal.errors import TerminalError

CANNOT = (StageError, BadWish, TerminalError, AcquirerError)
"""Why a step cannot be done, in words; everything else is a bug."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a scenario ended. It passed when there are no problems."""

    name: str
    title: str
    covers: tuple[str, ...]
    seconds: float
    problems: tuple[Problem, ...]
    record: Record

    @property
    def passed(self) -> bool:
        """True when everything was as expected."""
        return not self.problems


async def play(
    name: str, scenario: Scenario, *, clock: Callable[[], float] = time.monotonic
) -> Outcome:
    """Play a scenario on a stage of its own; `clock` tells how long it really takes."""
    began = clock()
    player = _Player(scenario)
    late: tuple[Problem, ...] = ()
    try:
        async with asyncio.timeout(scenario.limit_s):
            await player.play()
    except TimeoutError:
        wanted = f"an end within {scenario.limit_s:g} s"
        late = (Problem(where=player.at, expected=wanted, came="none"),)
    except Exception as error:  # noqa: BLE001 — a bug is for the report, not the end of the others
        late = (Problem(where=player.at, expected="no bug", came=place_of(error)),)
    record = player.record()
    return Outcome(
        name=name,
        title=scenario.title,
        covers=scenario.covers,
        seconds=round(clock() - began, 3),
        problems=(*compare(scenario, record), *late),
        record=record,
    )


def place_of(error: Exception) -> str:
    """Return what broke, and where; its own words may hold a card number."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}"


class _Player:
    def __init__(self, scenario: Scenario) -> None:
        self.stage = Stage(scenario)
        self.at = "start"
        self._scenario = scenario
        self._steps: list[StepRecord] = []
        self._books: Books | None = None

    async def play(self) -> None:
        async with self.stage:
            for number, step in enumerate(self._scenario.step, 1):
                self.at = f"step {number} {step.do.value}"
                came = await self._take(number, step)
                self._steps.append(came)
                if came.problem or not power_failed_as_told(step, came):
                    # The steps after it would be told of what they are not about.
                    return
            self.at = "the end"
            self._books = await read_books(self.stage)

    async def _take(self, number: int, step: Step) -> StepRecord:
        result, problem = None, ""
        try:
            if VERBS[step.do].is_terminal:
                result = await operate(self.stage, step)
            else:
                await ACTS[step.do](self.stage, step)
        except CANNOT as error:
            problem = str(error)
        members = None if result is None else msgspec.to_builtins(result)
        return StepRecord(number=number, do=step.do.value, result=members, problem=problem)

    def record(self) -> Record:
        stage = self.stage
        slips = stage.printer.printed
        return Record(
            steps=tuple(self._steps),
            said=tuple(stage.said),
            told=tuple(notice.code for notice in stage.notices),
            papers=tuple(PaperRecord(paper=read_paper(one), text=one.text) for one in slips),
            books=self._books,
        )
