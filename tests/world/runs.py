"""One run of a scenario: its weather, what the auditor said, and the command that repeats it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from acquirer_sim.faults import FaultPlan
from tests.world.choices import Asked, Drawn, Scripted, Weather, explore, format_script, name_faults
from tests.world.clock import Deadlock, EndlessWorld, VirtualLoop, run_virtual
from tests.world.morning import Morning
from tests.world.world import World

Play = Callable[[World], Awaitable[None]]
"""What people do in a scenario, from the first sign-on to the last audit."""


@dataclass(frozen=True)
class Scenario:
    """A named play, the morning it begins with, and what is wrong with the host that day."""

    name: str
    morning: Callable[[], Morning]
    play: Play
    faults: FaultPlan | None = None


@dataclass(frozen=True)
class Run:
    """What came of one run. `trace` is everything that was seen, for the digest."""

    scenario: str
    problems: tuple[str, ...]
    asked: tuple[Asked, ...]
    seed: int | None
    trace: str

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


def run_once(scenario: Scenario, weather: Weather, seed: int | None = None) -> Run:
    """Play a scenario under a weather and audit it. Never raises for what the product did."""
    world: World | None = None
    morning = scenario.morning()

    async def start(loop: VirtualLoop) -> None:
        nonlocal world
        world = World(loop, weather, morning, scenario.faults)
        await scenario.play(world)

    problems: list[str] = []
    try:
        run_virtual(start)
    except (Deadlock, EndlessWorld, Exception) as error:  # noqa: BLE001 — any end is a finding
        problems.append(f"crash: {type(error).__name__}: {error}")
    assert world is not None, "the world is made first"
    problems = [*world.problems, *problems]
    trace = world.trace()
    world.close()
    return Run(scenario.name, tuple(problems), tuple(weather.asked), seed, trace)


def run_seed(scenario: Scenario, seed: int) -> Run:
    """Play a scenario under the weather that a seed draws."""
    return run_once(scenario, Drawn(seed), seed)


def explore_scenario(
    scenario: Scenario, *, faults_max: int, runs_max: int
) -> tuple[int, Run | None]:
    """Play every script of up to `faults_max` faults; return how many, and the first bad run."""
    runs = 0
    for run in explore(
        lambda weather: run_once(scenario, weather), faults_max=faults_max, runs_max=runs_max
    ):
        runs += 1
        if run.problems:
            return runs, run
    return runs, None


def run_script(scenario: Scenario, script: dict[int, int]) -> Run:
    """Play a scenario under a script of faults."""
    return run_once(scenario, Scripted(script))
