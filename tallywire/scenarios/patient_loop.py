"""An event loop whose time passes only when nobody has anything to do.

Sockets, disks and threads are real, time is not: while a byte is on its way or a thread works,
no timer rings; when all is quiet, the clock jumps to the next one. So a lost reply is missed
after thirty seconds that take a few milliseconds, and no busy machine makes a reply late.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

QUIET_S: Final = 0.004
"""Real seconds without an event after which it is asked whether a thread still works."""

BLIND_QUIET_S: Final = 0.15
"""The same where a system does not tell what threads do."""

STUCK_S: Final = 10.0
"""Real seconds after which a thread that works is not waited for any more."""

_TASKS: Final = "/proc/self/task"
_WORKING: Final = ("R", "D")


class PatientSelector(selectors.BaseSelector):
    """Waits for events in real time, and otherwise lets virtual time jump."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._real = selectors.DefaultSelector()
        self._sees_threads = os.path.isdir(_TASKS)
        self._quiet_s = QUIET_S if self._sees_threads else BLIND_QUIET_S
        self.now_s = 0.0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See selectors."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """See selectors."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See selectors."""
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """See selectors."""
        return self._real.get_map()

    def close(self) -> None:
        """See selectors."""
        self._real.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return events as soon as there are some; else let `timeout` seconds have passed."""
        if timeout is None or timeout <= 0:
            return self._real.select(timeout)
        stuck_at = self._clock() + STUCK_S
        while True:
            events = self._real.select(self._quiet_s)
            works = not events and self._sees_threads and threads_work()
            if works and self._clock() < stuck_at:
                continue
            # A thread may have ended, and said so, after the sockets were looked at.
            events = events or self._real.select(0)
            if not events:
                self.now_s += timeout
            return events


class PatientLoop(asyncio.SelectorEventLoop):
    """The loop of scenarios."""

    def __init__(self) -> None:
        self._patient = PatientSelector()
        super().__init__(self._patient)

    def time(self) -> float:
        """Return the seconds that have passed for those on this loop."""
        return self._patient.now_s


def threads_work() -> bool:
    """Tell whether another thread of this process runs, wants to run, or waits for a disk."""
    mine = str(threading.get_native_id())
    return any(_state_of(task) in _WORKING for task in os.listdir(_TASKS) if task != mine)


def _state_of(task: str) -> str:
    try:
        with open(f"{_TASKS}/{task}/stat", encoding="ascii", errors="replace") as file:
            # The name of the thread, in brackets, may hold anything.
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""
