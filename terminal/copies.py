"""Copies: who is owed which paper of a document, and everything that ever happens to one.

The facts of paper (their machine is `terminal.printing`) and the one function that the money
side calls: `queue_originals`, in the same commit that makes a payment or a batch final. So paper
that is owed is on disk before anybody prints, and a crash cannot forget it (REQ 000-18).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from terminal.documents import (
    ChainHead,
    CopyKind,
    Document,
    FaultSlip,
    Receipt,
    SettlementSlip,
    Snapshot,
    take_snapshot,
)
from terminal.facts import Fact


class SnapshotTaken(Fact, frozen=True, kw_only=True):
    """A document was frozen; every paper of it is drawn from this.

    `card_lookup` is the keyed hash of the whole card: found by, never on the document itself.
    """

    snapshot: Snapshot
    card_lookup: str = ""


class CopyQueued(Fact, frozen=True, kw_only=True):
    """Somebody is owed a paper."""

    copy_id: str
    document_id: str
    kind: CopyKind


class JobQueued(Fact, frozen=True, kw_only=True):
    """An attempt waits for a printer. `by` is who asked for a reprint, `at` its local time."""

    job_id: str
    copy_id: str
    duplicate: int = 0
    reprinted_at: str = ""
    by: str = ""


class JobBlocked(Fact, frozen=True, kw_only=True):
    """P2: the pre-flight found a cause; nothing was sent."""

    job_id: str
    cause: str


class JobSending(Fact, frozen=True, kw_only=True):
    """Committed before the first byte: from here on a paper may be out."""

    job_id: str
    serial: int


class JobNothingSent(Fact, frozen=True, kw_only=True):
    """P3: the printer took not one byte."""

    job_id: str
    cause: str


class JobConfirmed(Fact, frozen=True, kw_only=True):
    """P7, or P9 when `late`: the printer says that everything was printed."""

    job_id: str
    late: bool = False


class JobUnconfirmed(Fact, frozen=True, kw_only=True):
    """P6: everything was sent, the printer never said that it was printed."""

    job_id: str


class JobFailedPartial(Fact, frozen=True, kw_only=True):
    """P8: the printer reported a fault during the job."""

    job_id: str
    cause: str


class JobUnknown(Fact, frozen=True, kw_only=True):
    """P4, P5, P10: nobody knows what came out."""

    job_id: str
    cause: str


class JobCancelled(Fact, frozen=True, kw_only=True):
    """Taken back before anything was sent (REQ 004-05)."""

    job_id: str
    by: str


class JobVoided(Fact, frozen=True, kw_only=True):
    """The paper was declared void, 作废 (REQ 004-06)."""

    job_id: str
    by: str
    reason: str


class JobAnswered(Fact, frozen=True, kw_only=True):
    """P11: the operator looked at the paper."""

    job_id: str
    came_out: bool
    by: str


class PaperAsked(Fact, frozen=True, kw_only=True):
    """Somebody asked for a paper of the archive (REQ 001-12): the audit, also of a refusal.

    `name` is a copy or a view, `purpose` "reprint", "view" or "export"; `count` the number that
    the paper carries, 0 for one that was never out; `at` is local; `refused` an L-code or "".
    """

    name: str
    purpose: str
    count: int
    by: str
    role: str
    at: str
    refused: str = ""


def copies_of(document: Document) -> tuple[CopyKind, ...]:
    """Return which copies of a document are owed, in the order in which they are torn off."""
    match document:
        case Receipt():
            return (CopyKind.MERCHANT, CopyKind.CARDHOLDER)
        case SettlementSlip():
            return (CopyKind.SETTLEMENT,)
        case FaultSlip():
            return (CopyKind.FAULT,)
        case _:
            assert_never(document)


def copy_id_of(document_id: str, kind: CopyKind) -> str:
    """Return the name of a copy: "R000012-000345/merchant"."""
    return f"{document_id}/{kind.value}"


def job_id_of(copy_id: str, number: int) -> str:
    """Return the name of the n-th attempt at a copy, from 1."""
    assert number > 0
    return f"{copy_id}#{number}"


def queue_originals(
    document: Document,
    head: ChainHead,
    copies: Sequence[CopyKind] | None = None,
    *,
    card_lookup: str = "",
) -> tuple[Fact, ...]:
    """Return the facts that freeze a document and owe its copies, for the commit of the money.

    `head` is the newest snapshot of the journal (`terminal.aio.archive.chain_head`).
    """
    snapshot = take_snapshot(document, head)
    facts: list[Fact] = [SnapshotTaken(snapshot=snapshot, card_lookup=card_lookup)]
    for kind in copies_of(document) if copies is None else copies:
        copy_id = copy_id_of(snapshot.document_id, kind)
        facts.append(CopyQueued(copy_id=copy_id, document_id=snapshot.document_id, kind=kind))
        facts.append(JobQueued(job_id=job_id_of(copy_id, 1), copy_id=copy_id))
    return tuple(facts)
