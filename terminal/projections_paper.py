"""Rows of the paper tables, drawn from the facts of `terminal.copies`.

No statement here names a table of money: paper cannot change it (I1, I10).
"""

from __future__ import annotations

from typing import assert_never

from terminal.copies import (
    CopyQueued,
    JobAnswered,
    JobBlocked,
    JobCancelled,
    JobConfirmed,
    JobFailedPartial,
    JobNothingSent,
    JobQueued,
    JobSending,
    JobUnconfirmed,
    JobUnknown,
    JobVoided,
    PaperAsked,
    SnapshotTaken,
)
from terminal.documents import Document, FaultSlip, Receipt, SettlementSlip, read_document
from terminal.printing import Issued, JobState
from terminal.projections import Statement, Value, projects


@projects(SnapshotTaken)
def snapshot_taken(fact: SnapshotTaken, at: str) -> list[Statement]:
    """A document, stored as the text that was hashed, beside the keys that it is found by."""
    snapshot = fact.snapshot
    row = {
        "number": snapshot.number,
        "document_id": snapshot.document_id,
        **_keys(read_document(snapshot.body)),
        "card_lookup": fact.card_lookup or None,
        "taken_at": at,
        "body": snapshot.body,
        "sha256": snapshot.sha256,
        "previous": snapshot.previous,
    }
    marks = ", ".join("?" * len(row))
    return [(f"INSERT INTO snapshot ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))]


def _keys(document: Document) -> dict[str, Value]:
    """Return what a document is found by; NULL is not in any index."""
    keys: dict[str, Value] = {"batch": document.batch, "printed_time": document.at}
    match document:
        case Receipt():
            return keys | {
                "kind": "receipt",
                "stan": document.stan,
                "amount_minor": document.amount_minor,
                "last4": document.card[-4:],
                "rrn": document.rrn or None,
                "authorisation": document.authorisation or None,
                "payment": document.kind.value,
                "tag": document.tag or None,
            }
        case SettlementSlip():
            return keys | {"kind": "settlement", "result": document.result.value}
        case FaultSlip():
            return keys | {"kind": "fault", "stan": document.stan}
        case _:
            assert_never(document)


@projects(CopyQueued)
def copy_queued(fact: CopyQueued, at: str) -> list[Statement]:
    """A paper is owed from now on."""
    sql = "INSERT INTO copy (copy_id, document_id, kind, queued_at) VALUES (?, ?, ?, ?)"
    return [(sql, (fact.copy_id, fact.document_id, fact.kind.value, at))]


@projects(JobQueued)
def job_queued(fact: JobQueued, at: str) -> list[Statement]:
    """An attempt, behind all that wait already."""
    sql = (
        "INSERT INTO print_job (job_id, number, copy_id, duplicate, reprinted_at, asked_by,"
        " state, queued_at, changed_at)"
        " SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ? FROM print_job"
    )
    values = (
        fact.job_id,
        fact.copy_id,
        fact.duplicate,
        fact.reprinted_at,
        fact.by,
        JobState.QUEUED.value,
        at,
        at,
    )
    return [(sql, values)]


@projects(JobBlocked)
def job_blocked(fact: JobBlocked, at: str) -> list[Statement]:
    """The state stays; the cause is new."""
    sql = "UPDATE print_job SET cause = ?, changed_at = ? WHERE job_id = ?"
    return [(sql, (fact.cause, at, fact.job_id))]


@projects(JobSending)
def job_sending(fact: JobSending, at: str) -> list[Statement]:
    """From here on an original may be out."""
    sql = "UPDATE print_job SET serial = ? WHERE job_id = ?"
    return [
        (sql, (fact.serial, fact.job_id)),
        _moved(fact.job_id, JobState.SENDING, at),
        _issued(fact.job_id, Issued.MAYBE),
    ]


@projects(JobNothingSent)
def job_nothing_sent(fact: JobNothingSent, at: str) -> list[Statement]:
    """Certain: the original is not out."""
    return [
        _moved(fact.job_id, JobState.FAILED_CLEAN, at, fact.cause),
        _issued(fact.job_id, Issued.NO),
    ]


@projects(JobConfirmed)
def job_confirmed(fact: JobConfirmed, at: str) -> list[Statement]:
    """The printer says it is out."""
    return [
        _moved(fact.job_id, JobState.CONFIRMED, at),
        _issued(fact.job_id, Issued.YES),
        _settled(fact.job_id),
    ]


@projects(JobUnconfirmed)
def job_unconfirmed(fact: JobUnconfirmed, at: str) -> list[Statement]:
    """Sent, and never heard of again."""
    return [_moved(fact.job_id, JobState.SENT_UNCONFIRMED, at, "L38")]


@projects(JobFailedPartial)
def job_failed_partial(fact: JobFailedPartial, at: str) -> list[Statement]:
    """A fault during the job."""
    return [_moved(fact.job_id, JobState.FAILED_PARTIAL, at, fact.cause)]


@projects(JobUnknown)
def job_unknown(fact: JobUnknown, at: str) -> list[Statement]:
    """Nobody knows."""
    return [_moved(fact.job_id, JobState.UNKNOWN, at, fact.cause)]


@projects(JobCancelled)
def job_cancelled(fact: JobCancelled, at: str) -> list[Statement]:
    """Taken back; the copy is not owed any more, but can be asked for as an original."""
    return [_moved(fact.job_id, JobState.CANCELLED, at), _settled(fact.job_id)]


@projects(JobVoided)
def job_voided(fact: JobVoided, at: str) -> list[Statement]:
    """Void paper is settled paper."""
    return [_moved(fact.job_id, JobState.VOIDED, at), _settled(fact.job_id)]


@projects(JobAnswered)
def job_answered(fact: JobAnswered, at: str) -> list[Statement]:
    """The operator's word counts as much as the printer's."""
    if not fact.came_out:
        return [
            _moved(fact.job_id, JobState.FAILED_BY_OPERATOR, at),
            _issued(fact.job_id, Issued.NO),
        ]
    return [
        _moved(fact.job_id, JobState.CONFIRMED_BY_OPERATOR, at),
        _issued(fact.job_id, Issued.YES),
        _settled(fact.job_id),
    ]


@projects(PaperAsked)
def paper_asked(fact: PaperAsked, at: str) -> list[Statement]:
    """A line of the audit."""
    sql = (
        "INSERT INTO paper_order (name, purpose, count, by, role, at, refused)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    said = (fact.name, fact.purpose, fact.count, fact.by, fact.role, fact.at, fact.refused)
    return [(sql, said)]


def _moved(job_id: str, state: JobState, at: str, cause: str = "") -> Statement:
    sql = "UPDATE print_job SET state = ?, cause = ?, changed_at = ? WHERE job_id = ?"
    return (sql, (state.value, cause, at, job_id))


def _issued(job_id: str, issued: Issued) -> Statement:
    """Only an unmarked paper says something about the original."""
    sql = (
        "UPDATE copy SET issued = ? WHERE copy_id ="
        " (SELECT copy_id FROM print_job WHERE job_id = ? AND duplicate = 0)"
    )
    return (sql, (issued.value, job_id))


def _settled(job_id: str) -> Statement:
    sql = (
        "UPDATE copy SET owed = 0 WHERE copy_id = (SELECT copy_id FROM print_job WHERE job_id = ?)"
    )
    return (sql, (job_id,))
