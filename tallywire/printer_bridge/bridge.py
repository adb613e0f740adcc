"""One printer's bridge: takes its jobs from the broker, prints them one by one, reports.

Rules:
- A job is printed once for each name, however often it comes; a repeat gets the report again.
- A job that was not begun is refused, never kept for later: the terminal has the queue.
- `printing` is remembered before the first byte; what is in doubt is told as it is.
- What the printer says late (paper was loaded, the rest came out) is reported late.
- Nothing is taken on trust: a name that is none, another one's topic for the reports, a retained
  job, too many bytes are counted as strays.

The session at the broker ends with the connection: what is sent to a bridge that is away is not
kept for it. Its client ID is the printer's, so of two bridges only one is ever connected; and each
writes its own name to the topic `bridge` once, when it starts, so that the older one learns that it
has been replaced, and ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec

from tallywire.printer_bridge.memory import JobMemory
from terminal.aio.broker import Broker, BrokerPlan, Letter
from terminal.aio.broker_access import BrokerAccess
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.printers import Readiness
from terminal.cloud_printing import (
    CONTENT_TYPE,
    JOB_SIZE_MAX,
    OFFLINE,
    CloudAddress,
    Progress,
    Report,
    Status,
    parts_of,
    report_of,
)
from terminal.printer_status import FENCE, Cause, process_id, process_id_request
from terminal.printing import Interrupted

WAITING_MAX: Final = 64
REPORT_EXPIRY_S: Final = 24 * 3600
GOODBYE_S: Final = 2.0

Told = Report | Status
"""What a bridge tells its owner: every report, and every status that is new."""


def bridge_plan(address: CloudAddress, access: BrokerAccess) -> BrokerPlan:
    """Return the plan of a bridge's connections, with its last will."""
    topics = address.topics
    return BrokerPlan(
        address.host,
        address.port,
        access,
        client_id=f"printer-{topics.root}",
        topics=(topics.jobs, topics.asks, topics.bridge),
        will=Letter(topics.status, msgspec.json.encode(OFFLINE), retain=True),
    )


class TakenOver(Exception):
    """Another bridge of the same printer has come; two would print everything twice."""


class PrinterBridge:
    """The bridge of one printer. `run` is all it does; `told` hears what it reports.

    `name` is drawn anew for each, so that two bridges can tell each other apart, and so is
    `serial`, from which it numbers what it sends: an echo meant for another is then none of ours.
    """

    def __init__(
        self,
        address: CloudAddress,
        plan: BrokerPlan,
        printer: EscposPrinter,
        memory: JobMemory,
        *,
        name: str,
        serial: int = 0,
        told: Callable[[Told], None] = lambda _: None,
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self.strays = 0
        self._name = name.encode()
        self._serial = serial
        self._connections = 0
        self._replaced = False
        self.repeats = 0
        self._topics = address.topics
        self._printer = printer
        self._memory = memory
        self._told = told
        self._connected = connected
        self._broker = Broker(replace(plan, on_letter=self._take))
        self._jobs: deque[tuple[str, Letter]] = deque()
        self._asks: deque[Letter] = deque(maxlen=WAITING_MAX)
        self._sent: dict[bytes, str] = {}
        self._printing = ""
        self._status: Status | None = None
        self._look_again = True
        self._work = asyncio.Event()
        self._idle = asyncio.Event()

    async def run(self) -> None:
        """Bridge until cancelled; then say goodbye.

        Raises an ExceptionGroup of TakenOver, or of OSError when it cannot remember a job.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._broker.keep(self._greet), name="broker")
                group.create_task(self._watch(), name="printer's news")
                await self._print_and_look()
        finally:
            await self._say_goodbye()

    async def _print_and_look(self) -> None:
        while True:
            self._take_late()
            if self._replaced:
                raise TakenOver
            if self._jobs:
                await self._print(*self._jobs.popleft())
                self._look_again = True
            elif self._look_again or self._asks:
                self._look_again = False
                await self._look()
            else:
                self._idle.set()
                await self._work.wait()
                self._idle.clear()
            self._work.clear()

    async def _watch(self) -> None:
        """Wake the work when the printer has news; not while the work itself makes them."""
        while True:
            await self._idle.wait()
            await self._printer.changed()
            self._look_again = True
            self._idle.clear()
            self._work.set()

    async def _print(self, job: str, letter: Letter) -> None:
        readiness = await self._printer.preflight()
        self._take_late()
        if readiness.cause is not None:
            cause = readiness.cause.value
            self._report(Report(job=job, progress=Progress.REFUSED, cause=cause))
            return
        self._report(Report(job=job, progress=Progress.PRINTING))
        self._serial += 1
        own_id = process_id(self._serial)
        self._printing, self._sent[own_id] = job, job
        result = await self._printer.send_job(_renumbered(letter.payload, job, own_id), own_id)
        self._printing = ""
        report = report_of(job, result)
        if report.progress is Progress.PRINTED:
            # What is printed in order leaves no doubt about what was sent before.
            self._sent.clear()
        self._report(report)

    async def _look(self) -> None:
        """Find out how the printer is, and tell it where it is new or asked for."""
        asks, self._asks = self._asks, deque(maxlen=WAITING_MAX)
        readiness = await self._printer.look()
        self._tell_status(_status(readiness))
        for ask in asks:
            self._answer(ask)

    def _take(self, letter: Letter) -> None:
        """Take what the broker brings."""
        if letter.topic == self._topics.bridge:
            self._take_claim(letter)
        elif letter.topic == self._topics.asks:
            self._take_ask(letter)
        else:
            self._take_job(letter)
        self._work.set()

    def _take_claim(self, letter: Letter) -> None:
        """What is retained when we first come is the predecessor's; any other the successor's."""
        first = letter.retain and self._connections <= 1
        if not first and letter.payload != self._name:
            self._replaced = True

    def _take_ask(self, letter: Letter) -> None:
        if not letter.correlation or not letter.response_topic.startswith(self._topics.answers("")):
            self.strays += 1
        elif self._printing and self._status is not None:
            # It is at work, and says the rest when it has ended.
            self._answer(letter)
        else:
            self._asks.append(letter)

    def _take_job(self, letter: Letter) -> None:
        job = letter.correlation.decode("ascii", "replace")
        if not self._is_job(job, letter):
            self.strays += 1
        elif known := self._memory.known(job):
            self.repeats += 1
            self._post(known)
        elif len(self._jobs) >= WAITING_MAX:
            busy = Cause.OFFLINE.value
            self._report(Report(job=job, progress=Progress.REFUSED, cause=busy))
        else:
            self._report(Report(job=job, progress=Progress.ACCEPTED))
            self._jobs.append((job, letter))

    def _is_job(self, job: str, letter: Letter) -> bool:
        parts = parts_of(job)
        return (
            parts is not None
            and letter.response_topic == self._topics.reports(parts[0], job)
            and letter.content_type == CONTENT_TYPE
            and 0 < len(letter.payload) <= JOB_SIZE_MAX
            and not letter.retain
        )

    def _take_late(self) -> None:
        for echoed in self._printer.take_late():
            job = self._sent.pop(echoed, "")
            if job:
                self._report(Report(job=job, progress=Progress.PRINTED))

    def _report(self, report: Report) -> None:
        if self._memory.note(report):
            self._post(report)
            self._told(report)

    def _post(self, report: Report) -> None:
        parts = parts_of(report.job)
        assert parts is not None
        letter = Letter(
            self._topics.reports(parts[0], report.job),
            msgspec.json.encode(report),
            retain=True,
            correlation=report.job.encode(),
            expiry_s=REPORT_EXPIRY_S,
        )
        self._broker.post(letter)

    def _tell_status(self, status: Status) -> None:
        if status != self._status:
            self._status = status
            self._broker.post(Letter(self._topics.status, msgspec.json.encode(status), retain=True))
            self._told(status)

    def _answer(self, ask: Letter) -> None:
        status = msgspec.json.encode(self._status)
        self._broker.post(Letter(ask.response_topic, status, correlation=ask.correlation))

    def _greet(self) -> None:
        """A broker may have forgotten everything: tell it again, and look."""
        self._connections += 1
        if self._connections == 1:
            self._broker.post(Letter(self._topics.bridge, self._name, retain=True))
        self._asks.clear()
        for report in self._memory.recent():
            self._post(report)
        self._status, self._look_again = None, True
        self._work.set()
        self._connected()

    async def _say_goodbye(self) -> None:
        if self._printing:
            self._report(report_of(self._printing, Interrupted()))
        for job, _ in self._jobs:
            gone = Cause.OFFLINE.value
            self._report(Report(job=job, progress=Progress.REFUSED, cause=gone))
        if not self._replaced:
            self._tell_status(OFFLINE)
        await self._broker.flush(GOODBYE_S)
        await self._broker.close()
        await self._printer.close()


def _renumbered(payload: bytes, job: str, own_id: bytes) -> bytes:
    """Put the bridge's process ID in the place of the terminal's: two terminals count alike."""
    parts = parts_of(job)
    assert parts is not None, "checked when it came"
    end = process_id_request(parts[1]) + FENCE
    if not payload.endswith(end):
        return payload
    return payload.removesuffix(end) + process_id_request(own_id) + FENCE


def _status(readiness: Readiness) -> Status:
    cause, warning = readiness.cause, readiness.warning
    return Status(
        online=True,
        cause=cause.value if cause else "",
        warning=warning.value if warning else "",
    )
