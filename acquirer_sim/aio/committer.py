"""Who performs groups, and in which thread the disk is waited for.

Jobs queue up by themselves while a commit runs; whatever waits when it ends is the next group.
There is no delay to wait for company: alone, a request is committed alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from math import inf
from queue import SimpleQueue
from typing import Any, Final, Protocol

import msgspec

from acquirer_sim.aio.sqlite_ledger import SqliteLedger
from acquirer_sim.decide import Decision
from acquirer_sim.errors import LedgerError, PoisonedGroup
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from acquirer_sim.reflex import answer, answer_echo
from protocol.operations import Echo, Reply, Request

GROUP_MAX: Final = 1024

QUICK_COMMIT_S: Final = 0.001
"""A lone request on a disk as quick as this is committed in place: to hand it to the thread
and back would take as long as the disk does. A disk that is slower is left to the thread."""


class Job(msgspec.Struct, frozen=True, gc=False):
    """A request on its way: `context` comes back with its decision, `order` is obeyed."""

    request: Request
    context: Any
    order: Order | None = None


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """A group that is over. With a `failure` nobody may be told anything: silence.

    `commit_s` is how long the disk took, 0 where nothing had to be committed.
    """

    jobs: Sequence[Job]
    decisions: Sequence[Decision]
    failure: LedgerError | None = None
    commit_s: float = 0.0


Deliver = Callable[[Outcome], None]
Look = Callable[[sqlite3.Connection], None]


class Committer(Protocol):
    """Takes jobs, in order; each comes back once, through `deliver`, in the loop's thread."""

    def at_once(self, request: Request) -> Reply | None:
        """Return the reply of a request that asks nothing of the books, None for all others."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Queue jobs. Never waits."""

    def close(self) -> None:
        """Perform what is queued, then close the ledger. May wait for the disk."""

    async def wait_closed(self) -> None:
        """Wait for the end of what `close` began, where that is not over when it returns."""


def begin(ledger: SqliteLedger, policy: Policy, jobs: Sequence[Job], now: datetime) -> Outcome:
    """Do one group's work up to its commit; a ledger that fails is part of the outcome."""
    orders = {place: job.order for place, job in enumerate(jobs) if job.order is not None}
    try:
        decisions = ledger.begin([job.request for job in jobs], now, policy, orders)
    except LedgerError as failure:
        return Outcome(jobs, (), failure)
    return Outcome(jobs, decisions)


def commit(ledger: SqliteLedger, outcome: Outcome) -> Outcome:
    """Commit a group that was begun; a failure takes the place of its decisions."""
    try:
        ledger.commit()
    except LedgerError as failure:
        return Outcome(outcome.jobs, (), failure)
    return outcome


def perform(ledger: SqliteLedger, policy: Policy, jobs: Sequence[Job], now: datetime) -> Outcome:
    """Do one group's work and commit it."""
    outcome = begin(ledger, policy, jobs, now)
    if outcome.failure is not None or not ledger.connection.in_transaction:
        return outcome
    return commit(ledger, outcome)


def poisoned(outcome: Outcome) -> bool:
    """Return whether one request of many has cost its group, and the others may do without it."""
    return isinstance(outcome.failure, PoisonedGroup) and len(outcome.jobs) > 1


def apart(
    ledger: SqliteLedger, policy: Policy, outcome: Outcome, now: Callable[[], datetime]
) -> list[Outcome]:
    """Return an outcome; a poisoned one's requests are performed one by one, in order."""
    if not poisoned(outcome):
        return [outcome]
    return [perform(ledger, policy, [job], now()) for job in outcome.jobs]


class Echoes:
    """Answers at once what only asks whether somebody is there, also while the disk hangs."""

    def at_once(self, request: Request) -> Reply | None:
        """See Committer."""
        return answer_echo(request) if type(request) is Echo else None

    async def wait_closed(self) -> None:
        """See Committer."""


class InlineCommitter(Echoes):
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
        outcome = perform(self._ledger, self._policy, jobs, self._now())
        for one in apart(self._ledger, self._policy, outcome, self._now):
            self._deliver(one)

    def close(self) -> None:
        """See Committer."""
        self._ledger.close()


class ThreadCommitter(Echoes):
    """Commits in a thread of its own, one transaction per group.

    Reads and decisions happen in the loop's thread, and the writes and their commit, which are
    SQLite's work and the disk's, in the other: two threads that both run Python pass the
    interpreter lock back and forth. The two never use the ledger at once: `_committing` is its
    baton.
    """

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
        self._waiting: list[Job] = []
        self._begin_scheduled = False
        self._committing = False
        self._closed = False
        self._commit_s = inf
        self._looks: list[Look] = []
        self._begun: SimpleQueue[Outcome | None] = SimpleQueue()
        self._over: SimpleQueue[Outcome] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger committer", daemon=True)
        self._thread.start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer."""
        self._waiting += jobs
        if not self._committing and not self._begin_scheduled:
            # At the end of the loop's turn, so that all that has arrived by now is one group.
            self._begin_scheduled = True
            self._loop.call_soon(self._begin)

    def look(self, question: Look) -> None:
        """Ask the ledger itself, in the loop's thread, as soon as no commit runs.

        For a ledger that nobody else can open.
        """
        self._looks.append(question)
        if not self._committing:
            self._answer_looks()

    def _answer_looks(self) -> None:
        looks, self._looks = self._looks, []
        for question in looks:
            question(self._ledger.connection)

    def close(self) -> None:
        """See Committer."""
        self._closed = True
        self._begun.put(None)
        self._thread.join()
        self._finish_over()
        while self._waiting:
            outcome = perform(self._ledger, self._policy, self._take(), self._now())
            for one in self._apart(outcome):
                self._deliver(one)
        self._answer_looks()
        self._ledger.close()

    def _take(self) -> list[Job]:
        jobs, self._waiting = self._waiting[: self._group_max], self._waiting[self._group_max :]
        return jobs

    def _begin(self) -> None:
        """Make one group of what waits, and pass the ledger to the thread."""
        self._begin_scheduled = False
        while self._waiting and not self._committing:
            outcome = begin(self._ledger, self._policy, self._take(), self._now())
            if outcome.failure is not None or not self._ledger.connection.in_transaction:
                for one in self._apart(outcome):
                    self._tell(one)
            elif len(outcome.jobs) == 1 and self._commit_s < QUICK_COMMIT_S:
                self._tell(self._commit(outcome))
            else:
                self._committing = True
                self._begun.put(outcome)

    def _apart(self, outcome: Outcome) -> list[Outcome]:
        """See `apart`. Called by whoever has the baton."""
        return apart(self._ledger, self._policy, outcome, self._now)

    def _tell(self, outcome: Outcome) -> None:
        """Deliver a group that needed no thread, after those that were committed before it."""
        self._finish_over()
        self._deliver(outcome)

    def _commit(self, outcome: Outcome) -> Outcome:
        """Commit what was begun, and note how long the disk took."""
        began_s = self._loop.time()
        done = commit(self._ledger, outcome)
        self._commit_s = self._loop.time() - began_s
        return Outcome(done.jobs, done.decisions, done.failure, self._commit_s)

    def _run(self) -> None:
        """Commit what is begun, until a None comes."""
        while (outcome := self._begun.get()) is not None:
            for one in self._apart(self._commit(outcome)):
                self._over.put(one)
            self._loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        """Take the ledger back: the next group's commit runs while this one's replies leave.

        Called once for every commit of the thread; what it committed may have been delivered
        already, together with the group before it.
        """
        if self._closed:
            return
        self._committing = False
        if self._looks:
            self._answer_looks()
        self._begin()
        self._finish_over()

    def _finish_over(self) -> None:
        while not self._over.empty():
            self._deliver(self._over.get())


class ReflexCommitter:
    """Commits nothing: the host without a ledger answers from the request alone."""

    def __init__(self, policy: Policy, deliver: Deliver) -> None:
        self._policy = policy
        self._deliver = deliver

    def at_once(self, request: Request) -> Reply | None:
        """See Committer: here that is every request."""
        return answer(request, self._policy)

    def submit(self, jobs: Sequence[Job]) -> None:
        """See Committer; what has no answer comes here, and what a rule or a fault has met."""
        decisions = [
            Decision(job.request, answer(job.request, self._policy, job.order)) for job in jobs
        ]
        self._deliver(Outcome(jobs, decisions))

    def close(self) -> None:
        """See Committer."""

    async def wait_closed(self) -> None:
        """See Committer."""
