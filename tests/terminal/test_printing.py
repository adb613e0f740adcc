from __future__ import annotations

import itertools

import pytest

from terminal.copies import (
    CopyQueued,
    JobConfirmed,
    JobQueued,
    JobSending,
    SnapshotTaken,
    queue_originals,
)
from terminal.documents import ChainHead, open_snapshot
from terminal.effects import Commit, Print, Tell, in_order
from terminal.errors import IllegalEvent
from terminal.printer_status import Cause
from terminal.printing import (
    DOUBTFUL,
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
    PaperPoint,
    PowerOn,
    Ready,
    Refused,
    Unconfirmed,
    Void,
    step,
)
from tests.terminal.samples import receipt, settlement

EVENTS: tuple[Event, ...] = (
    Refused(Cause.PAPER_OUT),
    Ready(7),
    NothingSent(Cause.UNREACHABLE),
    Confirmed(),
    Unconfirmed(),
    Failed(Cause.COVER_OPEN),
    Interrupted(),
    PowerOn(),
    Cancel("01"),
    Void("00", "wrong paper"),
    CameOut("01"),
    DidNot("01"),
)
NEW = Job("R000012-000345/merchant#1", "R000012-000345/merchant")


def after(*events: Event, job: Job = NEW) -> Job:
    for event in events:
        job, _ = step(job, event)
    return job


@pytest.mark.parametrize(
    ("point", "events", "state", "issued"),
    [
        (PaperPoint.P1, (), JobState.QUEUED, Issued.NO),
        (PaperPoint.P2, (Refused(Cause.PAPER_OUT),), JobState.QUEUED, Issued.NO),
        (
            PaperPoint.P3,
            (Ready(1), NothingSent(Cause.UNREACHABLE)),
            JobState.FAILED_CLEAN,
            Issued.NO,
        ),
        (PaperPoint.P4, (Ready(1), PowerOn()), JobState.UNKNOWN, Issued.MAYBE),
        (PaperPoint.P5, (Ready(1), Interrupted()), JobState.UNKNOWN, Issued.MAYBE),
        (PaperPoint.P6, (Ready(1), Unconfirmed()), JobState.SENT_UNCONFIRMED, Issued.MAYBE),
        (PaperPoint.P7, (Ready(1), Confirmed()), JobState.CONFIRMED, Issued.YES),
        (
            PaperPoint.P8,
            (Ready(1), Failed(Cause.PAPER_OUT)),
            JobState.FAILED_PARTIAL,
            Issued.MAYBE,
        ),
        (
            PaperPoint.P9,
            (Ready(1), Failed(Cause.PAPER_OUT), Confirmed()),
            JobState.CONFIRMED,
            Issued.YES,
        ),
        (PaperPoint.P10, (Ready(1), PowerOn()), JobState.UNKNOWN, Issued.MAYBE),
        (
            PaperPoint.P11,
            (Ready(1), Interrupted(), CameOut("01")),
            JobState.CONFIRMED_BY_OPERATOR,
            Issued.YES,
        ),
        (
            PaperPoint.P11,
            (Ready(1), Interrupted(), DidNot("01")),
            JobState.FAILED_BY_OPERATOR,
            Issued.NO,
        ),
    ],
)
def test_every_crash_point_ends_where_the_states_page_says(
    point: PaperPoint, events: tuple[Event, ...], state: JobState, issued: Issued
) -> None:
    """P1 to P11: resulting state and whether an original may be out."""
    job = after(*events)

    assert (state, issued) == (job.state, job.issued), point


def test_every_state_has_its_row() -> None:
    assert set(JobState) == set(TRANSITIONS)


@pytest.mark.parametrize(("state", "event"), list(itertools.product(JobState, EVENTS)))
def test_events_outside_the_table_are_illegal(state: JobState, event: Event) -> None:
    job = Job("j", "R1/merchant", state=state, duplicate=1)

    if type(event) in TRANSITIONS[state]:
        assert TRANSITIONS[state][type(event)] is step(job, event)[0].state
    else:
        with pytest.raises(IllegalEvent):
            step(job, event)


@pytest.mark.parametrize("state", DOUBTFUL)
def test_doubtful_job_is_never_started_again(state: JobState) -> None:
    """Never an automatic reprint after UNKNOWN: the printer may print its buffer (P9)."""
    assert Ready not in TRANSITIONS[state]
    assert state not in WAITING


@pytest.mark.parametrize("issued", [Issued.MAYBE, Issued.YES])
def test_second_original_is_illegal(issued: Issued) -> None:
    """I6: at most one unmarked copy."""
    with pytest.raises(IllegalEvent):
        step(Job("j", "R1/merchant", issued=issued), Ready(2))


@pytest.mark.parametrize("issued", Issued)
def test_duplicate_says_nothing_about_the_original(issued: Issued) -> None:
    job = Job("j", "R1/merchant", duplicate=1, issued=issued)

    assert issued is after(Ready(2), Confirmed(), job=job).issued


def test_intent_is_committed_before_the_first_byte() -> None:
    """P4: Commit before Print, and the original counts as maybe out from there."""
    job, effects = step(NEW, Ready(3))

    assert (Commit((JobSending(job_id=NEW.job_id, serial=3),)), Print(NEW.job_id)) == effects
    assert Issued.MAYBE is job.issued


@pytest.mark.parametrize("event", EVENTS)
def test_effects_are_in_order(event: Event) -> None:
    for state in JobState:
        if type(event) in TRANSITIONS[state]:
            assert in_order(step(Job("j", "R1/merchant", state=state, duplicate=1), event)[1])


def test_same_cause_again_is_neither_written_nor_told() -> None:
    blocked = after(Refused(Cause.PAPER_OUT))

    assert (blocked, ()) == step(blocked, Refused(Cause.PAPER_OUT))
    assert step(blocked, Refused(Cause.COVER_OPEN))[1] != ()


def test_unprinted_receipt_tells_not_to_charge_again() -> None:
    """REQ 003-15: the dangerous reaction is charging twice."""
    _, effects = step(NEW, Refused(Cause.PAPER_OUT))

    codes = [effect.notice.code for effect in effects if isinstance(effect, Tell)]
    assert ["L32", "L58"] == codes


def test_partial_paper_asks_the_operator() -> None:
    _, effects = step(after(Ready(1)), Failed(Cause.CUTTER))

    codes = [effect.notice.code for effect in effects if isinstance(effect, Tell)]
    assert ["L36", "L38", "L58"] == codes


def test_late_confirmation_is_marked_late() -> None:
    """P9."""
    _, effects = step(after(Ready(1), Failed(Cause.PAPER_OUT)), Confirmed())

    assert (Commit((JobConfirmed(job_id=NEW.job_id, late=True),)),) == effects


def test_queue_originals_owes_both_copies_of_a_receipt() -> None:
    """T8: snapshot, copies and jobs are facts of the one commit that approves."""
    facts = queue_originals(receipt(), ChainHead())

    snapshot, *rest = facts
    assert isinstance(snapshot, SnapshotTaken)
    assert receipt() == open_snapshot(snapshot.snapshot)
    copies = [fact.copy_id for fact in rest if isinstance(fact, CopyQueued)]
    jobs = [fact.job_id for fact in rest if isinstance(fact, JobQueued)]
    assert ["R000012-000345/merchant", "R000012-000345/cardholder"] == copies
    assert [f"{copy}#1" for copy in copies] == jobs


def test_queue_originals_owes_one_slip_of_a_batch() -> None:
    facts = queue_originals(settlement(), ChainHead())

    assert ["S000012/settlement"] == [f.copy_id for f in facts if isinstance(f, CopyQueued)]
