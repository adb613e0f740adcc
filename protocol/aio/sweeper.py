"""One timer for many deadlines.

Whoever has a deadline says when it might be due (`ring_by`); when the earliest of these times
comes, one visit looks at everything and says when it wants to be called next. A deadline that
moved further away costs nothing: the visit comes early and finds nothing to do.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Final

RESOLUTION_S: Final = 0.25
"""Visits are at least this far apart, however many deadlines there are."""


class Sweeper:
    """Calls `visit(now)`, which returns the next time it wants to be called, or infinity."""

    def __init__(self, loop: asyncio.AbstractEventLoop, visit: Callable[[float], float]) -> None:
        self._loop = loop
        self._visit = visit
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = math.inf
        self._visited_at = -math.inf

    def ring_by(self, at: float) -> None:
        """Visit at `at` (loop time) at the latest, give or take the resolution."""
        if at >= self._rings_at:
            return
        self.stop()
        self._rings_at = max(at, self._visited_at + RESOLUTION_S)
        self._timer = self._loop.call_at(self._rings_at, self._ring)

    def stop(self) -> None:
        """Visit no more, until somebody has a deadline again."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._rings_at = math.inf

    def _ring(self) -> None:
        self.stop()
        self._visited_at = self._loop.time()
        self.ring_by(self._visit(self._visited_at))
