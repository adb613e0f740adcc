"""The advice machine by its table: every legal event, every illegal one, order of effects."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct

from protocol.kinds import PaymentKind
from protocol.operations import PaymentRequest
from terminal.advice import (
    TRANSITIONS,
    Advice,
    AdvicePhase,
    AdviceQueued,
    AdviceRefused,
    AdviceTaken,
    Attempt,
    Queue,
    Refused,
    Taken,
    judge,
    step,
)
from terminal.effects import Commit, Print, Send, in_order
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
from terminal.payment import PaymentSending
from tests.terminal.test_payment import PURCHASE, SEALED, reply
from tests.terminal.till import VISA, facts_of, visa

TOLD = replace_struct(
    PURCHASE, kind=PaymentKind.OFFLINE_SALE, card=replace_struct(visa(), expiry=None)
)
ADVICE = Advice(AdvicePhase.CREATED, TOLD, SEALED, "01", 30.0)
PAPER = PaymentSending(batch="paper", stan="stands for a snapshot")

EVENTS: dict[type[Event], Event] = {
    type(event): event
    for event in (
        Queue(),
        Attempt(),
        Connected(),
        ConnectFailed(),
        NotSent(),
        TimedOut(),
        Mismatched("another"),
        CommitFailed("L40"),
        PowerOn(),
        Taken(reply(), ()),
        Refused(reply("05")),
    )
}


def at(phase: AdvicePhase, sends: int = 0) -> Advice:
    return replace(ADVICE, phase=phase, sends=sends)


@pytest.mark.parametrize(("phase", "kind"), TRANSITIONS)
def test_every_row_of_the_table_leads_where_it_says(phase: AdvicePhase, kind: type[Event]) -> None:
    """Commit before Send, Commit before Print; the phase is the table's."""
    after, effects = step(at(phase), EVENTS[kind])

    assert after.phase is TRANSITIONS[phase, kind].to
    assert in_order(effects)


@pytest.mark.parametrize(
    ("phase", "kind"),
    [row for row in itertools.product(AdvicePhase, EVENTS) if row not in TRANSITIONS],
)
def test_what_is_not_in_the_table_is_illegal(phase: AdvicePhase, kind: type[Event]) -> None:
    with pytest.raises(IllegalEvent, match=f"{phase.name} does not know {kind.__name__}"):
        step(at(phase), EVENTS[kind])


def test_whole_request_is_on_disk_before_it_is_told() -> None:
    """A1: and the receipt of an offline sale is in the same commit."""
    _, effects = step(ADVICE, Queue((PAPER,)))

    assert [type(fact) for fact in facts_of(effects)] == [AdviceQueued, PaymentSending]
    assert isinstance(effects[-1], Print)


@pytest.mark.parametrize("sends", [0, 1, 7])
def test_repeat_differs_in_its_mark_alone(sends: int) -> None:
    """0220, then 0221, identical in every business field; each is counted on disk first."""
    after, effects = step(at(AdvicePhase.WAITING, sends), Connected())

    commit, send = effects
    assert isinstance(commit, Commit)
    assert isinstance(send, Send)
    assert isinstance(send.request, PaymentRequest)
    assert (after.sends, send.request.repeat) == (sends + 1, sends > 0)
    assert replace_struct(send.request, repeat=False) == TOLD


def test_expiry_and_track_are_in_no_telling() -> None:
    """A repeat after a restart could not have them, so the first one has none either (I7)."""
    whole = replace_struct(TOLD, card=PURCHASE.card)

    after, effects = step(replace(ADVICE, purchase=whole), Queue())

    assert after.purchase == replace_struct(TOLD, card=after.purchase.card)
    assert (after.purchase.card.expiry, after.purchase.card.track2) == (None, None)
    assert VISA not in repr((after, effects))


def test_answer_ends_it_whatever_it_says() -> None:
    """A4: taken or refused, it is on disk; a refusal is a fact, never dropped."""
    _, taken = step(at(AdvicePhase.TELLING), Taken(reply(), (PAPER,)))
    _, refused = step(at(AdvicePhase.TELLING), Refused(reply("05"), (PAPER,)))

    assert [type(fact) for fact in facts_of(taken)] == [AdviceTaken, PaymentSending]
    assert [type(fact) for fact in facts_of(refused)] == [AdviceRefused, PaymentSending]
    assert Print in map(type, refused)


@pytest.mark.parametrize(
    ("code", "changes", "event"),
    [
        ("00", {}, Taken),
        ("05", {}, Refused),
        ("10", {}, Refused),
        ("00", {"batch": "000002"}, Mismatched),
        ("00", {"kind": PaymentKind.REFUND}, Mismatched),
        ("00", {"amount": None}, Mismatched),
        ("05", {"stan": "999999"}, Mismatched),
    ],
)
def test_judge_believes_only_what_names_this_advice(
    code: str, changes: dict[str, object], event: type[Event]
) -> None:
    """N8: an answer to something else ends nothing."""
    answer = replace_struct(reply(code, kind=PaymentKind.OFFLINE_SALE), **changes)

    assert type(judge(at(AdvicePhase.TELLING), answer, ())) is event


@pytest.mark.parametrize(("sends", "event"), [(1, Refused), (2, Mismatched)])
@pytest.mark.parametrize("code", ["68", "91", "96"])
def test_who_could_not_take_a_repeat_knows_nothing_of_the_first_telling(
    code: str, sends: int, event: type[Event]
) -> None:
    """The reply to the 0220 was lost, a switch answers the 0221, and the host has it."""
    telling = replace(at(AdvicePhase.TELLING), sends=sends)

    assert type(judge(telling, reply(code, kind=PaymentKind.OFFLINE_SALE), ())) is event
