"""What somebody told, and the moment when enough of it has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_S = 20


class Heard(Generic[T]):
    """A list that can be waited on. It is called with each thing that is told."""

    def __init__(self) -> None:
        self.all: list[T] = []
        self._came = asyncio.Event()

    def __call__(self, one: T) -> None:
        self.all.append(one)
        self._came.set()

    async def until(self, enough: Callable[[list[T]], bool]) -> list[T]:
        """Return everything as soon as it is enough."""
        async with asyncio.timeout(PATIENCE_S):
            while not enough(self.all):
                self._came.clear()
                await self._came.wait()
        return self.all

    async def count(self, number: int) -> list[T]:
        """Return everything as soon as there are so many."""
        return await self.until(lambda all_of_it: len(all_of_it) >= number)
