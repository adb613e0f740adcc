"""Where the weather is decided: every fault is the answer to one question, asked in order.

A run asks `choose(point, options)`; option 0 is always fair weather. What was asked and answered
is the run's whole script: a sparse map from the question's number to the option taken. Because a
world is deterministic, the same script gives the same run, byte for byte.

Exhaustive exploration is depth first: run once in fair weather, then for every question asked
after the last fault try every other option, as long as faults remain to be spent. Each set of up
to k faults is met exactly once, in an order that does not depend on hashes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

R = TypeVar("R")

Script = Mapping[int, int]
"""Question number -> option taken; questions not listed got option 0."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a run: the point's name, the options offered, which was taken."""

    point: str
    options: tuple[str, ...]
    taken: int


class Weather(Protocol):
    """Whoever answers the questions."""

    asked: list[Asked]
    fair: bool

    def choose(self, point: str, options: tuple[str, ...]) -> str:
        """Return one of `options`; the first is fair weather."""
        ...


@dataclass(slots=True)
class Scripted:
    """Weather from a script; fair wherever the script is silent."""

    script: Script = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    fair: bool = False

    def choose(self, point: str, options: tuple[str, ...]) -> str:
        """Answer as the script says; once `fair` is set, nothing is asked any more."""
        if self.fair:
            return options[0]
        taken = self.script.get(len(self.asked), 0)
        if taken >= len(options):
            raise ValueError(f"script asks option {taken} of {options} at {point}")
        self.asked.append(Asked(point, options, taken))
        return options[taken]


@dataclass(slots=True)
class Drawn:
    """Weather from a seed: each point family gets its own rate, so that seeds differ in kind."""

    seed: int
    rate_max: float = 0.08
    fault_max: int = 40
    asked: list[Asked] = field(default_factory=list)
    fair: bool = False
    _rates: dict[str, float] = field(default_factory=dict)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def choose(self, point: str, options: tuple[str, ...]) -> str:
        """Draw an answer; once `fair` is set or the faults are spent, always fair weather."""
        if self.fair or self.fault_max <= 0:
            return options[0]
        family = point.partition(" ")[0]
        if family not in self._rates:
            self._rates[family] = self._dice.choice((0.0, 0.3, 1.0)) * self.rate_max
        stormy = self._dice.random() < self._rates[family]
        taken = self._dice.randrange(1, len(options)) if stormy and len(options) > 1 else 0
        self.fault_max -= taken > 0
        self.asked.append(Asked(point, options, taken))
        return options[taken]


Menu = Callable[[Asked, str], bool]
"""Says whether an exploration tries this option of this question."""

PRINTER_POINTS: Final = ("preflight", "print")
KIN: Final = frozenset(
    {
        "landed but failed",
        "reset before",
        "reset inside",
        "takes nothing",
        "unreachable",
        "swallows all",
        "prints, says nothing",
    }
)
"""Options with a near relation on the core menu; every one is tried alone, not all in pairs."""


def everything(asked: Asked, option: str) -> bool:
    """Try every option."""
    return True


def core(asked: Asked, option: str) -> bool:
    """Try one option of each kind."""
    return option not in KIN


def paper_only(asked: Asked, option: str) -> bool:
    """Try what printers do, and nothing else."""
    return asked.point in PRINTER_POINTS


def core_money(asked: Asked, option: str) -> bool:
    """Try one option of each kind, and leave the printers in peace."""
    return core(asked, option) and not paper_only(asked, option)


def core_line(asked: Asked, option: str) -> bool:
    """Try one option of each kind on what is said, and nothing else."""
    return core(asked, option) and asked.point.startswith(("request", "reply", "ask"))


def explore(
    run: Callable[[Scripted], R],
    *,
    faults_max: int,
    runs_max: int,
    menu: Menu = everything,
    given: Script | None = None,
) -> Iterator[R]:
    """Yield the result of `run` for every script of up to `faults_max` faults beside `given`.

    Raises RuntimeError when more than `runs_max` runs would be needed: an exploration that was
    cut short must not pass for a complete one.
    """
    base = dict(given or {})
    pending: list[dict[int, int]] = [base]
    runs = 0
    while pending:
        script = pending.pop()
        runs += 1
        if runs > runs_max:
            raise RuntimeError(f"more than {runs_max} runs: bound the scenario")
        weather = Scripted(script)
        yield run(weather)
        if len(script) - len(base) < faults_max:
            pending.extend(reversed(list(_next_scripts(script, weather.asked, menu))))


def _next_scripts(
    script: dict[int, int], asked: list[Asked], menu: Menu
) -> Iterator[dict[int, int]]:
    for number in range(max(script, default=-1) + 1, len(asked)):
        for option, name in enumerate(asked[number].options):
            if option and menu(asked[number], name):
                yield {**script, number: option}


def format_script(asked: list[Asked]) -> str:
    """Return the faults of a run as `--choices` takes them: "12:1,30:2"."""
    return ",".join(f"{number}:{ask.taken}" for number, ask in enumerate(asked) if ask.taken)


def parse_script(text: str) -> dict[int, int]:
    """Read what `format_script` wrote. Raises ValueError."""
    pairs = (part.split(":") for part in text.split(",") if part)
    return {int(number): int(option) for number, option in pairs}


def name_faults(asked: list[Asked]) -> str:
    """Return the faults of a run in words, in order."""
    return "; ".join(f"{ask.point}: {ask.options[ask.taken]}" for ask in asked if ask.taken)
