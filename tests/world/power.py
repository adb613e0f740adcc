"""Processes that can lose their power between two instructions.

Every task and callback of a process carries the process in its context. When the power goes, its
doors are dead at once (each door asks `process.alive`), and its tasks are cancelled: whatever
their handlers then try to do to the world meets a dead door and has no effect. Nothing of the
process survives but the platter.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

from tests.world.clock import VirtualLoop

T = TypeVar("T")

_current: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


class PowerLost(BaseException):
    """The process that ran this code is no more. Not an Exception: nobody may handle it."""


class Process:
    """One running program: its tasks, its doors, and whether the power is on."""

    def __init__(self, name: str, loop: VirtualLoop) -> None:
        self.name = name
        self.alive = True
        self._loop = loop
        self._on_death: list[Callable[[], None]] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self.context = contextvars.copy_context()
        self.context.run(_current.set, self)
        loop.task_born = _adopt_newborn

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin `coroutine` as this process's work."""
        return self._loop.create_task(coroutine, context=self.context)

    async def perform(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` inside the process and return its result. Raises PowerLost."""
        task = self.start(coroutine)
        await asyncio.wait([task])
        if not self.alive:
            if not task.cancelled():
                task.exception()
            raise PowerLost
        return task.result()

    def on_death(self, close: Callable[[], None]) -> None:
        """Call `close` at the moment the power goes."""
        self._on_death.append(close)

    def kill(self) -> None:
        """Cut the power: doors first, then the tasks."""
        if not self.alive:
            return
        self.alive = False
        for close in self._on_death:
            close()
        for task in self._tasks:
            if not task.done():
                task.cancel()

    def cut(self) -> NoReturn:
        """Cut the power from inside a door: the caller never comes back."""
        self.kill()
        raise PowerLost

    def check(self) -> None:
        """Be the first line of every door. Raises PowerLost in a dead process."""
        if not self.alive:
            raise PowerLost

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Count `task` as this process's; one born after death is cancelled at birth."""
        if len(self._tasks) > 200:
            self._tasks = [known for known in self._tasks if not known.done()]
        self._tasks.append(task)
        if not self.alive:
            task.cancel()

    async def buried(self) -> list[str]:
        """Wait until the cancelled tasks are gone; return what refused to go."""
        mourners = [task for task in self._tasks if not task.done()]
        if mourners:
            await asyncio.wait(mourners, timeout=1.0)
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.exception()
        return [repr(task.get_coro()) for task in mourners if not task.done()]


def current_process() -> Process | None:
    """Return the process whose code is running, None for the world itself."""
    return _current.get()


def _adopt_newborn(task: asyncio.Task[Any], context: contextvars.Context | None) -> None:
    process = _current.get() if context is None else context.get(_current)
    if process is not None:
        process.adopt(task)
