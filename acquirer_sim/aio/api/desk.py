"""Where requests of the API are answered from: the running host and its ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from acquirer_sim.aio.api.routes import Problem
from acquirer_sim.aio.committer import ThreadCommitter
from acquirer_sim.aio.ledger_url import MEMORY, NONE, is_postgres
from acquirer_sim.aio.queries import ask, reading, reading_over
from acquirer_sim.errors import LedgerError
from protocol.aio.tracing import Listener

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection

    from acquirer_sim.aio.host import Host
    from acquirer_sim.aio.meter import Meter
    from acquirer_sim.aio.recording import Recording

T = TypeVar("T")
LIVE_MAX: Final = 32
"""How many may follow the trace at once."""


class Desk:
    """What the answers need."""

    def __init__(self, host: Host, meter: Meter, ledger: str) -> None:
        assert host.recording is not None, "a host with an API is watched"
        self.host = host
        self.meter = meter
        self.recording: Recording = host.recording
        self._ledger = ledger
        self._live: set[Listener] = set()
        self._closed = False

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Ask the ledger. Raises Problem."""
        if self._ledger == NONE:
            raise Problem(
                409,
                "no_ledger",
                "This host keeps no ledger.",
                "Start it with --ledger sqlite:PATH or memory:.",
            )
        try:
            if self._ledger == MEMORY:
                return await self._look(question)
            if is_postgres(self._ledger):
                return await ask(self._ledger, question)
            return await asyncio.to_thread(_read, self._ledger, question)
        except LedgerError as error:
            problem = Problem(503, error.code, error.sentence, error.next_step)
        raise problem

    async def _look(self, question: Callable[[Connection], T]) -> T:
        """Ask the ledger that only its committer can see, between two commits."""
        committer = self.host.committer
        assert isinstance(committer, ThreadCommitter), "a ledger in memory has one"
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def look(raw: sqlite3.Connection) -> None:
            if answer.cancelled():
                return
            try:
                with reading_over(raw) as connection:
                    answer.set_result(question(connection))
            except Exception as error:  # noqa: BLE001 — told to the one who asked
                answer.set_exception(error)

        committer.look(look)
        return await answer

    def follow(self) -> Listener:
        """Return a new listener to the trace. Raises Problem."""
        if self._closed or len(self._live) >= LIVE_MAX:
            raise Problem(
                503, "too_many", f"{LIVE_MAX} follow the trace already.", "Let one of them go."
            )
        listener = Listener()
        self._live.add(listener)
        self.recording.tracer.add(listener.put)
        return listener

    def leave(self, listener: Listener) -> None:
        """End what `follow` began."""
        self._live.discard(listener)
        self.recording.tracer.remove(listener.put)

    def close(self) -> None:
        """End every live trace, so that nobody waits for the next line of a host that stops."""
        self._closed = True
        for listener in self._live:
            listener.close()


def _read(ledger: str, question: Callable[[Connection], T]) -> T:
    with reading(ledger) as connection:
        return question(connection)
