"""The requests of one connection that wait for an answer, and those given up a while ago.

Both tables are bounded: the first by `in_flight_max`, which our own side may not pass; the
second by `late_max`, where the oldest is forgotten first. Deadlines sit in a heap from which
what was answered is removed lazily, so adding, taking and asking for the next cost O(log n).
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, nlargest
from typing import Final

import msgspec

from protocol.errors import LocalProtocolError
from protocol.matching import Key, describe_key

NEAREST_MAX: Final = 8
"""How many of the keys waited for are named when a stray answer comes."""

_STALE_MAX: Final = 64


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """One request in flight; `deadline` in seconds of the link's clock."""

    ticket: int
    key: Key
    deadline: float


class GivenUp(msgspec.Struct, frozen=True, gc=False):
    """One request nobody waits for any more, given up `at` seconds of the link's clock."""

    ticket: int
    at: float


class InFlight:
    """The table. Keys in it are unique, or an answer could not be told whose it is."""

    def __init__(self, *, in_flight_max: int, late_max: int) -> None:
        self._in_flight_max = in_flight_max
        self._late_max = late_max
        self._waiting: dict[Key, Waiting] = {}
        self._by_ticket: dict[int, Key] = {}
        self._deadlines: list[tuple[float, int]] = []
        self._given_up: dict[Key, GivenUp] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """True when no other request may leave before one is answered or given up."""
        return len(self._waiting) >= self._in_flight_max

    def add(self, waiting: Waiting) -> None:
        """Put a request in the table. Raises LocalProtocolError: full, or key in flight.

        A key given up earlier may be used again: it is the repeat of the same request. The
        first answer is the repeat's; a second one is late for the first attempt.
        """
        if waiting.key in self._waiting:
            raise LocalProtocolError(f"{describe_key(waiting.key)} is awaited already")
        if self.full:
            raise LocalProtocolError(f"{self._in_flight_max} requests are in flight, the limit")
        self._waiting[waiting.key] = waiting
        self._by_ticket[waiting.ticket] = waiting.key
        heappush(self._deadlines, (waiting.deadline, waiting.ticket))
        if len(self._deadlines) > 2 * len(self._waiting) + _STALE_MAX:
            self._deadlines = [(one.deadline, one.ticket) for one in self._waiting.values()]
            heapify(self._deadlines)

    def take(self, key: Key) -> Waiting | None:
        """Remove and return the request that waits for `key`: it is answered."""
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            del self._by_ticket[waiting.ticket]
        return waiting

    def take_late(self, key: Key) -> GivenUp | None:
        """Remove and return the request given up that waited for `key`."""
        return self._given_up.pop(key, None)

    def give_up(self, ticket: int, now: float) -> Waiting | None:
        """Move one request to those given up; None when it is not in flight."""
        key = self._by_ticket.get(ticket)
        waiting = self.take(key) if key is not None else None
        if waiting is not None:
            self._remember(waiting, now)
        return waiting

    def expire(self, now: float) -> list[Waiting]:
        """Move every request whose deadline is not after `now`; return them, oldest first."""
        expired = []
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            waiting = self.give_up(self._deadlines[0][1], now)
            assert waiting is not None, "next_deadline leaves a living request on top"
            expired.append(waiting)
        return expired

    def next_deadline(self) -> float | None:
        """Return the earliest deadline of a request in flight."""
        deadlines = self._deadlines
        while deadlines and deadlines[0][1] not in self._by_ticket:
            heappop(deadlines)
        return deadlines[0][0] if deadlines else None

    def nearest(self, key: Key) -> tuple[Key, ...]:
        """Return the keys waited for, those that share most with `key` first, a few at most."""
        return tuple(nlargest(NEAREST_MAX, self._waiting, key=lambda one: _shared(one, key)))

    def clear(self) -> tuple[int, ...]:
        """Forget all, and return the tickets that were in flight, oldest first."""
        tickets = tuple(self._by_ticket)
        for table in (self._waiting, self._by_ticket, self._given_up):
            table.clear()
        self._deadlines.clear()
        return tickets

    def _remember(self, waiting: Waiting, now: float) -> None:
        self._given_up[waiting.key] = GivenUp(waiting.ticket, now)
        if len(self._given_up) > self._late_max:
            del self._given_up[next(iter(self._given_up))]


def _shared(one: Key, other: Key) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))
