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
from terminal.aio.print_jobs import PrintJobs
from terminal.aio.printers import Printer, Readiness, Sheet, ViewSheet
from terminal.documents import CopyKind, Document, Snapshot, missing_fields, open_snapshot
from terminal.effects import Notice
from terminal.errors import StoreError, TerminalError
from terminal.layout import lay_out, render_text
from terminal.paper import Marks, Paper
from terminal.print_outcome import As, Owed, PrintOutcome, outcome_of
from terminal.printer_status import SERIAL_MAX, Cause, process_id, serial_of
from terminal.printing import (
    TRANSITIONS,
    WAITING,
    Cancel,
    Failed,
    Interrupted,
    Job,
    JobState,
    NothingSent,
    Ready,
    Refused,
)
from terminal.search import LOCAL_TIME
from terminal.texts import notice, text_of
from terminal.views import View

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
        self._printers = tuple(printers)
        self.jobs = PrintJobs(books, local_now=local_now, tell=tell)
        self._local_now = local_now
        self._tell = tell
        self._hear_late: Callable[[PrintOutcome], None] = lambda _: None
        self._tear = tear
        self._warned: set[str] = set()
        self._views = 0
        # A printer takes one job at a time; this lock is about that device, not about the link.
        self._device = asyncio.Lock()

    def hear_late(self, hear: Callable[[PrintOutcome], None]) -> None:
        """Have somebody told of papers that are confirmed after their job was given up (P9)."""
        self._hear_late = hear

    def pause_with(self, tear: Tear) -> None:
        """Wait for the tear between two copies of a document from now on."""
        self._tear = tear

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
            outcomes.append(await self.print_job(await self.jobs.for_copy(copy, by, as_what)))
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
        duplicate = await self.jobs.next_duplicate(copy)
        marks = Marks(duplicate, self._local_time()) if duplicate else Marks()
        return render_text(
            lay_out(document, copy.kind, marks=marks, paper=self.paper), self.paper.columns
        )

    @property
    def paper(self) -> Paper:
        """Return the paper of the first printer, on which things are previewed."""
        return self._printers[0].paper

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
            return outcome_of(await self.jobs.perform(job, Cancel("operator")))
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
        job = await self.jobs.job(job_id)
        if job.state not in WAITING:
            return outcome_of(job)
        sheet, refused = await self._sheet(job), None
        for printer in self._printers:
            readiness = await printer.preflight()
            self._warn(printer, readiness, job)
            if readiness.cause is None:
                job = await self._send(job, sheet, printer)
            else:
                refused = refused or readiness.cause
            if job.state not in WAITING:
                return outcome_of(job)
        # The first printer's cause is the one to mend; the others only stand in for it.
        return outcome_of(await self.jobs.perform(job, Refused(refused)) if refused else job)

    async def _send(self, job: Job, sheet: Sheet, printer: Printer) -> Job:
        """JobSending on disk, then the first byte, then the result on disk: no other order."""
        serial = await self.archive.last_serial() + 1
        sending = await self.jobs.perform(job, Ready(serial))
        return await self.jobs.perform(sending, await printer.send(_numbered(sheet, serial)))

    async def _sheet(self, job: Job) -> Sheet:
        copy = await self.archive.copy(job.copy_id)
        assert copy is not None
        document = self.opened(await self.archive.snapshot(copy.document_id))
        marks = Marks(job.duplicate, await self.archive.reprinted_at(job.job_id))
        return Sheet(job.job_id, document, copy.kind, process_id(0), marks)

    async def _take_late(self) -> None:
        """P9: whatever printed late is told of, whoever asked for the next paper."""
        for printer in self._printers:
            for echoed in printer.take_late():
                for outcome in await self.jobs.confirm_late(serial_of(echoed)):
                    self._hear_late(outcome)

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


def _numbered(sheet: Sheet, serial: int) -> Sheet:
    return Sheet(sheet.name, sheet.document, sheet.copy, process_id(serial), sheet.marks)


def _found(snapshot: Snapshot | None, code: str) -> Snapshot:
    if snapshot is None:
        raise TerminalError(code, text_of(code).en)
    return snapshot
