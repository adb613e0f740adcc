"""The settlement machine by its table: both halves, and what closes a batch."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from protocol.operations import (
    OriginalReference,
    ReconciliationResult,
    Settlement,
    SettlementReply,
    Totals,
    UploadEnd,
    UploadItem,
)
from protocol.secrets import Pan
from terminal.attempt import (
    AllTaken,
    Attempt,
    Balanced,
    BalancedEndTaken,
    BatchClosed,
    CertificatesOwed,
    Disputed,
    EndTaken,
    ItemFailed,
    ItemTaken,
    Prepare,
    Resume,
    RoundsOver,
    SettlementAnswered,
    SettlementPhase,
    SettlementSending,
    Unbalanced,
    Upload,
    UploadPlanned,
)
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
from terminal.settlement import TRANSITIONS, InBalance, OutOfBalance, judge, step
from tests.terminal.test_payment import ORIGIN, STAMP
from tests.terminal.till import VISA, facts_of, yuan

P = SettlementPhase
TOTALS = Totals(debit_count=2, debit_amount=300)
REQUEST = Settlement(
    origin=ORIGIN,
    stan="000009",
    stamp=STAMP,
    batch="000001",
    totals=TOTALS,
    settlement_date="0102",
)


def item(number: int) -> UploadItem:
    return UploadItem(
        origin=ORIGIN,
        stan=f"{20 + number:06d}",
        stamp=STAMP,
        batch="000001",
        number=number,
        count=2,
        original=OriginalReference("0200", f"{number:06d}", STAMP.transmission),
        amount=yuan("1.50"),
        pan=Pan(VISA),
    )


END = UploadEnd(origin=ORIGIN, stan="000030", stamp=STAMP, batch="000001", count=2)
WORK = Upload((item(1), item(2)), END, cursor=1)
ATTEMPT = Attempt(P.OPEN, REQUEST, "hash", "000002", 60.0)
PLANNED = UploadPlanned(
    batch="000001", transmission="0", time="0", date="0", items=(), end_stan="000030"
)


def reply(
    result: ReconciliationResult = ReconciliationResult.IN_BALANCE, **changes: Any
) -> SettlementReply:
    fields: dict[str, Any] = {"stan": "000009", "code": "00", "batch": "000001", "totals": TOTALS}
    return SettlementReply(origin=ORIGIN, stamp=STAMP, result=result, **{**fields, **changes})


EVENTS: dict[type[Event], Event] = {
    type(event): event
    for event in (
        Prepare(),
        Resume(),
        Connected(),
        ConnectFailed(),
        NotSent(),
        TimedOut(),
        Mismatched("x"),
        CommitFailed("L40"),
        PowerOn(),
        Balanced(reply(), ()),
        Unbalanced(reply(ReconciliationResult.OUT_OF_BALANCE), PLANNED, WORK),
        CertificatesOwed(reply(), PLANNED, WORK),
        Disputed(reply(ReconciliationResult.ERROR), "no"),
        ItemTaken("00"),
        ItemFailed("96"),
        AllTaken(),
        RoundsOver(),
        EndTaken("94", ()),
        BalancedEndTaken("00", ()),
    )
}


def at(phase: SettlementPhase, kind: type[Event]) -> Attempt:
    work = replace(WORK, taken=frozenset({1, 2})) if kind is AllTaken else WORK
    if kind is BalancedEndTaken:
        work = replace(WORK, end=structs.replace(END, balanced=True))
    return replace(ATTEMPT, phase=phase, upload=work)


@pytest.mark.parametrize(("phase", "kind"), TRANSITIONS)
def test_every_row_of_the_table_leads_where_it_says(
    phase: SettlementPhase, kind: type[Event]
) -> None:
    after, effects = step(at(phase, kind), EVENTS[kind])

    assert after.phase is TRANSITIONS[phase, kind].to
    assert in_order(effects)


BECOME_ITEM_FAILED = {
    (phase, kind) for phase in (P.UPLOADING, P.ENDING) for kind in (TimedOut, Mismatched)
} | {(P.ENDING, Connected)}


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        row
        for row in itertools.product(SettlementPhase, EVENTS)
        if row not in TRANSITIONS and row not in BECOME_ITEM_FAILED
    ],
)
def test_what_is_not_in_the_table_is_illegal(phase: SettlementPhase, kind: type[Event]) -> None:
    with pytest.raises(IllegalEvent):
        step(at(phase, kind), EVENTS[kind])


@pytest.mark.parametrize("phase", [P.SENDING, P.REPEATING])
def test_answer_end_of_batch_and_next_number_are_one_commit(phase: SettlementPhase) -> None:
    """SC8, I11."""
    _, effects = step(at(phase, Balanced), EVENTS[Balanced])

    answered, closed = facts_of(effects)
    assert isinstance(answered, SettlementAnswered)
    assert isinstance(closed, BatchClosed)
    assert closed.next_batch == "000002"


@pytest.mark.parametrize("phase", [phase for phase in P if phase not in (P.PREPARED, P.SENDING)])
def test_only_a_first_request_that_never_left_gives_the_batch_back(
    phase: SettlementPhase,
) -> None:
    """Once it may have left, nothing but the host's answer ends it."""
    leads_to_open = {
        kind for (start, kind), row in TRANSITIONS.items() if start is phase and row.to is P.OPEN
    }

    assert leads_to_open <= {CommitFailed}


def test_a_repeat_differs_in_its_mark_alone() -> None:
    """SC6: 0501, byte for byte the same business fields."""
    once = replace(ATTEMPT, phase=P.UNCERTAIN, sends=1)

    _, effects = step(once, Connected())

    send = effects[1]
    assert isinstance(send, Send)
    assert isinstance(send.request, Settlement)
    assert send.request.repeat
    assert {**_fields(send.request), "repeat": False} == _fields(REQUEST)


def test_a_repeat_has_a_number_of_its_own_where_the_host_wants_it() -> None:
    """states 3, protocol 2: the number is on disk before it leaves; nothing else differs."""
    first, effects = step(replace(ATTEMPT, phase=P.PREPARED, fresh_stan="000010"), Connected())
    begun, sent = effects[0], effects[1]
    assert isinstance(begun, Commit)
    assert isinstance(sent, Send)
    assert (SettlementSending(batch="000001", sends=1),) == begun.facts
    assert sent.request == REQUEST

    again, effects = step(replace(first, phase=P.UNCERTAIN), Connected())

    begun, sent = effects[0], effects[1]
    assert isinstance(begun, Commit)
    assert isinstance(sent, Send)
    assert isinstance(sent.request, Settlement)
    assert (SettlementSending(batch="000001", sends=2, stan="000010"),) == begun.facts
    assert {**_fields(REQUEST), "stan": "000010", "repeat": True} == _fields(sent.request)
    assert type(judge(again, reply(stan="000009"))) is Mismatched
    assert type(judge(again, reply(stan="000010"))) is InBalance


def _fields(request: Settlement) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (reply(), InBalance),
        (reply(ReconciliationResult.OUT_OF_BALANCE, code="95"), OutOfBalance),
        (reply(ReconciliationResult.OUT_OF_BALANCE, totals=None), OutOfBalance),
        (reply(ReconciliationResult.ERROR, code="94"), Disputed),
        (reply(ReconciliationResult.ERROR, code="30", batch=None, totals=None), Disputed),
        (reply(code="96"), Disputed),
        (reply(totals=None), Disputed),
        (reply(totals=Totals(debit_count=3, debit_amount=300)), Disputed),
        (reply(batch="000002"), Mismatched),
        (reply(batch=None), Mismatched),
        (reply(stan="000010"), Mismatched),
    ],
)
def test_judge_never_takes_doubt_for_a_balance(answer: SettlementReply, event: type[Event]) -> None:
    """SC7, H9: every part of the answer must agree."""
    assert type(judge(replace(ATTEMPT, phase=P.SENDING), answer)) is event


def test_a_dispute_is_asked_once_more_and_then_waits() -> None:
    """Code 3: repeated once, then a supervisor."""
    dispute = EVENTS[Disputed]

    once, _ = step(replace(ATTEMPT, phase=P.SENDING), dispute)
    twice, _ = step(replace(ATTEMPT, phase=P.REPEATING), dispute)

    assert (once.phase, twice.phase) == (P.UNCERTAIN, P.DISPUTED)
