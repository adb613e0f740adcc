"""Scenarios for tests: texts, and how to play one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tallywire.scenarios.library import Found
from tallywire.scenarios.patient_loop import PatientLoop
from tallywire.scenarios.player import Outcome, play
from tallywire.scenarios.runner import play_all
from tallywire.scenarios.script import load_scenario

HEAD = 'title = "a test"\n'
SALE = '[[step]]\ndo = "sale"\namount = "12.50"\n'


def played(text: str) -> Outcome:
    """Play a scenario that is written in a test."""
    scenario = load_scenario(HEAD + text, "test.toml")
    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        return runner.run(play("test", scenario))


def all_played(found: Sequence[Found], *, jobs: int = 4) -> list[Outcome]:
    """Play many."""

    async def main() -> list[Outcome]:
        return [one async for one in play_all(found, jobs=jobs)]

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        return runner.run(main())


def problems(text: str) -> list[str]:
    """Play one and return what was wrong."""
    return [str(one) for one in played(text).problems]
