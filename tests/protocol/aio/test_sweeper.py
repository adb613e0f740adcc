"""One timer for many deadlines."""

from __future__ import annotations

import math

from protocol.aio.sweeper import RESOLUTION_S, Sweeper
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.hand import pass_time


def visits_of(*asked: float, again: tuple[float, ...] = ()) -> list[float]:
    """Ask for these times at once, and for the rest one visit after the other."""
    visits: list[float] = []

    async def start(loop: VirtualLoop) -> None:
        later = list(again)

        def visit(now: float) -> float:
            visits.append(now)
            return later.pop(0) if later else math.inf

        sweeper = Sweeper(loop, visit)
        for at in asked:
            sweeper.ring_by(at)
        assert len([one for one in loop._scheduled if not one.cancelled()]) <= 1  # type: ignore[attr-defined] # the loop's own heap
        await pass_time(1000.0)
        sweeper.stop()

    run_virtual(start)
    return visits


def test_sweeper_rings_at_the_earliest_of_many_deadlines() -> None:
    assert [3.0] == visits_of(9.0, 3.0, 5.0)


def test_sweeper_rings_again_when_the_visit_says_so() -> None:
    assert [3.0, 10.0, 20.0] == visits_of(3.0, again=(10.0, 20.0))


def test_sweeper_keeps_a_distance_when_deadlines_are_dense() -> None:
    assert [3.0, 3.0 + RESOLUTION_S] == visits_of(3.0, again=(3.001,))


def test_sweeper_is_silent_when_nobody_has_a_deadline() -> None:
    assert [] == visits_of(math.inf)
