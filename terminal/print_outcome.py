"""What paperwork answers to whoever asked: outcomes of jobs, papers that are owed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.documents import CopyKind
from terminal.printing import Issued, Job, JobState


class As(Enum):
    """What a reprint may be after the operator declared the original not printed (P11)."""

    DUPLICATE = "duplicate"
    ORIGINAL = "original"
    """For a supervisor."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of a job, for whoever asked: its state, and the L-code of what is wrong."""

    job_id: str
    state: JobState
    duplicate: int
    cause: str = ""

    @property
    def printed(self) -> bool:
        """True when the paper is certainly out."""
        return self.state in (JobState.CONFIRMED, JobState.CONFIRMED_BY_OPERATOR)


def outcome_of(job: Job) -> PrintOutcome:
    """Return where a job stands, for whoever asked."""
    return PrintOutcome(job.job_id, job.state, job.duplicate, job.cause)


@dataclass(frozen=True, slots=True)
class Owed:
    """A copy that is not certainly on paper, and its newest job."""

    copy_id: str
    document_id: str
    kind: CopyKind
    issued: Issued
    job: Job
