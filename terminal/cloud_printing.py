"""Cloud printing: what terminal and printer tell each other through an MQTT broker. Pure.

A printer URL is `mqtt://HOST[:PORT]/PREFIX/PRINTER`, or `mqtts://` with TLS. Below PREFIX/PRINTER:

    status                  printer -> all, retained; its last will says that it is gone
    bridge                  which bridge the printer has, retained: of two, the older one ends
    asks                    terminal -> printer: how are you? (pre-flight, nothing is printed)
    answers/CLIENT          printer -> the asker: the status now, under the asker's correlation
    jobs                    terminal -> printer: ESC/POS bytes, correlation data = the job's name
    reports/CLIENT/JOB      printer -> the terminal, retained: how far this job has come

A job's name is CLIENT-PROCESSID, both in hexadecimal digits: CLIENT is drawn anew by each process,
so no two sendings ever share a name, and the printer prints a name once, however often it comes.

What a terminal may conclude (`result_of`): only `refused` says that certainly nothing was begun,
only `printed` that the paper is out. `accepted` and `printing` are no end; silence is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from terminal.printer_status import Cause
from terminal.printing import Confirmed, Failed, Interrupted, NothingSent, Result, Unconfirmed

CONTENT_TYPE: Final = "application/vnd.escpos"
JOB_SIZE_MAX: Final = 1024 * 1024
TOPIC_SIZE_MAX: Final = 200
PORT: Final = 1883
TLS_PORT: Final = 8883


class Progress(Enum):
    """How far a job has come, as the printer's side reports it."""

    ACCEPTED = "accepted"
    """It is there and will be tried; nothing has been handed to the printer yet."""
    PRINTING = "printing"
    """Its first byte is about to be handed to the printer."""
    REFUSED = "refused"
    """Certainly nothing was begun, and it never will be."""
    PRINTED = "printed"
    """The printer confirmed it, in time or late."""
    UNCONFIRMED = "unconfirmed"
    """All was handed over; the printer says nothing about jobs."""
    FAILED = "failed"
    """A fault of the printer after the first byte."""
    UNKNOWN = "unknown"
    """The way to the printer broke, or patience ended, after the first byte."""


RANK: Final[Mapping[Progress, int]] = {
    Progress.ACCEPTED: 0,
    Progress.PRINTING: 1,
    Progress.UNKNOWN: 2,
    Progress.FAILED: 2,
    Progress.UNCONFIRMED: 2,
    Progress.REFUSED: 3,
    Progress.PRINTED: 3,
}
"""A report is news only when it ranks higher than what is known: old ones may come again."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How far a job has come; `cause` is an L-code where something is wrong."""

    job: str
    progress: Progress
    cause: str = ""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a printer is: retained for who comes later. `cause` and `warning` are L-codes."""

    online: bool
    cause: str = ""
    warning: str = ""


OFFLINE: Final = Status(online=False, cause=Cause.OFFLINE.value)
"""The last will: the broker says it when the printer's side has gone without a word."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one printer."""

    root: str

    @property
    def status(self) -> str:
        """How it is, retained."""
        return f"{self.root}/status"

    @property
    def asks(self) -> str:
        """Who wants to know how it is, now."""
        return f"{self.root}/asks"

    @property
    def bridge(self) -> str:
        """Which bridge has the printer, retained."""
        return f"{self.root}/bridge"

    @property
    def jobs(self) -> str:
        """What is to be printed."""
        return f"{self.root}/jobs"

    def answers(self, client: str) -> str:
        """Return where a terminal is answered."""
        return f"{self.root}/answers/{client}"

    def reports(self, client: str, job: str = "+") -> str:
        """Return where a job of a terminal is reported; of all its jobs by default."""
        return f"{self.root}/reports/{client}/{job}"


@dataclass(frozen=True, slots=True)
class CloudAddress:
    """Where a printer is: the broker, and its topics there."""

    host: str
    port: int
    tls: bool
    topics: Topics

    @property
    def url(self) -> str:
        """Return the address as it is written, without anything secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "mqtts" if self.tls else "mqtt"
        return f"{scheme}://{host}:{self.port}/{self.topics.root}"


ALLOWED: Final = (
    "a printer behind a broker is mqtt://HOST:PORT/PREFIX/PRINTER, or mqtts:// with TLS"
)
NO_LOGIN: Final = "user and password stand in a file or the environment, never in the URL"

_URL: Final = re.compile(
    r"(?P<scheme>mqtts?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:(?P<port>[0-9]{1,5}))?"
    r"/(?P<root>[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+)"
)


def parse_address(url: str) -> CloudAddress:
    """Return the address of a URL. Raises ValueError, whose sentence does not show the URL."""
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(NO_LOGIN if "@" in url else ALLOWED)
    tls = found["scheme"] == "mqtts"
    port = int(found["port"] or (TLS_PORT if tls else PORT))
    if not 0 < port < 65_536 or len(found["root"]) > TOPIC_SIZE_MAX:
        raise ValueError(ALLOWED)
    return CloudAddress(found["host"].strip("[]"), port, tls, Topics(found["root"]))


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: whatever stands before an @ is stars."""
    return re.sub(r"(?<=://).*@", "***@", url)


_JOB: Final = re.compile(r"([0-9a-f]{8,32})-([0-9a-f]{8})")


def job_name(client: str, process_id: bytes) -> str:
    """Return the name of one sending of one terminal process."""
    name = f"{client}-{process_id.hex()}"
    assert _JOB.fullmatch(name)
    return name


def parts_of(job: str) -> tuple[str, bytes] | None:
    """Return the client and the process ID of a job's name, None when it is none."""
    found = _JOB.fullmatch(job)
    return (found[1], bytes.fromhex(found[2])) if found else None


def parse_report(payload: bytes, correlation: bytes) -> Report | None:
    """Return a report, None for garbage, or when its correlation names another job."""
    try:
        report = msgspec.json.decode(payload, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return report if report.job.encode() == correlation else None


def parse_status(payload: bytes) -> Status | None:
    """Return a status, None for garbage."""
    try:
        return msgspec.json.decode(payload, type=Status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def cause_of(code: str, default: Cause = Cause.UNKNOWN) -> Cause:
    """Return the cause of an L-code; `default` for one that no terminal knows."""
    try:
        return Cause(code)
    except ValueError:
        return default


def is_news(report: Report, known: Report | None) -> bool:
    """True when a report says more than what is known."""
    return known is None or RANK[report.progress] > RANK[known.progress]


def result_of(report: Report | None) -> Result | None:
    """Return what the print machine is told; None while the job is under way."""
    match report.progress if report else None:
        case Progress.REFUSED:
            assert report is not None
            return NothingSent(cause_of(report.cause, Cause.OFFLINE))
        case Progress.PRINTED:
            return Confirmed()
        case Progress.UNCONFIRMED:
            return Unconfirmed()
        case Progress.FAILED:
            assert report is not None
            return Failed(cause_of(report.cause))
        case Progress.UNKNOWN:
            return Interrupted()
        case Progress.ACCEPTED | Progress.PRINTING | None:
            return None


def report_of(job: str, result: Result) -> Report:
    """Return what the printer's side tells of a sending that has ended."""
    match result:
        case Confirmed():
            return Report(job=job, progress=Progress.PRINTED)
        case Unconfirmed():
            return Report(job=job, progress=Progress.UNCONFIRMED)
        case NothingSent(cause):
            return Report(job=job, progress=Progress.REFUSED, cause=cause.value)
        case Failed(cause):
            return Report(job=job, progress=Progress.FAILED, cause=cause.value)
        case Interrupted(cause):
            return Report(job=job, progress=Progress.UNKNOWN, cause=cause.value)
