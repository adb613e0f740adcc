"""The print machine: what is known about one attempt to put one copy on paper.

A *document* is a snapshot (`terminal.documents`). A *copy* is one paper that somebody is owed:
the merchant's copy of a receipt, a settlement slip. A *job* is one attempt to print a copy; a
copy owns one job at first, and one more for every reprint. Money knows nothing of all this, and
no event here ever causes, repeats or blocks a message about money (I1).

The one question about a copy is `issued`: may an original, a paper without a mark, be out?

    NO      certainly not: nothing was ever handed to a printer, or the operator looked and said so
    MAYBE   bytes may have reached a printer
    YES     the printer confirmed it, or the operator saw it

An original is started only while `issued` is NO, and becomes MAYBE on disk *before* its first
byte leaves. So at most one unmarked paper exists for each copy, unless an operator declared the
earlier one not printed (I6). Every other paper carries ****重打印/DUPLICATE**** and its number.

Rules:
- What is QUEUED or FAILED_CLEAN certainly left no trace on paper: it is (re)tried by itself, as
  often as it takes; a receipt or slip that waits for paper prints when paper is back.
- What is UNKNOWN, SENT_UNCONFIRMED or FAILED_PARTIAL is never tried again by itself: a printer
  prints the rest of its buffer when paper is loaded (P9), and that would give two.
- A confirmation that comes late still counts: it is the printer that knows.
- SENDING cannot be cancelled; what ran can be voided (作废), which is a fact about paper only.

Where paper or power may fail is named in `PaperPoint`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, assert_never

from terminal.copies import (
    JobAnswered,
    JobBlocked,
    JobCancelled,
    JobConfirmed,
    JobFailedPartial,
    JobNothingSent,
    JobSending,
    JobUnconfirmed,
    JobUnknown,
    JobVoided,
)
from terminal.effects import Commit, Effects, Notice, Print, Tell
from terminal.errors import IllegalEvent
from terminal.facts import Fact
from terminal.printer_status import Cause
from terminal.texts import notice


class JobState(Enum):
    """What is known about one attempt."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    CONFIRMED = "CONFIRMED"
    SENT_UNCONFIRMED = "SENT_UNCONFIRMED"
    FAILED_CLEAN = "FAILED_CLEAN"
    FAILED_PARTIAL = "FAILED_PARTIAL"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"
    VOIDED = "VOIDED"
    CONFIRMED_BY_OPERATOR = "CONFIRMED_BY_OPERATOR"
    FAILED_BY_OPERATOR = "FAILED_BY_OPERATOR"


class Issued(Enum):
    """Whether an original of a copy is out."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


class PaperPoint(Enum):
    """Where paper or power may fail, each with what is known afterwards."""

    P1 = "P1: before JobSending is on disk: QUEUED"
    P2 = "P2: the pre-flight finds a cause: QUEUED, blocked"
    P3 = "P3: not one byte accepted: FAILED_CLEAN"
    P4 = "P4: crash after JobSending, before the first byte: UNKNOWN"
    P5 = "P5: reset or timeout while sending: UNKNOWN"
    P6 = "P6: all sent, nothing ever heard: SENT_UNCONFIRMED"
    P7 = "P7: all sent, process ID echoed: CONFIRMED"
    P8 = "P8: a fault during the job: FAILED_PARTIAL"
    P9 = "P9: paper reloaded, the rest comes out, late echo: CONFIRMED"
    P10 = "P10: crash after the echo, before the commit: UNKNOWN"
    P11 = "P11: the operator looked: CONFIRMED_BY_OPERATOR or FAILED_BY_OPERATOR"


WAITING: Final = frozenset({JobState.QUEUED, JobState.FAILED_CLEAN})
"""Certainly nothing came out: tried again by itself."""

DOUBTFUL: Final = frozenset({JobState.UNKNOWN, JobState.SENT_UNCONFIRMED, JobState.FAILED_PARTIAL})
"""Something may have come out: only the operator, or the printer itself, can tell."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt: `duplicate` is 0 for an original, `serial` the number of its last sending.

    `issued` is its copy's; `cause` the L-code of what blocks or broke it, "" when nothing does.
    """

    job_id: str
    copy_id: str
    state: JobState = JobState.QUEUED
    duplicate: int = 0
    issued: Issued = Issued.NO
    cause: str = ""
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """The pre-flight found a cause."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Ready:
    """The printer is ready; `serial` numbers this sending."""

    serial: int


@dataclass(frozen=True, slots=True)
class NothingSent:
    """Not one byte was accepted."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The printer echoed the process ID of this sending, now or late."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """All bytes were accepted and no answer can be had."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The printer reported a fault after the first byte."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The connection or the patience ended after the first byte."""

    cause: Cause = Cause.UNKNOWN


@dataclass(frozen=True, slots=True)
class PowerOn:
    """The terminal starts and finds this job on disk."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The operator takes back what waits."""

    by: str


@dataclass(frozen=True, slots=True)
class Void:
    """The operator declares a paper void."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CameOut:
    """The operator has the paper in hand."""

    by: str


@dataclass(frozen=True, slots=True)
class DidNot:
    """The operator looked: no paper, or not a whole one."""

    by: str


Result = Confirmed | Unconfirmed | NothingSent | Failed | Interrupted
"""What a printer port reports of one sending."""

Event = Refused | Ready | Result | PowerOn | Cancel | Void | CameOut | DidNot


_S = JobState
TRANSITIONS: Final[dict[JobState, dict[type, JobState]]] = {
    _S.QUEUED: {Refused: _S.QUEUED, Ready: _S.SENDING, Cancel: _S.CANCELLED},
    _S.FAILED_CLEAN: {Refused: _S.FAILED_CLEAN, Ready: _S.SENDING, Cancel: _S.CANCELLED},
    _S.SENDING: {
        NothingSent: _S.FAILED_CLEAN,
        Confirmed: _S.CONFIRMED,
        Unconfirmed: _S.SENT_UNCONFIRMED,
        Failed: _S.FAILED_PARTIAL,
        Interrupted: _S.UNKNOWN,
        PowerOn: _S.UNKNOWN,
    },
    _S.UNKNOWN: {
        Confirmed: _S.CONFIRMED,
        CameOut: _S.CONFIRMED_BY_OPERATOR,
        DidNot: _S.FAILED_BY_OPERATOR,
        Void: _S.VOIDED,
    },
    _S.SENT_UNCONFIRMED: {
        Confirmed: _S.CONFIRMED,
        CameOut: _S.CONFIRMED_BY_OPERATOR,
        DidNot: _S.FAILED_BY_OPERATOR,
        Void: _S.VOIDED,
    },
    _S.FAILED_PARTIAL: {
        Confirmed: _S.CONFIRMED,
        CameOut: _S.CONFIRMED_BY_OPERATOR,
        DidNot: _S.FAILED_BY_OPERATOR,
        Void: _S.VOIDED,
    },
    _S.FAILED_BY_OPERATOR: {Confirmed: _S.CONFIRMED},
    _S.CONFIRMED: {Void: _S.VOIDED},
    _S.CONFIRMED_BY_OPERATOR: {Void: _S.VOIDED},
    _S.CANCELLED: {},
    _S.VOIDED: {},
}
"""What follows what. An event that is not in its state's row is a bug: `IllegalEvent`."""


def step(job: Job, event: Event) -> tuple[Job, Effects]:
    """Return the job after an event and what is to be done. Raises IllegalEvent."""
    state = TRANSITIONS[job.state].get(type(event))
    if state is None or (isinstance(event, Ready) and not _may_start(job)):
        raise IllegalEvent("printing", job.state.value, type(event).__name__)
    if isinstance(event, Refused) and event.cause.value == job.cause:
        # The same cause again: nothing new for the journal or for the person.
        return job, ()
    after = replace(
        job,
        state=state,
        issued=_issued(job, event),
        cause=_cause(event),
        serial=event.serial if isinstance(event, Ready) else job.serial,
    )
    effects: Effects = (Commit((_fact(job, event),)),)
    if isinstance(event, Ready):
        return after, (*effects, Print(job.job_id))
    return after, effects + tuple(Tell(told) for told in _notices(job, after, event))


def _may_start(job: Job) -> bool:
    """An original only while certainly none is out (I6); a marked paper at any time."""
    return job.duplicate > 0 or job.issued is Issued.NO


def _issued(job: Job, event: Event) -> Issued:
    """What is known about the copy's original; marked papers say nothing about it."""
    if job.duplicate:
        return job.issued
    match event:
        case Ready() | Unconfirmed() | Failed() | Interrupted() | PowerOn():
            return Issued.MAYBE
        case Confirmed() | CameOut():
            return Issued.YES
        case NothingSent() | DidNot():
            return Issued.NO
        case Refused() | Cancel() | Void():
            return job.issued
        case _:
            assert_never(event)


def _cause(event: Event) -> str:
    match event:
        case Refused() | NothingSent() | Failed() | Interrupted():
            return event.cause.value
        case PowerOn() | Unconfirmed():
            return Cause.UNKNOWN.value
        case _:
            return ""


def _fact(job: Job, event: Event) -> Fact:
    match event:
        case Refused(cause):
            return JobBlocked(job_id=job.job_id, cause=cause.value)
        case Ready(serial):
            return JobSending(job_id=job.job_id, serial=serial)
        case NothingSent(cause):
            return JobNothingSent(job_id=job.job_id, cause=cause.value)
        case Confirmed():
            return JobConfirmed(job_id=job.job_id, late=job.state is not JobState.SENDING)
        case Unconfirmed():
            return JobUnconfirmed(job_id=job.job_id)
        case Failed(cause):
            return JobFailedPartial(job_id=job.job_id, cause=cause.value)
        case Interrupted(cause):
            return JobUnknown(job_id=job.job_id, cause=cause.value)
        case PowerOn():
            return JobUnknown(job_id=job.job_id, cause=Cause.UNKNOWN.value)
        case Cancel(by):
            return JobCancelled(job_id=job.job_id, by=by)
        case Void(by, reason):
            return JobVoided(job_id=job.job_id, by=by, reason=reason)
        case CameOut(by) | DidNot(by):
            return JobAnswered(job_id=job.job_id, came_out=isinstance(event, CameOut), by=by)
        case _:
            assert_never(event)


def _notices(job: Job, after: Job, event: Event) -> Sequence[Notice]:
    """A cause is told in its own words; doubt asks the operator; a sale stands, paper or not."""
    codes = [after.cause] if after.cause else []
    if after.state in DOUBTFUL and Cause.UNKNOWN.value not in codes:
        codes.append(Cause.UNKNOWN.value)
    if codes and job.duplicate == 0 and job.copy_id.startswith("R"):
        codes.append("L58")
    return [
        notice(code, subject="printing", key=job.job_id, state=after.state.value) for code in codes
    ]
