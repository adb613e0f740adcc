"""Print jobs: where each stands, and the one place that moves one.

A job is moved by what its printer said, by what a person says of its paper, or by the power that
came back. Every move is a step of the print machine, read and committed in one go, so that two
who speak of the same job at once cannot both be right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from terminal.aio.archive import Archive, Books, Copy
from terminal.copies import JobQueued, job_id_of
from terminal.effects import Commit, Notice, Tell
from terminal.errors import TerminalError
from terminal.print_outcome import As, PrintOutcome, outcome_of
from terminal.printing import (
    TRANSITIONS,
    WAITING,
    CameOut,
    Cancel,
    Confirmed,
    DidNot,
    Event,
    Issued,
    Job,
    JobState,
    PowerOn,
    Void,
    step,
)
from terminal.search import LOCAL_TIME
from terminal.texts import text_of


class PrintJobs:
    """The jobs of one terminal. `local_now` gives the shop's time, for the reprint mark."""

    def __init__(
        self, books: Books, *, local_now: Callable[[], datetime], tell: Callable[[Notice], None]
    ) -> None:
        self._archive = Archive(books)
        self._books = books
        self._local_now = local_now
        self._tell = tell
        # A job's state is read and moved in one go; held across the disk only.
        self._step = asyncio.Lock()

    async def job(self, job_id: str) -> Job:
        """Return a job. Raises TerminalError (L59) when there is none."""
        job = await self._archive.job(job_id)
        if job is None:
            raise TerminalError("L59", f"{text_of('L59').en}: {job_id}")
        return job

    async def recover(self) -> tuple[PrintOutcome, ...]:
        """At power-on: what was SENDING is UNKNOWN (P4, P5, P10). Prints nothing."""
        found = await self._archive.jobs([JobState.SENDING])
        return tuple([outcome_of(await self.perform(job, PowerOn())) for job in found])

    async def cancel(self, job_id: str, *, by: str) -> PrintOutcome:
        """Take back a job that waits (REQ 004-05). Raises TerminalError (L56) when it began."""
        return outcome_of(await self.perform(await self.job(job_id), Cancel(by)))

    async def void(self, job_id: str, *, by: str, reason: str) -> PrintOutcome:
        """Declare a paper void, 作废 (REQ 004-06). The payment is not touched."""
        return outcome_of(await self.perform(await self.job(job_id), Void(by, reason)))

    async def came_out(self, job_id: str, *, by: str) -> PrintOutcome:
        """P11: the operator has the paper in hand."""
        return outcome_of(await self.perform(await self.job(job_id), CameOut(by)))

    async def did_not(self, job_id: str, *, by: str) -> PrintOutcome:
        """P11: the operator looked; no whole paper came out."""
        return outcome_of(await self.perform(await self.job(job_id), DidNot(by)))

    async def confirm_late(self, serial: int) -> tuple[PrintOutcome, ...]:
        """P9: a printer says that an earlier sheet is out after all; it is the one who knows.

        Returns the job of this serial and the originals that must not follow it; nothing for a
        serial that nobody knows, or of a job that is settled already.
        """
        job = await self._archive.job_of_serial(serial)
        if job is None or Confirmed not in TRANSITIONS[job.state]:
            return ()
        moved = [await self.perform(job, Confirmed())]
        for other in await self._archive.jobs_of(job.copy_id):
            if other.state in WAITING and other.duplicate == job.duplicate == 0:
                moved.append(await self.perform(other, Cancel("printer")))
        return tuple(map(outcome_of, moved))

    async def next_duplicate(self, copy: Copy, as_what: As = As.DUPLICATE) -> int:
        """Return the number that the next paper of a copy carries, 0 for an original."""
        jobs = await self._archive.jobs_of(copy.copy_id)
        if jobs[-1].state in WAITING:
            return jobs[-1].duplicate
        if _may_be_original(copy, jobs[-1], as_what):
            return 0
        return max(job.duplicate for job in jobs) + 1

    async def for_copy(self, copy: Copy, by: str, as_what: As) -> str:
        """Return the job that prints a copy again; make one where none waits."""
        async with self._step:
            return await self._waiting_or_new(copy, by, as_what)

    async def perform(self, job: Job, event: Event) -> Job:
        """Take one step from where the job is now: commit, then tell; the caller prints.

        Raises TerminalError (L56) when this can no longer be said of the job.
        """
        async with self._step:
            job = await self.job(job.job_id)
            if type(event) not in TRANSITIONS[job.state]:
                raise TerminalError("L56", f"{job.job_id} is {job.state.value}")
            after, effects = step(job, event)
            for effect in effects:
                if isinstance(effect, Commit):
                    await self._books.commit(effect.facts)
        for effect in effects:
            if isinstance(effect, Tell):
                self._tell(effect.notice)
        return after

    async def _waiting_or_new(self, copy: Copy, by: str, as_what: As) -> str:
        jobs = await self._archive.jobs_of(copy.copy_id)
        if jobs[-1].state in WAITING:
            return jobs[-1].job_id
        duplicate = await self.next_duplicate(copy, as_what)
        queued = JobQueued(
            job_id=job_id_of(copy.copy_id, len(jobs) + 1),
            copy_id=copy.copy_id,
            duplicate=duplicate,
            reprinted_at=self._local_now().strftime(LOCAL_TIME) if duplicate else "",
            by=by,
        )
        await self._books.commit((queued,))
        return queued.job_id


def _may_be_original(copy: Copy, newest: Job, as_what: As) -> bool:
    """Only while certainly none is out (I6), and either nobody tried or a supervisor asks."""
    asked = newest.state is JobState.CANCELLED or as_what is As.ORIGINAL
    return copy.issued is Issued.NO and asked
