"""Paperwork: the driver of the print machine. Takes what is owed to the printers, in order.

For each job: pre-flight, ⟦JobSending⟧ on disk, then the first byte, then ⟦what became of it⟧ on
disk, then the person is told. Nothing here reads or writes a table of money, and nothing here
needs the host (I1, I10, REQ 001-11, 003-16).

One job is on a printer at a time. The printers are tried in their order: while certainly nothing
has come out, the next one may take the same job as it is; after a first byte never (REQ 001-06).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from terminal.aio.archive import Archive, Books, Copy
from terminal.aio.printers import Printer, Readiness, Sheet, ViewSheet
from terminal.copies import JobQueued, job_id_of
from terminal.documents import CopyKind, Document, Snapshot, missing_fields, open_snapshot
from terminal.effects import Commit, Notice, Tell
from terminal.errors import StoreError, TerminalError
from terminal.layout import lay_out, render_text
from terminal.paper import Marks, Paper
from terminal.print_outcome import As, Owed, PrintOutcome
from terminal.printer_status import SERIAL_MAX, Cause, process_id, serial_of
from terminal.printing import (
    TRANSITIONS,
    WAITING,
    CameOut,
    Cancel,
    Confirmed,
    DidNot,
    Event,
    Failed,
    Interrupted,
    Issued,
    Job,
    JobState,
    NothingSent,
    PowerOn,
    Ready,
    Refused,
    Void,
    step,
)
from terminal.texts import notice, text_of
from terminal.views import View

LOCAL_TIME: Final = "%Y/%m/%d %H:%M:%S"

HOLDS_UP: Final = WAITING | {JobState.FAILED_PARTIAL, JobState.UNKNOWN}
PRINTER_CODES: Final = frozenset(cause.value for cause in Cause)
"""A job held up by its printer holds up those behind it: paper comes out in order."""


Tear = Callable[[str], Awaitable[bool]]
"""Waits until the paper of a copy is torn off; False takes back the copies after it."""


class Paperwork:
    """Prints for one terminal. `local_now` gives the shop's time, for the reprint mark."""

    def __init__(
        self,
        books: Books,
        printers: Sequence[Printer],
        *,
        local_now: Callable[[], datetime],
        tell: Callable[[Notice], None] = lambda _: None,
        tear: Tear | None = None,
    ) -> None:
        assert printers, "say none: with a NoPrinter"
        self.archive = Archive(books)
        self._books = books
        self._printers = tuple(printers)
        self._local_now = local_now
        self._tell = tell
        self._tear = tear
        self._warned: set[str] = set()
        self._views = 0
        # A printer takes one job at a time; this lock is about that device, not about the link.
        self._device = asyncio.Lock()
        # A job's state is read and moved in one go; held across the disk only.
        self._step = asyncio.Lock()

    def pause_with(self, tear: Tear) -> None:
        """Wait for the tear between two copies of a document from now on."""
        self._tear = tear

    async def recover(self) -> tuple[PrintOutcome, ...]:
        """At power-on: what was SENDING is UNKNOWN (P4, P5, P10). Prints nothing."""
        found = await self.archive.jobs([JobState.SENDING])
        return tuple([_outcome(await self._perform(job, PowerOn())) for job in found])

    async def print_waiting(self) -> tuple[PrintOutcome, ...]:
        """Print what certainly left no trace yet, oldest first; stop at the first that cannot."""
        outcomes: list[PrintOutcome] = []
        async with self._device:
            await self._take_late()
            before = ""
            for job in await self.archive.jobs(list(WAITING)):
                outcome = await self._print_or_cancel(job, before)
                outcomes.append(outcome)
                before = job.copy_id if outcome.printed else ""
                if outcome.state in HOLDS_UP and outcome.cause in PRINTER_CODES:
                    break
        return tuple(outcomes)

    async def print_job(self, job_id: str) -> PrintOutcome:
        """Try one job now. Raises TerminalError (L59) when there is none."""
        async with self._device:
            await self._take_late()
            return await self._print(job_id)

    async def reprint(
        self,
        document_id: str,
        kind: CopyKind | None = None,
        *,
        by: str = "",
        as_what: As = As.DUPLICATE,
    ) -> tuple[PrintOutcome, ...]:
        """Print copies of a stored document again; all its copies when `kind` is None.

        What was certainly never printed comes as the original (REQ 001-05), all else carries its
        number. Raises TerminalError: L08 no such document, L42 tampered, L54 incomplete.
        """
        self.opened(await self.archive.snapshot(document_id))
        outcomes = []
        for copy in await self.copies(document_id, kind):
            outcomes.append(await self.print_job(await self._job_for(copy, by, as_what)))
        return tuple(outcomes)

    async def copies(self, document_id: str, kind: CopyKind | None = None) -> tuple[Copy, ...]:
        """Return the copies that were owed of a document, or one of them.

        Raises TerminalError (L08) when there is no such copy.
        """
        found = await self.archive.copies(document_id)
        wanted = tuple(copy for copy in found if kind in (None, copy.kind))
        if not wanted:
            asked = f"{kind.value} copy" if kind else "copy"
            raise TerminalError("L08", f"no {asked} of {document_id} was queued")
        return wanted

    async def print_view(self, name: str, view: View) -> PrintOutcome:
        """Print a report or list on the first printer that takes it.

        Nobody is owed a view: it leaves no job behind, and is simply asked for again.
        """
        outcome = PrintOutcome(name, JobState.QUEUED, 0)
        async with self._device:
            for printer in self._printers:
                cause = (await printer.preflight()).cause
                if cause is None:
                    self._views += 1
                    sheet = ViewSheet(name, view, process_id(SERIAL_MAX - self._views))
                    result = await printer.send(sheet)
                    state = TRANSITIONS[JobState.SENDING][type(result)]
                    if not isinstance(result, NothingSent):
                        broken = result if isinstance(result, Failed | Interrupted) else None
                        return PrintOutcome(name, state, 0, broken.cause.value if broken else "")
                    cause = result.cause
                outcome = PrintOutcome(name, outcome.state, 0, outcome.cause or cause.value)
        return outcome

    async def find_last_receipt(self) -> Snapshot:
        """Return the newest receipt. Raises TerminalError (L08)."""
        return _found(await self.archive.last("receipt"), "L08")

    async def preview(self, document_id: str, kind: CopyKind | None = None) -> str:
        """Return the text of a copy exactly as it would be printed now; queues nothing."""
        document = self.opened(await self.archive.snapshot(document_id))
        copy = (await self.copies(document_id, kind))[0]
        duplicate = await self.next_duplicate(copy)
        marks = Marks(duplicate, self._local_time()) if duplicate else Marks()
        return render_text(
            lay_out(document, copy.kind, marks=marks, paper=self.paper), self.paper.columns
        )

    @property
    def paper(self) -> Paper:
        """Return the paper of the first printer, on which things are previewed."""
        return self._printers[0].paper

    async def next_duplicate(self, copy: Copy, as_what: As = As.DUPLICATE) -> int:
        """Return the number that the next paper of a copy carries, 0 for an original."""
        jobs = await self.archive.jobs_of(copy.copy_id)
        if jobs[-1].state in WAITING:
            return jobs[-1].duplicate
        if _may_be_original(copy, jobs[-1], as_what):
            return 0
        return max(job.duplicate for job in jobs) + 1

    async def cancel(self, job_id: str, *, by: str) -> PrintOutcome:
        """Take back a job that waits (REQ 004-05). Raises TerminalError (L56) when it began."""
        return _outcome(await self._perform(await self._job(job_id), Cancel(by)))

    async def void(self, job_id: str, *, by: str, reason: str) -> PrintOutcome:
        """Declare a paper void, 作废 (REQ 004-06). The payment is not touched."""
        return _outcome(await self._perform(await self._job(job_id), Void(by, reason)))

    async def came_out(self, job_id: str, *, by: str) -> PrintOutcome:
        """P11: the operator has the paper in hand."""
        return _outcome(await self._perform(await self._job(job_id), CameOut(by)))

    async def did_not(self, job_id: str, *, by: str) -> PrintOutcome:
        """P11: the operator looked; no whole paper came out."""
        return _outcome(await self._perform(await self._job(job_id), DidNot(by)))

    async def owed(self) -> tuple[Owed, ...]:
        """Return the copies that are not certainly on paper, oldest first."""
        found = []
        for copy in await self.archive.owed():
            job = (await self.archive.jobs_of(copy.copy_id))[-1]
            found.append(Owed(copy.copy_id, copy.document_id, copy.kind, copy.issued, job))
        return tuple(found)

    async def printer_status(self) -> tuple[tuple[str, Readiness], ...]:
        """Ask every printer how it is; prints nothing."""
        async with self._device:
            return tuple([(one.name, await one.preflight()) for one in self._printers])

    async def watch(self, on_outcome: Callable[[PrintOutcome], None] = lambda _: None) -> None:
        """Print what waits whenever a printer has news, until cancelled (for a TaskGroup)."""
        while True:
            for outcome in await self.print_waiting():
                on_outcome(outcome)
            await self._any_changed()

    async def close(self) -> None:
        """Let go of the printers."""
        for printer in self._printers:
            await printer.close()

    @staticmethod
    def opened(snapshot: Snapshot | None) -> Document:
        """Return the document of a snapshot, checked. Raises TerminalError: L08, L42, L54."""
        document = open_snapshot(_found(snapshot, "L08"))
        missing = missing_fields(document)
        if missing:
            raise TerminalError("L54", f"{text_of('L54').en}: {', '.join(missing)}")
        return document

    async def _print_or_cancel(self, job: Job, before: str) -> PrintOutcome:
        """Print; between two copies of a document wait for the tear (请撕单), or for a no."""
        document = job.copy_id.partition("/")[0]
        follows = bool(before) and before.partition("/")[0] == document
        if follows and self._tear is not None and not await self._tear(before):
            return _outcome(await self._perform(job, Cancel("operator")))
        return await self._print_or_tell(job)

    async def _print_or_tell(self, job: Job) -> PrintOutcome:
        """Print; a document that cannot be printed must not hold up those behind it."""
        try:
            return await self._print(job.job_id)
        except StoreError:
            raise
        except TerminalError as error:
            state = job.state
            self._tell(notice(error.code, subject="printing", key=job.job_id, state=state.value))
            return PrintOutcome(job.job_id, state, job.duplicate, error.code)

    async def _print(self, job_id: str) -> PrintOutcome:
        job = await self._job(job_id)
        if job.state not in WAITING:
            return _outcome(job)
        sheet, refused = await self._sheet(job), None
        for printer in self._printers:
            readiness = await printer.preflight()
            self._warn(printer, readiness, job)
            if readiness.cause is None:
                job = await self._send(job, sheet, printer)
            else:
                refused = refused or readiness.cause
            if job.state not in WAITING:
                return _outcome(job)
        # The first printer's cause is the one to mend; the others only stand in for it.
        return _outcome(await self._perform(job, Refused(refused)) if refused else job)

    async def _send(self, job: Job, sheet: Sheet, printer: Printer) -> Job:
        """JobSending on disk, then the first byte, then the result on disk: no other order."""
        serial = await self.archive.last_serial() + 1
        sending = await self._perform(job, Ready(serial))
        return await self._perform(sending, await printer.send(_numbered(sheet, serial)))

    async def _sheet(self, job: Job) -> Sheet:
        copy = await self.archive.copy(job.copy_id)
        assert copy is not None
        document = self.opened(await self.archive.snapshot(copy.document_id))
        marks = Marks(job.duplicate, await self.archive.reprinted_at(job.job_id))
        return Sheet(job.job_id, document, copy.kind, process_id(0), marks)

    async def _job_for(self, copy: Copy, by: str, as_what: As) -> str:
        """Return the job that prints a copy again; make one where none waits."""
        async with self._step:
            return await self._waiting_or_new(copy, by, as_what)

    async def _waiting_or_new(self, copy: Copy, by: str, as_what: As) -> str:
        jobs = await self.archive.jobs_of(copy.copy_id)
        if jobs[-1].state in WAITING:
            return jobs[-1].job_id
        duplicate = await self.next_duplicate(copy, as_what)
        queued = JobQueued(
            job_id=job_id_of(copy.copy_id, len(jobs) + 1),
            copy_id=copy.copy_id,
            duplicate=duplicate,
            reprinted_at=self._local_time() if duplicate else "",
            by=by,
        )
        await self._books.commit((queued,))
        return queued.job_id

    async def _take_late(self) -> None:
        """P9: the printer says that an earlier sheet is out after all; it is the one who knows."""
        for printer in self._printers:
            for echoed in printer.take_late():
                job = await self.archive.job_of_serial(serial_of(echoed))
                if job is not None and Confirmed in TRANSITIONS[job.state]:
                    await self._perform(job, Confirmed())
                    await self._cancel_originals(job)

    async def _cancel_originals(self, confirmed: Job) -> None:
        """Once the original is out, another one that waits must not follow it."""
        for job in await self.archive.jobs_of(confirmed.copy_id):
            if job.state in WAITING and job.duplicate == confirmed.duplicate == 0:
                await self._perform(job, Cancel("printer"))

    async def _perform(self, job: Job, event: Event) -> Job:
        """Take one step from where the job is now: commit, then tell; the caller prints.

        Raises TerminalError (L56) when this can no longer be said of the job.
        """
        async with self._step:
            job = await self._job(job.job_id)
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

    async def _job(self, job_id: str) -> Job:
        job = await self.archive.job(job_id)
        if job is None:
            raise TerminalError("L59", f"{text_of('L59').en}: {job_id}")
        return job

    async def _any_changed(self) -> None:
        """Wait for the first printer that has news; the other waits are ended."""
        waits = [asyncio.ensure_future(printer.changed()) for printer in self._printers]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _warn(self, printer: Printer, readiness: Readiness, job: Job) -> None:
        """Tell a warning once, until the printer has been without it."""
        if readiness.cause is not None:
            return
        if readiness.warning is None:
            self._warned.discard(printer.name)
        elif printer.name not in self._warned:
            self._warned.add(printer.name)
            code, state = readiness.warning.value, job.state.value
            self._tell(notice(code, subject="printing", key=job.job_id, state=state))

    def _local_time(self) -> str:
        return self._local_now().strftime(LOCAL_TIME)


def _may_be_original(copy: Copy, newest: Job, as_what: As) -> bool:
    """Only while certainly none is out (I6), and either nobody tried or a supervisor asks."""
    asked = newest.state is JobState.CANCELLED or as_what is As.ORIGINAL
    return copy.issued is Issued.NO and asked


def _outcome(job: Job) -> PrintOutcome:
    return PrintOutcome(job.job_id, job.state, job.duplicate, job.cause)


def _numbered(sheet: Sheet, serial: int) -> Sheet:
    return Sheet(sheet.name, sheet.document, sheet.copy, process_id(serial), sheet.marks)


def _found(snapshot: Snapshot | None, code: str) -> Snapshot:
    if snapshot is None:
        raise TerminalError(code, text_of(code).en)
    return snapshot
