"""The reversal machine: undo a payment whose outcome is unknown, until the host says it is done.

    PENDING ──Connected──▶ IN_FLIGHT ──Undone (00, 12, 25)──▶ DONE
       ▲                      ├──Failed, tries left──▶ PENDING
       │                      └──Failed, no tries left──▶ MANUAL
       └──────────────────────Retried─────────────────────────┘

A reversal is asked again, identical in every business field, until it is answered: the host
knows the payment by its STAN and batch and does the work once. The first request is an 0400,
every later one an 0401. Each try is counted in a commit before its bytes leave; a connection
that could not be made is no try. Nothing deletes a reversal but an answer that settles it:
12 (never approved) and 25 (not found) leave nothing to undo, just like 00. DONE and the
payment's REVERSED are one commit, so R4 cannot be found on disk.

The row is written by the payment's SENDING commit, before there is anything to undo
(`ReversalArmed`), and taken away by the commit that makes the payment's answer final
(`ReversalCleared`). Crash points R1 to R4 are named at the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from msgspec.structs import replace as replace_struct

from protocol.operations import Reversal as ReversalRequest
from protocol.operations import ReversalReply
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell
from terminal.facts import Fact
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
from terminal.responses import REVERSAL_DONE


class ReversalPhase(Enum):
    """Where a reversal stands. DONE has no row: it is deleted with the commit that ends it."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    DONE = "done"
    MANUAL = "manual"


class ReversalArmed(Fact, frozen=True, kw_only=True):
    """The payment is about to be sent: should no answer come, it is undone for `reason`."""

    batch: str
    stan: str
    reason: str


class ReversalReasonSet(Fact, frozen=True, kw_only=True):
    """The payment is to be undone, and this is why."""

    batch: str
    stan: str
    reason: str


class ReversalCleared(Fact, frozen=True, kw_only=True):
    """The payment has its answer, or was never sent: there is nothing to undo."""

    batch: str
    stan: str


class ReversalSending(Fact, frozen=True, kw_only=True):
    """A try begins; from here on the host may have it."""

    batch: str
    stan: str
    tries: int


class ReversalFailed(Fact, frozen=True, kw_only=True):
    """A try brought no answer that settles it; `cause` is an L-code or the host's code."""

    batch: str
    stan: str
    tries: int
    cause: str


class ReversalDone(Fact, frozen=True, kw_only=True):
    """The host has nothing of this payment any more; `code` is 00, 12 or 25."""

    batch: str
    stan: str
    code: str


class ReversalExhausted(Fact, frozen=True, kw_only=True):
    """No try brought an answer: a person must see to it."""

    batch: str
    stan: str
    cause: str


class ReversalRetried(Fact, frozen=True, kw_only=True):
    """A person asked for another round of tries."""

    batch: str
    stan: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """One payment to undo. `tries` counts this round, `sends` every request ever sent for it.

    `request` is the first 0400; a later send differs in `repeat` alone.
    """

    phase: ReversalPhase
    request: ReversalRequest
    tries: int
    sends: int
    tries_max: int
    timeout_s: float
    fault_papers: tuple[Fact, ...] = ()

    @property
    def key(self) -> str:
        """Return the name of the payment: batch and STAN."""
        return f"{self.request.batch}-{self.request.stan}"

    @property
    def to_send(self) -> ReversalRequest:
        """Return the request of the next try: identical, marked as a repeat after the first."""
        return replace_struct(self.request, repeat=self.sends > 0)


@dataclass(frozen=True, slots=True)
class Attempt(Event):
    """It is time for a try."""


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """The host says that nothing is left to undo."""

    code: str


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """The try settled nothing: no answer, an unreadable one, or a refusal."""

    cause: str


@dataclass(frozen=True, slots=True)
class FailedForGood(Event):
    """The last try of this round settled nothing."""

    cause: str


@dataclass(frozen=True, slots=True)
class Retried(Event):
    """A person wants it tried again."""


def judge(reversal: Reversal, reply: ReversalReply) -> Event:
    """Return the event that a reply is. Only one that names this payment can settle it."""
    asked = reversal.request
    if (reply.stan, reply.origin) != (asked.stan, asked.origin):
        return Mismatched("the reply names another payment")
    if reply.code not in REVERSAL_DONE:
        return Failed(reply.code)
    if reply.batch != asked.batch:
        return Mismatched("the reply undoes a payment of another batch")
    return Undone(reply.code)


def _connect(reversal: Reversal, event: Attempt) -> tuple[Reversal, Effects]:
    return reversal, (Connect(CrashPoint.R1),)


def _send(reversal: Reversal, event: Connected) -> tuple[Reversal, Effects]:
    # A power cut during the last try leaves tries == tries_max: one more is made.
    request = reversal.to_send
    trying = replace(reversal, tries=reversal.tries + 1, sends=reversal.sends + 1)
    fact = ReversalSending(batch=request.batch, stan=request.stan, tries=trying.tries)
    return trying, (
        Commit((fact,), CrashPoint.R1),
        Send(request, reversal.timeout_s, CrashPoint.R2, CrashPoint.R3),
    )


def _finish(reversal: Reversal, event: Undone) -> tuple[Reversal, Effects]:
    assert event.code in REVERSAL_DONE, "only these codes leave nothing to undo"
    request = reversal.request
    fact = ReversalDone(batch=request.batch, stan=request.stan, code=event.code)
    notice = Tell(told("L18", "reversal", reversal.key, "reversed"))
    return reversal, (Commit((fact,), CrashPoint.R4), notice)


def _wait(reversal: Reversal, event: Failed) -> tuple[Reversal, Effects]:
    request = reversal.request
    fact = ReversalFailed(
        batch=request.batch, stan=request.stan, tries=reversal.tries, cause=event.cause
    )
    notice = Tell(told("L05", "reversal", reversal.key, "pending"))
    return reversal, (Commit((fact,), CrashPoint.R1), notice)


def _give_up(reversal: Reversal, event: FailedForGood) -> tuple[Reversal, Effects]:
    assert reversal.tries >= reversal.tries_max, "there are tries left"
    request = reversal.request
    fact = ReversalExhausted(batch=request.batch, stan=request.stan, cause=event.cause)
    notice = Tell(told("L48", "reversal", reversal.key, "manual"))
    effects: Effects = (Commit((fact, *reversal.fault_papers)), notice)
    return reversal, (*effects, Print(reversal.key)) if reversal.fault_papers else effects


def _no_try(reversal: Reversal, event: NotSent) -> tuple[Reversal, Effects]:
    # Not one byte left: this was no try, but a next one is marked as a repeat all the same.
    request, tries = reversal.request, reversal.tries - 1
    fact = ReversalFailed(batch=request.batch, stan=request.stan, tries=tries, cause="L20")
    return replace(reversal, tries=tries), (Commit((fact,), CrashPoint.R1),)


def _retry(reversal: Reversal, event: Retried) -> tuple[Reversal, Effects]:
    request = reversal.request
    fact = ReversalRetried(batch=request.batch, stan=request.stan)
    return replace(reversal, tries=0), (Commit((fact,), CrashPoint.R1),)


_P = ReversalPhase

TRANSITIONS: Final[Mapping[tuple[ReversalPhase, type[Event]], Transition[Reversal]]] = {
    (_P.PENDING, Attempt): Transition(_P.PENDING, _connect),
    (_P.PENDING, Connected): Transition(_P.IN_FLIGHT, _send),
    (_P.PENDING, ConnectFailed): Transition(_P.PENDING, stay_silent),
    (_P.PENDING, PowerOn): Transition(_P.PENDING, stay_silent),
    (_P.PENDING, CommitFailed): Transition(_P.PENDING, stay_silent),
    (_P.IN_FLIGHT, Undone): Transition(_P.DONE, _finish),
    (_P.IN_FLIGHT, Failed): Transition(_P.PENDING, _wait),
    (_P.IN_FLIGHT, FailedForGood): Transition(_P.MANUAL, _give_up),
    (_P.IN_FLIGHT, NotSent): Transition(_P.PENDING, _no_try),
    (_P.IN_FLIGHT, CommitFailed): Transition(_P.PENDING, stay_silent),
    (_P.IN_FLIGHT, PowerOn): Transition(_P.PENDING, stay_silent),
    (_P.DONE, CommitFailed): Transition(_P.PENDING, stay_silent),
    (_P.MANUAL, CommitFailed): Transition(_P.PENDING, stay_silent),
    (_P.MANUAL, PowerOn): Transition(_P.MANUAL, stay_silent),
    (_P.MANUAL, Retried): Transition(_P.PENDING, _retry),
}
"""Every legal (phase, event). TimedOut and Mismatched arrive as Failed: see `step`."""


def step(reversal: Reversal, event: Event) -> tuple[Reversal, Effects]:
    """Return the reversal after `event` and what is to be done. Raises IllegalEvent.

    The one guard that is not in the table: what settles nothing is `Failed`, and `FailedForGood`
    when it was the last try of the round.
    """
    if reversal.phase is _P.IN_FLIGHT:
        event = _as_failure(reversal, event)
    row = find(TRANSITIONS, "reversal", reversal.phase, event)
    changed, effects = row.act(reversal, event)
    assert isinstance(row.to, ReversalPhase)
    return replace(changed, phase=row.to), effects


def _as_failure(reversal: Reversal, event: Event) -> Event:
    match event:
        case TimedOut():
            failed = Failed("L21")
        case Mismatched():
            failed = Failed("L23")
        case Failed():
            failed = event
        case _:
            return event
    last = reversal.tries >= reversal.tries_max
    return FailedForGood(failed.cause) if last else failed
