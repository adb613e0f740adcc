"""Virtual time itself: it jumps, it names what waits, it refuses threads."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.world.clock import START, Deadlock, VirtualLoop, run_virtual


def test_sleeping_takes_no_time_and_moves_the_clock_exactly() -> None:
    """A day passes in a blink, to the second."""

    async def start(loop: VirtualLoop) -> tuple[float, timedelta]:
        await asyncio.sleep(24 * 3600.5)
        return loop.time(), loop.now() - START

    assert run_virtual(start) == (24 * 3600.5, timedelta(seconds=24 * 3600.5))


def test_timers_fire_in_the_order_of_their_deadlines() -> None:
    """Whoever is due first comes first, however they were asked for."""

    async def start(loop: VirtualLoop) -> list[str]:
        order: list[str] = []
        for delay, name in ((3, "c"), (1, "a"), (2, "b")):
            loop.call_later(delay, order.append, name)
        await asyncio.sleep(5)
        return order

    assert run_virtual(start) == ["a", "b", "c"]


def test_waiting_for_nothing_is_an_error_that_names_the_waiter() -> None:
    """A world that can never go on says who waits instead of hanging."""

    async def start(loop: VirtualLoop) -> None:
        async def stranded_settlement() -> None:
            await asyncio.Event().wait()

        await loop.create_task(stranded_settlement())

    with pytest.raises(Deadlock, match="stranded_settlement"):
        run_virtual(start)


def test_threads_are_refused() -> None:
    """A thread cannot run on a virtual clock (DESIGN, known traps)."""

    async def start(_: VirtualLoop) -> None:
        await asyncio.to_thread(int)

    with pytest.raises(RuntimeError, match="no threads"):
        run_virtual(start)
