"""Plays many scenarios, a bounded number at once, and hands their outcomes over in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from tallywire.scenarios.library import Found
from tallywire.scenarios.player import Outcome, play


async def play_all(found: Sequence[Found], *, jobs: int) -> AsyncIterator[Outcome]:
    """Play all, at most `jobs` at the same time; yield outcomes in the order of `found`."""
    assert jobs > 0, "somebody must play"
    room = asyncio.Semaphore(jobs)

    async def take(one: Found) -> Outcome:
        async with room:
            return await play(one.name, one.scenario)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(take(one)) for one in found]
        for task in tasks:
            yield await task
