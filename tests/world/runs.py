"""One run of a scenario: its weather, what the auditor said, and the command that repeats it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from acquirer_sim.faults import FaultPlan
from tests.world.choices import (
    Asked,
    Drawn,
    Menu,
    Script,
    Scripted,
    Weather,
    everything,
    explore,
    format_script,
    name_faults,
)
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.morning import Morning
from tests.world.world import World

Play = Callable[[World], Awaitable[None]]
"""What people do in a scenario, from the first sign-on to the last audit."""


class Depth(Enum):
    """How much is looked at after a run."""

    QUICK = "quick"
    """Wire, books and paper: for the many runs of a deep exploration."""
    THOROUGH = "thorough"
    """Also the tables against their entries, and every disk for card numbers."""
    TRACED = "traced"
    """Also everything that was seen, for the digest."""


@dataclass(frozen=True)
class Scenario:
    """A named play, the morning it begins with, and what is wrong with the host that day.

    A scenario of another dialect has the dialect in its name: `void@cup`.
    """

    name: str
    morning: Callable[[str], Morning]
    play: Play
    faults: FaultPlan | None = None
    dialect: str = "iso87"

    def spoken(self, dialect: str) -> Scenario:
        """Return the same scenario in another dialect."""
        return replace(self, name=f"{self.name}@{dialect}", dialect=dialect)


@dataclass(frozen=True)
class Run:
    """What came of one run. `trace` is everything that was seen, for the digest."""

    scenario: str
    problems: tuple[str, ...]
    asked: tuple[Asked, ...]
    seed: int | None
    trace: str
    world: World

    @property
    def digest(self) -> str:
        """Return the SHA-256 of everything that was seen."""
        return hashlib.sha256(self.trace.encode()).hexdigest()

    @property
    def command(self) -> str:
        """Return the command that replays this run."""
        if self.seed is not None:
            how = f"--seed {self.seed}"
        else:
            how = f"--choices {format_script(list(self.asked)) or 'none'}"
        return f"python -m tests.world --scenario {self.scenario} {how}"

    def __str__(self) -> str:
        faults = name_faults(list(self.asked)) or "fair weather"
        lines = [self.command, f"  weather: {faults}", *(f"  {p}" for p in self.problems)]
        return "\n".join(lines)


def run_once(
    scenario: Scenario,
    weather: Weather,
    *,
    seed: int | None = None,
    depth: Depth = Depth.THOROUGH,
) -> Run:
    """Play a scenario under a weather and audit it. Never raises for what the product did."""
    world: World | None = None
    morning = scenario.morning(scenario.dialect)

    async def start(loop: VirtualLoop) -> None:
        nonlocal world
        world = World(loop, weather, morning, scenario.faults, salt=seed or 0)
        await scenario.play(world)
        if depth is not Depth.QUICK:
            await world.verify()

    problems: list[str] = []
    try:
        run_virtual(start)
    except Exception as error:  # noqa: BLE001 — whatever ends a world is a finding
        problems.append(f"crash: {type(error).__name__}: {error}")
    assert world is not None, "the world is made first"
    problems = [*world.problems, *problems]
    trace = world.trace() if depth is Depth.TRACED else ""
    world.close()
    return Run(scenario.name, tuple(problems), tuple(weather.asked), seed, trace, world)


def run_seed(scenario: Scenario, seed: int, depth: Depth = Depth.THOROUGH) -> Run:
    """Play a scenario under the weather that a seed draws."""
    return run_once(scenario, Drawn(seed), seed=seed, depth=depth)


def run_script(scenario: Scenario, script: Script, depth: Depth = Depth.TRACED) -> Run:
    """Play a scenario under a script of faults."""
    return run_once(scenario, Scripted(script), depth=depth)


def first_bad(runs: Iterable[Run]) -> tuple[int, Run | None]:
    """Return how many runs it took, and the first that broke an invariant, if one did."""
    count = 0
    for run in runs:
        count += 1
        if run.problems:
            return count, run
    return count, None


def explore_scenario(
    scenario: Scenario,
    *,
    faults_max: int,
    runs_max: int,
    menu: Menu = everything,
    given: Script | None = None,
    depth: Depth = Depth.THOROUGH,
) -> Iterator[Run]:
    """Play every script of up to `faults_max` faults from a menu, beside those `given`."""
    return explore(
        lambda weather: run_once(scenario, weather, depth=depth),
        faults_max=faults_max,
        runs_max=runs_max,
        menu=menu,
        given=given,
    )


def script_with(scenario: Scenario, faults: Mapping[str, str]) -> Script:
    """Return the script in which points ("reply terminal1 0210") meet a fault ("lose") once."""
    script: dict[int, int] = {}
    for point, option in faults.items():
        asked = run_script(scenario, script, Depth.QUICK).asked
        place = next(n for n, ask in enumerate(asked) if ask.point == point)
        script[place] = asked[place].options.index(option)
    return script
