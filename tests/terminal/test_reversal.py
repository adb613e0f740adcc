"""The reversal machine by its table, and its tries."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from protocol.operations import OriginalReference, ReversalReply
from protocol.operations import Reversal as ReversalRequest
from protocol.secrets import Pan
from terminal.effects import Commit, Send, in_order
from terminal.errors import IllegalEvent
from terminal.machine import (
    CommitFailed,
    Connected,
    ConnectFailed,
    Event,
    Mismatched,
    NotSent,
    PowerOn,
    TimedOut,
)
from terminal.reversal import (
    TRANSITIONS,
    Attempt,
    Failed,
    FailedForGood,
    Retried,
    Reversal,
    ReversalDone,
    ReversalExhausted,
    ReversalFailed,
    ReversalPhase,
    Undone,
    judge,
    step,
)
from tests.terminal.test_payment import ORIGIN, STAMP
from tests.terminal.till import VISA, facts_of, yuan

REQUEST = ReversalRequest(
    origin=ORIGIN,
    stan="000007",
    stamp=STAMP,
    batch="000001",
    amount=yuan(),
    pan=Pan(VISA),
    original=OriginalReference("0200", "000007", STAMP.transmission),
)
REVERSAL = Reversal(ReversalPhase.PENDING, REQUEST, 0, 0, 3, 20.0)
EVENTS: dict[type[Event], Event] = {
    type(event): event
    for event in (
        Attempt(),
        Connected(),
        ConnectFailed(),
        NotSent(),
        CommitFailed("L40"),
        PowerOn(),
        Undone("00"),
        Failed("96"),
        FailedForGood("96"),
        Retried(),
    )
}


def at(phase: ReversalPhase, *, tries: int = 1) -> Reversal:
    return replace(REVERSAL, phase=phase, tries=tries, sends=tries)


@pytest.mark.parametrize(("phase", "kind"), TRANSITIONS)
def test_every_row_of_the_table_leads_where_it_says(
    phase: ReversalPhase, kind: type[Event]
) -> None:
    tries = 3 if kind is FailedForGood else 1

    after, effects = step(at(phase, tries=tries), EVENTS[kind])

    assert after.phase is TRANSITIONS[phase, kind].to
    assert in_order(effects)


@pytest.mark.parametrize(
    ("phase", "kind"),
    [row for row in itertools.product(ReversalPhase, EVENTS) if row not in TRANSITIONS],
)
def test_what_is_not_in_the_table_is_illegal(phase: ReversalPhase, kind: type[Event]) -> None:
    with pytest.raises(IllegalEvent):
        step(at(phase), EVENTS[kind])


def test_a_try_is_counted_on_disk_before_its_bytes_leave() -> None:
    """R1, R2: the first is an 0400, every later one a repeat."""
    first, effects = step(REVERSAL, Connected())
    commit, send = effects
    assert isinstance(commit, Commit)
    assert isinstance(send, Send)
    assert (first.tries, getattr(send.request, "repeat", None)) == (1, False)

    waiting, _ = step(first, TimedOut())
    again, effects = step(waiting, Connected())
    assert isinstance(effects[1], Send)
    assert (again.tries, getattr(effects[1].request, "repeat", None)) == (2, True)


@pytest.mark.parametrize("event", [TimedOut(), Mismatched("x"), Failed("96")])
def test_the_last_try_that_settles_nothing_is_for_a_person(event: Event) -> None:
    """Never deleted silently."""
    waiting, first = step(at(ReversalPhase.IN_FLIGHT, tries=2), event)
    manual, last = step(at(ReversalPhase.IN_FLIGHT, tries=3), event)

    assert (waiting.phase, manual.phase) == (ReversalPhase.PENDING, ReversalPhase.MANUAL)
    assert [type(fact) for fact in facts_of(first)] == [ReversalFailed]
    assert [type(fact) for fact in facts_of(last)] == [ReversalExhausted]


@pytest.mark.parametrize("code", ["00", "12", "25"])
def test_these_codes_leave_nothing_to_undo(code: str) -> None:
    """R4: done, and the payment reversed, in one fact."""
    done, effects = step(at(ReversalPhase.IN_FLIGHT), Undone(code))

    assert done.phase is ReversalPhase.DONE
    assert [type(fact) for fact in facts_of(effects)] == [ReversalDone]


@pytest.mark.parametrize(
    ("stan", "batch", "code", "event"),
    [
        ("000007", "000001", "00", Undone),
        ("000007", "000001", "25", Undone),
        ("000007", "000001", "96", Failed),
        ("000007", None, "30", Failed),
        ("000007", None, "00", Mismatched),
        ("000007", "000002", "00", Mismatched),
        ("000008", "000001", "00", Mismatched),
    ],
)
def test_judge_lets_only_a_reply_that_names_it_end_a_reversal(
    stan: str, batch: str | None, code: str, event: type[Event]
) -> None:
    """N8: a reply that does not match deletes nothing."""
    reply = ReversalReply(origin=ORIGIN, stan=stan, stamp=STAMP, code=code, batch=batch)

    assert type(judge(at(ReversalPhase.IN_FLIGHT), reply)) is event
