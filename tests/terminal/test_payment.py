"""The payment machine by its table: every legal event, every illegal one, order of effects."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from protocol.amount import Amount
from protocol.operations import (
    Card,
    Origin,
    PaymentReply,
    PaymentRequest,
    Stamp,
    Track2,
)
from protocol.secrets import Pan
from terminal.effects import Commit, CrashPoint, Send, Tell, in_order
from terminal.errors import IllegalEvent
from terminal.facts import SealedCard
from terminal.machine import (
    CommitFailed,
    Connected,
    ConnectFailed,
    Event,
    Mismatched,
    NotSent,
    PowerOn,
    TakenBack,
    TimedOut,
)
from terminal.payment import (
    TRANSITIONS,
    AcceptedInPart,
    Approved,
    ApprovedInPart,
    Begin,
    Declined,
    PartAccepted,
    Payment,
    PaymentApproved,
    PaymentPhase,
    PaymentSending,
    PaymentUndecided,
    judge,
    step,
)
from terminal.reversal import ReversalArmed, ReversalCleared, ReversalReasonSet
from tests.terminal.till import VISA, facts_of, yuan

ORIGIN = Origin("10000001", "104100000000001")
STAMP = Stamp("0102030405", "110405", "0102")
CARD = Card(Pan(VISA), "3012", "022", Track2("not a track"))
PURCHASE = PaymentRequest(
    origin=ORIGIN, stan="000007", stamp=STAMP, batch="000001", amount=yuan(), card=CARD
)
SEALED = SealedCard(sealed=b"sealed", lookup="lookup", masked="411111******1111")
PAYMENT = Payment(PaymentPhase.CREATED, PURCHASE, SEALED, "01", 30.0)


def reply(code: str = "00", **changes: object) -> PaymentReply:
    fields = {"batch": "000001", "amount": yuan(), "rrn": "1" * 12, "authorisation": "A1B2C3"}
    return PaymentReply(
        origin=ORIGIN, stan="000007", stamp=STAMP, code=code, **{**fields, **changes}
    )


EVENTS: dict[type[Event], Event] = {
    type(event): event
    for event in (
        Begin(),
        Connected(),
        ConnectFailed(),
        TakenBack(),
        NotSent(),
        TimedOut(),
        Mismatched("another"),
        CommitFailed("L40"),
        PowerOn(),
        Approved(reply(), ()),
        ApprovedInPart(reply("10")),
        AcceptedInPart(reply("10", amount=yuan("1.00")), ()),
        Declined(reply("51")),
    )
}


def at(phase: PaymentPhase) -> Payment:
    return replace(PAYMENT, phase=phase)


@pytest.mark.parametrize(("phase", "kind"), TRANSITIONS)
def test_every_row_of_the_table_leads_where_it_says(phase: PaymentPhase, kind: type[Event]) -> None:
    """Commit before Send, Commit before Print; the phase is the table's."""
    after, effects = step(at(phase), EVENTS[kind])

    assert after.phase is TRANSITIONS[phase, kind].to
    assert in_order(effects)


@pytest.mark.parametrize(
    ("phase", "kind"),
    [row for row in itertools.product(PaymentPhase, EVENTS) if row not in TRANSITIONS],
)
def test_what_is_not_in_the_table_is_illegal(phase: PaymentPhase, kind: type[Event]) -> None:
    with pytest.raises(IllegalEvent, match=f"{phase.name} does not know {kind.__name__}"):
        step(at(phase), EVENTS[kind])


def test_intent_and_reversal_are_one_commit_before_the_first_byte() -> None:
    """T4: power may fail anywhere after it; the reversal is there."""
    _, effects = step(at(PaymentPhase.PREPARED), Connected())

    commit, send = effects
    assert isinstance(commit, Commit)
    assert [type(fact) for fact in commit.facts] == [PaymentSending, ReversalArmed]
    assert commit.after is CrashPoint.T4
    assert isinstance(send, Send)
    assert send.request == PURCHASE


def test_approval_is_one_commit_with_the_end_of_its_reversal() -> None:
    """T8: and nothing is told before it."""
    paper = PaymentSending(batch="paper", stan="stands for a snapshot")

    after, effects = step(at(PaymentPhase.SENDING), Approved(reply(), (paper,)))

    assert isinstance(effects[0], Commit)
    assert [type(fact) for fact in effects[0].facts] == [
        PaymentApproved,
        ReversalCleared,
        PaymentSending,
    ]
    assert isinstance(effects[1], Tell)
    assert (after.purchase.card.track2, after.purchase.card.expiry) == (None, None)


@pytest.mark.parametrize(
    ("phase", "event", "reason"),
    [
        (PaymentPhase.SENDING, TimedOut(), "98"),
        (PaymentPhase.SENDING, PowerOn(), "98"),
        (PaymentPhase.SENDING, Mismatched("x"), "06"),
        (PaymentPhase.SENDING, ApprovedInPart(reply("10")), "06"),
        (PaymentPhase.APPROVED, CommitFailed("L40"), "96"),
    ],
)
def test_doubt_is_undone_with_its_reason(phase: PaymentPhase, event: Event, reason: str) -> None:
    """T5, T6, T7, T10: the reason is on disk before the reversal leaves."""
    after, effects = step(at(phase), event)

    facts = facts_of(effects)
    assert after.phase is PaymentPhase.REVERSAL_REQUIRED
    assert [type(fact) for fact in facts] == [PaymentUndecided, ReversalReasonSet]
    assert {getattr(fact, "reason", None) for fact in facts} == {reason}


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (reply(), Approved),
        (reply("11"), Approved),
        (reply("A2"), Approved),
        (reply("10", amount=yuan("1.00")), ApprovedInPart),
        (reply("51"), Declined),
        (reply("30", batch=None, amount=None), Declined),
        (reply("ZZ"), Declined),
        (reply(amount=yuan("9.99")), Mismatched),
        (reply(amount=None), Mismatched),
        (reply(batch=None), Mismatched),
        (reply(batch="000002"), Mismatched),
    ],
)
def test_judge_believes_only_what_names_this_payment(
    answer: PaymentReply, event: type[Event]
) -> None:
    """N8, H4: stan, terminal, batch and amount are compared."""
    assert type(judge(at(PaymentPhase.SENDING), answer, ())) is event


@pytest.mark.parametrize(
    ("part", "event"),
    [
        (yuan("1.00"), AcceptedInPart),
        (yuan(), ApprovedInPart),
        (yuan("0.00"), ApprovedInPart),
        (Amount(100, "840"), ApprovedInPart),
        (None, ApprovedInPart),
    ],
)
def test_part_is_taken_only_when_it_is_one(part: Amount | None, event: type[Event]) -> None:
    """Code 10 with as much, more, nothing or another currency is undone, whoever accepts it."""
    answer = reply("10", amount=part)

    assert type(judge(at(PaymentPhase.SENDING), answer, (), take_part=True)) is event


def test_accepted_part_is_a_fact_of_its_own_before_the_approval() -> None:
    """One commit: the amount, the approval, the end of the reversal."""
    event = AcceptedInPart(reply("10", amount=yuan("1.00")), ())

    _, effects = step(at(PaymentPhase.SENDING), event)

    facts = facts_of(effects)
    assert [type(fact) for fact in facts] == [PartAccepted, PaymentApproved, ReversalCleared]
    assert getattr(facts[0], "amount_minor", 0) == 100


def test_no_fact_of_a_payment_shows_the_card() -> None:
    """I7: neither number, track nor expiry in anything that is stored or shown."""
    phases = [(at(phase), event) for phase, kind in TRANSITIONS for event in (EVENTS[kind],)]

    shown = " ".join(repr(step(payment, event)) for payment, event in phases)

    assert VISA not in shown
    assert "not a track" not in shown
