"""Virtual time: an asyncio loop that never waits, it jumps to the next deadline.

No file descriptor is watched and no thread may be started, so a run depends on nothing but the
program and its script. When nothing is ready and nothing is scheduled, somebody waits for what
can never come: that is an error which names the waiting tasks, not a test that hangs.

asyncio keeps timers of equal deadline in no order (a heap over the deadline alone). The loop
leaves that as it is, a kinder one would hide bugs; whoever needs order keeps a queue.
"""

from __future__ import annotations

import asyncio
import contextvars
from asyncio import base_events
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

T = TypeVar("T")

TaskBorn = Callable[[asyncio.Task[Any], contextvars.Context | None], None]

START: Final = datetime(2026, 1, 2, 1, 0, 0, tzinfo=UTC)
"""When every world begins: 09:00 in Shanghai, a Friday."""

VIRTUAL_SECONDS_MAX: Final = 400 * 24 * 3600.0
"""A world that runs longer than this is going in circles."""


class Deadlock(Exception):
    """Nothing is ready, nothing is scheduled: the tasks named in the text wait for ever."""


class EndlessWorld(Exception):
    """Virtual time or the number of turns ran away."""


class _JumpingSelector:
    """Stands where the selector would: `select` moves the clock instead of waiting."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Deadlock(f"nothing can happen any more; waiting: {self._loop.describe_waiting()}")
        if timeout > 0:
            self._loop.jump()
        return []


class VirtualLoop(base_events.BaseEventLoop):
    """An event loop whose `time()` is a number that jumps. It has no sockets and no threads."""

    def __init__(self, *, turns_max: int = 5_000_000) -> None:
        super().__init__()
        self._selector = _JumpingSelector(self)
        self._virtual_s = 0.0
        self._turns_left = turns_max
        self.living: list[asyncio.Task[Any]] = []
        self.complaints: list[str] = []
        self.task_born: TaskBorn | None = None
        self.set_task_factory(_remember_task)
        self.set_exception_handler(_note_complaint)

    def time(self) -> float:
        """Return the seconds since the world began."""
        return self._virtual_s

    def now(self) -> datetime:
        """Return the wall clock of this world (aware, UTC)."""
        return START + timedelta(seconds=self._virtual_s)

    def begin_at(self, seconds: float) -> None:
        """Set the clock forward before anything is scheduled."""
        assert not self._scheduled  # type: ignore[attr-defined] # asyncio's heap
        self._virtual_s = seconds

    def jump(self) -> None:
        """Move the clock to the next deadline, exactly."""
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined] # asyncio's heap
        self._virtual_s = max(self._virtual_s, timers[0].when())
        if self._virtual_s > VIRTUAL_SECONDS_MAX:
            raise EndlessWorld(f"still not idle; waiting: {self.describe_waiting()}")

    def describe_waiting(self) -> str:
        """Return what each unfinished task waits for, one clause per task."""
        self.living = [task for task in self.living if not task.done()]
        return "; ".join(_describe_task(task) for task in self.living) or "no task at all"

    def run_in_executor(self, *_: Any) -> Any:  # type: ignore[override] # it never returns
        """Refuse: a thread has no place on a virtual clock."""
        raise RuntimeError("no threads in the simulated world")

    def call_soon_threadsafe(self, *_: Any, **__: Any) -> Any:  # type: ignore[override] # it never returns
        """Refuse: there is one thread."""
        raise RuntimeError("no threads in the simulated world")

    def _process_events(self, event_list: list[Any]) -> None:
        self._turns_left -= 1
        if self._turns_left < 0:
            raise EndlessWorld(f"too many turns; waiting: {self.describe_waiting()}")


def run_virtual(start: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run `start(loop)` to its end on a fresh virtual loop and return its result.

    What is still running afterwards is cancelled. Raises Deadlock or EndlessWorld.
    """
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(start(loop))
    finally:
        _cancel_rest(loop)
        loop.close()


def _cancel_rest(loop: VirtualLoop) -> None:
    for _ in range(10):
        rest = [task for task in loop.living if not task.done()]
        if not rest:
            return
        for task in rest:
            task.cancel()
        gathered = asyncio.gather(*rest, return_exceptions=True)
        loop.run_until_complete(asyncio.wait_for(_swallow(gathered), 60))


async def _swallow(gathered: asyncio.Future[Any]) -> None:
    await gathered


def _remember_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **details: Any
) -> asyncio.Task[Any]:
    assert isinstance(loop, VirtualLoop)
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **details)
    loop.living.append(task)
    if len(loop.living) > 500:
        loop.living = [known for known in loop.living if not known.done()]
    if loop.task_born is not None:
        loop.task_born(task, details.get("context"))
    return task


def _note_complaint(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    assert isinstance(loop, VirtualLoop)
    error = context.get("exception")
    loop.complaints.append(f"{context.get('message')}: {error!r}")


def _describe_task(task: asyncio.Task[Any]) -> str:
    frames = task.get_stack(limit=1)
    where = f"{frames[-1].f_code.co_qualname}:{frames[-1].f_lineno}" if frames else "not started"
    coroutine = task.get_coro()
    return f"{getattr(coroutine, '__qualname__', coroutine)} at {where}"
