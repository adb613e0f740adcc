"""What a benchmark says: one row per measured thing, one claim per ratio to reach."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

ROUNDS_MIN: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: a value per round, all in `unit`."""

    name: str
    unit: str
    rounds: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.rounds) < ROUNDS_MIN:
            raise ValueError(f"{self.name}: {len(self.rounds)} rounds, at least {ROUNDS_MIN}")

    @property
    def median(self) -> float:
        """Return the middle of the rounds."""
        return statistics.median(self.rounds)


@dataclass(frozen=True, slots=True)
class Claim:
    """A ratio and its target: "at least" is a floor, otherwise a ceiling."""

    name: str
    ratio: float
    target: float
    at_least: bool = field(default=True, kw_only=True)

    @property
    def holds(self) -> bool:
        """True when the ratio is on the right side of its target."""
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


@dataclass(frozen=True, slots=True)
class Report:
    """One module's result: what was measured and what it is held against."""

    title: str
    rows: tuple[Row, ...]
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()


def times(over: Row, under: Row) -> float:
    """Return how many times `under` goes into `over`: the median of what each round says.

    The two sides of one round meet the same weather; between two rounds a machine's clock may
    double or a neighbour wake up, so medians of either side may come from different machines.
    """
    return statistics.median(o / u for o, u in zip(over.rounds, under.rounds, strict=True))


def alternate(
    contestants: Sequence[tuple[str, Callable[[], float]]], *, unit: str, rounds: int = ROUNDS_MIN
) -> tuple[Row, ...]:
    """Measure all contestants in turn, `rounds` times: a busy moment hits each alike."""
    measured: dict[str, list[float]] = {name: [] for name, _ in contestants}
    for _ in range(rounds):
        for name, measure in contestants:
            measured[name].append(measure())
    return tuple(Row(name, unit, tuple(values)) for name, values in measured.items())
