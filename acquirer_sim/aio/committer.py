"""Who performs groups: one thread that owns the ledger, or the caller's own.

Jobs queue up by themselves while a commit runs; whatever waits when it ends is the next group.
There is no delay to wait for company: alone, a request is committed alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol

import msgspec

from acquirer_sim.aio.sqlite_ledger import SqliteLedger
from acquirer_sim.decide import Decision
from acquirer_sim.errors import LedgerError
from acquirer_sim.policy import Policy
from acquirer_sim.reflex import answer
from protocol.operations import ReconciliationResult, Request

GROUP_MAX: Final = 1024


class Job(msgspec.Struct, frozen=True, gc=False):
    """A request on its way: `context` comes back with its decision, `verdict` forces F66 (H8)."""

    request: Request
    context: Any
    verdict: ReconciliationResult | None = None


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """A group that is over. With a `failure` nobody may be told anything: silence."""

    jobs: Sequence[Job]
    decisions: Sequence[Decision]
    failure: LedgerError | None = None


Deliver = Callable[[Outcome], None]


class Committer(Protocol):
    """Takes jobs, in order; each comes back once, through `deliver`, in the loop's thread."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Queue jobs. Never waits."""

    def close(self) -> None:
        """Perform what is queued, then close the ledger. May wait for the disk."""


def perform(ledger: SqliteLedger, policy: Policy, jobs: Sequence[Job], now: datetime) -> Outcome:
    """Perform one group; a ledger that fails is part of the outcome."""
    verdicts = {place: job.verdict for place, job in enumerate(jobs) if job.verdict is not None}
    try:
        decisions = ledger.perform([job.request for job in jobs], now, policy, verdicts)
    except LedgerError as failure:
        return Outcome(jobs, (), failure)
    return Outcome(jobs, decisions)


class InlineCommitter:
    """Performs each group at once in the caller's thread: for the simulated world and tests."""

    def __init__(
        self, ledger: SqliteLedger, policy: Policy, now: Callable[[], datetime], deliver: Deliver
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._now = now
        self._deliver = deliver

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer."""
        self._deliver(perform(self._ledger, self._policy, jobs, self._now()))

    def close(self) -> None:
        """See Committer."""
        self._ledger.close()


class ThreadCommitter:
    """One thread, one connection, one transaction per group."""

    def __init__(
        self,
        ledger: SqliteLedger,
        policy: Policy,
        now: Callable[[], datetime],
        deliver: Deliver,
        *,
        group_max: int = GROUP_MAX,
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._now = now
        self._deliver = deliver
        self._group_max = group_max
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Sequence[Job] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger committer", daemon=True)
        self._thread.start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer."""
        self._queue.put(jobs)

    def close(self) -> None:
        """See Committer."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        """Perform groups until a None comes. What was queued before it is performed."""
        going = True
        while going:
            jobs, going = self._next_group()
            if jobs:
                outcome = perform(self._ledger, self._policy, jobs, self._now())
                self._loop.call_soon_threadsafe(self._deliver, outcome)
        self._ledger.close()

    def _next_group(self) -> tuple[list[Job], bool]:
        jobs: list[Job] = []
        batch = self._queue.get()
        while batch is not None:
            jobs += batch
            if len(jobs) >= self._group_max:
                return jobs, True
            try:
                batch = self._queue.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False


class ReflexCommitter:
    """Commits nothing: the host without a ledger answers from the request alone."""

    def __init__(self, policy: Policy, deliver: Deliver) -> None:
        self._policy = policy
        self._deliver = deliver

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer."""
        decisions = [Decision(job.request, answer(job.request, self._policy)) for job in jobs]
        self._deliver(Outcome(jobs, decisions))

    def close(self) -> None:
        """See Committer."""
