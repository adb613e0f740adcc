"""Who performs groups on PostgreSQL: one task, one group after the other, so order is kept.

The next group is on its way to the database while the replies of the one before it are written.
While the database is away nothing is answered and nothing waits: terminals ask again. It is tried
again at once, then after ever longer pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from acquirer_sim.aio.committer import Deliver, Echoes, Job, Outcome, poisoned
from acquirer_sim.aio.postgres_ledger import PostgresLedger
from acquirer_sim.errors import LedgerError
from acquirer_sim.policy import Policy

GROUP_MAX: Final = 512
"""Each terminal of a group is a lock in the server's table, which has room for 64 times
`max_connections`: 6,400 as it is shipped."""
PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0


class PostgresCommitter(Echoes):
    """Lives in the loop's thread; what waits for the database is a task of its own."""

    def __init__(
        self,
        ledger: PostgresLedger,
        policy: Policy,
        now: Callable[[], datetime],
        deliver: Deliver,
        *,
        group_max: int = GROUP_MAX,
        pause_min_s: float = PAUSE_MIN_S,
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._now = now
        self._deliver = deliver
        self._group_max = group_max
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Job] = []
        self._work = asyncio.Event()
        self._closed = False
        self._away: LedgerError | None = None
        self._pause_min_s = self._pause_s = pause_min_s
        self._next_try_s = 0.0
        self._running = self._loop.create_task(self._run())

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer."""
        self._waiting += jobs
        self._work.set()

    def close(self) -> None:
        """See Committer."""
        self._closed = True
        self._work.set()

    async def wait_closed(self) -> None:
        """See Committer."""
        await self._running

    async def _run(self) -> None:
        """Perform what waits until there is nothing more to come."""
        while not self._closed or self._waiting:
            await self._work.wait()
            self._work.clear()
            if self._ledger.is_away:
                await self._try_again()
            while self._waiting:
                for outcome in await self._perform(self._take()):
                    # By the next turn of the loop, and by then the next group is on its way.
                    self._loop.call_soon(self._deliver, outcome)
        await self._ledger.close()

    def _take(self) -> list[Job]:
        jobs, self._waiting = self._waiting[: self._group_max], self._waiting[self._group_max :]
        return jobs

    async def _perform(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Perform a group; a poisoned one request by request, so that one fails and not all."""
        outcome = await self._perform_once(jobs)
        if poisoned(outcome):
            return [await self._perform_once([job]) for job in jobs]
        return [outcome]

    async def _perform_once(self, jobs: Sequence[Job]) -> Outcome:
        if self._ledger.is_away:
            return Outcome(jobs, (), self._stay_away())
        orders = {place: job.order for place, job in enumerate(jobs) if job.order is not None}
        requests = [job.request for job in jobs]
        try:
            decisions = await self._ledger.perform(
                requests, self._now(), self._policy, orders, lambda: bool(self._waiting)
            )
            return Outcome(jobs, decisions)
        except LedgerError as failure:
            if self._ledger.is_away:
                self._stay_away(failure)
            return Outcome(jobs, (), failure)

    def _stay_away(self, failure: LedgerError | None = None) -> LedgerError:
        """Return the one failure of the whole time without a database; see to its end."""
        if self._away is None:
            self._away = failure or LedgerError("The database is away.", "Look at its server.")
            self._pause()
        return self._away

    def _pause(self) -> None:
        self._next_try_s = self._loop.time() + self._pause_s
        self._loop.call_at(self._next_try_s, self._work.set)

    async def _try_again(self) -> None:
        """Connect, unless it is too early after the last try."""
        if self._closed or self._loop.time() < self._next_try_s:
            return
        try:
            await self._ledger.come_back()
            self._away = None
            self._pause_s = self._pause_min_s
        except LedgerError as failure:
            self._pause_s = min(self._pause_s * 2, PAUSE_MAX_S)
            self._away = self._away or failure
            self._pause()
