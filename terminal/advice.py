"""The advice machine: tell the host what has happened, until it answers.

    CREATED ──Queue──▶ WAITING ──Connected──▶ TELLING ──Taken──▶ APPROVED
                          ▲                      ├──Refused──▶ DECLINED
                          └──no readable answer──┘

A refund, a completion told as advice, an offline sale, an adjustment: none is asked for, so
there is nothing to undo when no answer comes. *Intent first:* the commit of WAITING holds the
whole request before anything is sent, and from then on it is told: first as 0220, and as 0221,
identical in every other field, until it is answered, over back-off and restarts, in the order in
which it happened. Only an answer that names it ends it.

*Nothing is dropped:* a refusal is an answer too; the payment is DECLINED, counts nowhere, gets a
fault slip, and stands on the settlement slip as an exception for a person to look at. A batch
whose advices are not all answered is not settled. One refusal is no answer: that of a repeat by
somebody who could not just now (96 and its like), because the host may have taken an earlier
telling.

An offline sale stands when it is queued: its receipt is in that commit. The others get theirs
with the host's word. Expiry and track are not kept for the repeats, so no telling holds them.
Crash points A1 to A4 are named at the effects (`terminal.effects`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from msgspec.structs import replace as replace_struct

from protocol.kinds import PaymentKind
from protocol.operations import Card, PaymentReply, PaymentRequest
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell
from terminal.exchange import contradiction, intent_of
from terminal.facts import Fact, SealedCard
from terminal.machine import (
    CommitFailed,
    Connected,
    ConnectFailed,
    Event,
    Mismatched,
    NotSent,
    PowerOn,
    TimedOut,
    Transition,
    find,
    stay_silent,
)
from terminal.notices import told
from terminal.payment import PaymentApproved, PaymentDeclined, PaymentPrepared
from terminal.responses import response


class AdvicePhase(Enum):
    """Where an advice stands; the values are what the journal's table of payments holds."""

    CREATED = "created"
    WAITING = "waiting"
    TELLING = "telling"
    APPROVED = "approved"
    DECLINED = "declined"


class AdviceQueued(PaymentPrepared, frozen=True, kw_only=True):
    """It has happened, and the host is to be told: the whole request, and its STAN used up."""


class AdviceSending(Fact, frozen=True, kw_only=True):
    """Telling number `sends` begins; from here on the host may know."""

    batch: str
    stan: str
    sends: int


class AdviceUnanswered(Fact, frozen=True, kw_only=True):
    """No answer that names it came; it is told again."""

    batch: str
    stan: str
    cause: str


class AdviceTaken(PaymentApproved, frozen=True, kw_only=True):
    """The host knows it, and it counts on both sides."""


class AdviceRefused(PaymentDeclined, frozen=True, kw_only=True):
    """The host knows it and does not take it: a person must look at it."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One advice. `purchase` is the first 0220; a later telling differs in `repeat` alone."""

    phase: AdvicePhase
    purchase: PaymentRequest
    card: SealedCard
    operator: str
    timeout_s: float
    sends: int = 0
    answer: str = ""

    @property
    def key(self) -> str:
        """Return the name of this payment in notices and print jobs: batch and STAN."""
        return f"{self.purchase.batch}-{self.purchase.stan}"


@dataclass(frozen=True, slots=True)
class Queue(Event):
    """The checks are done: it has happened. `papers` is the receipt of an offline sale."""

    papers: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt(Event):
    """It is time to tell it."""


@dataclass(frozen=True, slots=True)
class Taken(Event):
    """The host takes it; `papers` is the receipt, unless there is one already."""

    reply: PaymentReply
    papers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """The host answered, and does not take it; `papers` is the slip for who sets it right."""

    reply: PaymentReply
    papers: tuple[Fact, ...] = ()


UNABLE: Final = frozenset({"09", "68", "90", "91", "92", "96", "98"})
"""Codes of a switch or a host that could not just now."""


def judge(advice: Advice, reply: PaymentReply, papers: tuple[Fact, ...]) -> Event:
    """Return the event that a reply is, with its papers: a receipt, or a fault slip.

    A reply that contradicts its advice proves nothing.
    """
    problem = contradiction(advice.purchase, reply)
    if not problem and advice.sends > 1 and reply.code in UNABLE:
        # A switch can say so of a repeat whose first telling the host has taken.
        problem = "whoever could not take a repeat does not know of the telling before it"
    if problem:
        return Mismatched(problem)
    taken = response(reply.code).success
    return Taken(reply, papers) if taken else Refused(reply, papers)


def _queue(advice: Advice, event: Queue) -> tuple[Advice, Effects]:
    asked = advice.purchase
    bare = Card(asked.card.pan, None, asked.card.entry_mode, None)
    queued = replace(advice, purchase=replace_struct(asked, card=bare))
    assert advice.sends == 0, "it is on disk before it is told"
    fact = AdviceQueued(**intent_of(asked, advice.card, advice.operator))
    offline = asked.kind is PaymentKind.OFFLINE_SALE
    effects: Effects = (Commit((fact, *event.papers), CrashPoint.A1),)
    if offline:
        effects = (*effects, Tell(told("L67", "payment", advice.key, "waiting")))
    return queued, (*effects, Print(advice.key)) if event.papers else effects


def _connect(advice: Advice, event: Attempt) -> tuple[Advice, Effects]:
    return advice, (Connect(CrashPoint.A1),)


def _send(advice: Advice, event: Connected) -> tuple[Advice, Effects]:
    asked = advice.purchase
    assert (asked.card.expiry, asked.card.track2) == (None, None), "a repeat could not be identical"
    telling = replace(advice, sends=advice.sends + 1)
    fact = AdviceSending(batch=asked.batch, stan=asked.stan, sends=telling.sends)
    request = replace_struct(asked, repeat=advice.sends > 0)
    return telling, (
        Commit((fact,), CrashPoint.A1),
        Send(request, advice.timeout_s, CrashPoint.A2, CrashPoint.A3),
    )


def _take(advice: Advice, event: Taken) -> tuple[Advice, Effects]:
    reply, asked = event.reply, advice.purchase
    assert reply.amount == asked.amount, "contradiction() lets no other amount through"
    fact = AdviceTaken(
        batch=asked.batch,
        stan=asked.stan,
        code=reply.code,
        rrn=reply.rrn or "",
        authorisation=reply.authorisation or "",
        settlement_date=reply.settlement_date or "",
    )
    effects: Effects = (
        Commit((fact, *event.papers), CrashPoint.A4),
        Tell(told(reply.code, "payment", advice.key, "approved")),
    )
    answered = replace(advice, answer=reply.code)
    return answered, (*effects, Print(advice.key, CrashPoint.T11)) if event.papers else effects


def _note_refusal(advice: Advice, event: Refused) -> tuple[Advice, Effects]:
    code, asked = event.reply.code, advice.purchase
    assert not response(code).success, "what was taken is not refused"
    fact = AdviceRefused(batch=asked.batch, stan=asked.stan, code=code)
    notice = Tell(told(code, "payment", advice.key, "declined"))
    effects: Effects = (Commit((fact, *event.papers), CrashPoint.A4), notice)
    answered = replace(advice, answer=code)
    return answered, (*effects, Print(advice.key)) if event.papers else effects


def _wait(advice: Advice, event: TimedOut | Mismatched | NotSent) -> tuple[Advice, Effects]:
    causes: dict[type[Event], str] = {TimedOut: "L21", Mismatched: "L23", NotSent: "L20"}
    asked = advice.purchase
    fact = AdviceUnanswered(batch=asked.batch, stan=asked.stan, cause=causes[type(event)])
    return advice, (Commit((fact,), CrashPoint.A1),)


def _leave_to_recovery(advice: Advice, event: CommitFailed) -> tuple[Advice, Effects]:
    # On disk it is still to be told; the host keeps its answer for the repeat.
    return advice, (Tell(told(event.code, "payment", advice.key, "waiting")),)


_P = AdvicePhase

TRANSITIONS: Final[Mapping[tuple[AdvicePhase, type[Event]], Transition[Advice]]] = {
    (_P.CREATED, Queue): Transition(_P.WAITING, _queue),
    (_P.WAITING, Attempt): Transition(_P.WAITING, _connect),
    (_P.WAITING, Connected): Transition(_P.TELLING, _send),
    (_P.WAITING, ConnectFailed): Transition(_P.WAITING, stay_silent),
    (_P.WAITING, PowerOn): Transition(_P.WAITING, stay_silent),
    (_P.WAITING, CommitFailed): Transition(_P.WAITING, stay_silent),
    (_P.TELLING, Taken): Transition(_P.APPROVED, _take),
    (_P.TELLING, Refused): Transition(_P.DECLINED, _note_refusal),
    (_P.TELLING, TimedOut): Transition(_P.WAITING, _wait),
    (_P.TELLING, Mismatched): Transition(_P.WAITING, _wait),
    (_P.TELLING, NotSent): Transition(_P.WAITING, _wait),
    (_P.TELLING, PowerOn): Transition(_P.WAITING, stay_silent),
    (_P.TELLING, CommitFailed): Transition(_P.WAITING, stay_silent),
    (_P.APPROVED, CommitFailed): Transition(_P.WAITING, _leave_to_recovery),
    (_P.DECLINED, CommitFailed): Transition(_P.WAITING, _leave_to_recovery),
}
"""Every legal (phase, event). A first commit that fails leaves nothing: the books decide."""


def step(advice: Advice, event: Event) -> tuple[Advice, Effects]:
    """Return the advice after `event` and what is to be done, in order. Raises IllegalEvent."""
    row = find(TRANSITIONS, "advice", advice.phase, event)
    changed, effects = row.act(advice, event)
    assert isinstance(row.to, AdvicePhase)
    return replace(changed, phase=row.to), effects
