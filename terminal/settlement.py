"""The settlement machine: close one batch, once, whatever happens on the way.

    OPEN ──Prepare──▶ PREPARED ──Connected──▶ SENDING ──no answer──▶ UNCERTAIN ◀─┐
      ▲                  │                      │ ▲                     │        │ no answer
      └──certainly───────┴──────────────────────┘ │                 Connected    │
         not sent                                 │                     ▼        │
                     Balanced ◀───────────────────┴──────────────── REPEATING ───┘
                        ▼         │ Unbalanced, CertificatesOwed        │ Disputed
                 CLOSED_BALANCED  ▼                                     ▼
                        ▲     UPLOADING ⇄ UPLOAD_WAITING             DISPUTED
                        │         ▼
                        └────── ENDING ──▶ CLOSED_UNBALANCED

*Frozen first:* the commit of PREPARED holds totals, hash of the item list, STAN and stamp; every
later request is made of it, so a repeat is identical in every business field (with
`new_stan_on_repeat` it has a number of its own, on disk before it leaves: the host knows a batch by
its number and totals, never by the STAN, so nothing is closed twice). *Uncertain is a
state:* once SENDING is on disk only the host's answer to this very request ends it; the terminal
asks again (0501) until it has that answer, sells nothing meanwhile and changes no batch number.
Only a first request that certainly never left gives the batch back to the day.

*Never a silent balance:* result 1 closes the batch, result 2 starts the upload; everything else
is no closing answer. It is asked once more and then waits for a supervisor (DISPUTED, L03).
*One commit:* answer, end of the batch, slip, print job and next batch number are written
together (S8 or S11): the slip exists before any printer has a say.

The upload sends message by message, waits for its acknowledgement, commits it and goes on;
unanswered items come again in the next round, at most `rounds_max` in a row, then the terminal
waits for `Resume`. The trailer closes it on 00 or 94. SC1 to SC14 are named at the effects; the
upload's half of the machine is `terminal.upload`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from protocol.operations import ReconciliationResult, SettlementReply, Totals
from terminal import upload
from terminal.attempt import (
    Attempt,
    Balanced,
    BatchClosed,
    CertificatesOwed,
    Disputed,
    Prepare,
    Resume,
    SettlementAnswered,
    SettlementCancelled,
    SettlementDisputed,
    SettlementPhase,
    SettlementPrepared,
    SettlementSending,
    SettlementUncertain,
    Unbalanced,
)
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell
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


@dataclass(frozen=True, slots=True)
class InBalance(Event):
    """The answer is a closing one; the driver adds the papers and makes it `Balanced`."""


@dataclass(frozen=True, slots=True)
class OutOfBalance(Event):
    """The totals differ; the driver plans the upload and makes it `Unbalanced`."""


def judge(attempt: Attempt, reply: SettlementReply) -> Event:
    """Return what a 0510 says. It closes the batch only when every part of it agrees (S7)."""
    asked = attempt.request
    if (reply.stan, reply.origin) != (attempt.sent.stan, asked.origin):
        return Mismatched("the reply names another settlement")
    if reply.batch != asked.batch and reply.result is not ReconciliationResult.ERROR:
        return Mismatched("the reply names another batch")
    match reply.result:
        case ReconciliationResult.OUT_OF_BALANCE:
            return OutOfBalance()
        case ReconciliationResult.ERROR:
            return Disputed(reply, "the host cannot settle this batch")
        case ReconciliationResult.IN_BALANCE if not reply.approved:
            return Disputed(reply, "in balance, with a code that refuses")
        case ReconciliationResult.IN_BALANCE if reply.totals != asked.totals:
            return Disputed(reply, "in balance, without our totals")
        case ReconciliationResult.IN_BALANCE if reply.foreign not in (None, asked.foreign):
            return Disputed(reply, "in balance, without our totals of foreign cards")
        case ReconciliationResult.IN_BALANCE:
            return InBalance()


def _prepare(attempt: Attempt, event: Prepare) -> tuple[Attempt, Effects]:
    asked = attempt.request
    assert not asked.repeat, "the frozen request is the first one"
    assert attempt.sends == 0, "a batch is frozen before anything is sent"
    prepared = SettlementPrepared(
        batch=asked.batch,
        stan=asked.stan,
        transmission=asked.stamp.transmission,
        time=asked.stamp.time,
        date=asked.stamp.date,
        settlement_date=asked.settlement_date,
        currency=asked.currency,
        totals=asked.totals,
        items_hash=attempt.items_hash,
        foreign=asked.foreign or Totals(),
    )
    return attempt, (Commit((prepared,), CrashPoint.SC3), Connect(CrashPoint.SC4))


def _ask_again(attempt: Attempt, event: Resume) -> tuple[Attempt, Effects]:
    return attempt, (Connect(CrashPoint.SC6),)


def _send(attempt: Attempt, event: Connected) -> tuple[Attempt, Effects]:
    sending = replace(attempt, sends=attempt.sends + 1)
    fact = SettlementSending(batch=attempt.batch, sends=sending.sends, stan=sending.repeat_stan)
    return sending, (
        Commit((fact,), CrashPoint.SC5),
        Send(sending.sent, attempt.timeout_s, CrashPoint.SC6, CrashPoint.SC7),
    )


def _cancel(
    attempt: Attempt, event: ConnectFailed | NotSent | PowerOn | CommitFailed
) -> tuple[Attempt, Effects]:
    cause = event.code if isinstance(event, CommitFailed) else "L20"
    fact = SettlementCancelled(batch=attempt.batch, cause=cause)
    notice = Tell(told(cause, "settlement", attempt.batch, "open"))
    return attempt, (Commit((fact,), CrashPoint.SC4), notice)


def _doubt(attempt: Attempt, event: Event) -> tuple[Attempt, Effects]:
    cause = "L23" if isinstance(event, Mismatched) else "L21"
    fact = SettlementUncertain(batch=attempt.batch, cause=cause)
    notice = Tell(told("L03", "settlement", attempt.batch, "uncertain"))
    return attempt, (Commit((fact,), CrashPoint.SC6), notice)


def _close(attempt: Attempt, event: Balanced) -> tuple[Attempt, Effects]:
    assert event.reply.totals == attempt.request.totals, "judge() lets no other totals through"
    facts = (
        _answered(attempt, event.reply),
        BatchClosed(
            batch=attempt.batch,
            outcome=SettlementPhase.CLOSED_BALANCED.value,
            next_batch=attempt.next_batch,
        ),
        *event.papers,
    )
    notice = Tell(told("L19", "settlement", attempt.batch, "closed_balanced"))
    return attempt, (Commit(facts, CrashPoint.SC8), notice, Print(attempt.batch, CrashPoint.SC12))


def _upload(attempt: Attempt, event: Unbalanced) -> tuple[Attempt, Effects]:
    facts = (_answered(attempt, event.reply), event.planned)
    notice = Tell(told("95", "settlement", attempt.batch, "uploading"))
    uploading = replace(attempt, upload=event.upload)
    return uploading, (Commit(facts, CrashPoint.SC8), notice, Connect())


def _upload_certificates(attempt: Attempt, event: CertificatesOwed) -> tuple[Attempt, Effects]:
    assert event.reply.totals == attempt.request.totals, "judge() lets no other totals through"
    facts = (_answered(attempt, event.reply), event.planned)
    uploading = replace(attempt, upload=event.upload)
    return uploading, (Commit(facts, CrashPoint.SC8), Connect())


def _answered(attempt: Attempt, reply: SettlementReply) -> SettlementAnswered:
    return SettlementAnswered(
        batch=attempt.batch,
        code=reply.code,
        result=reply.result.value,
        host_totals=reply.totals,
        settlement_date=reply.settlement_date or "",
        host_foreign=reply.foreign,
        sides=reply.sides,
    )


def _note_dispute(attempt: Attempt, event: Disputed) -> tuple[Attempt, Effects]:
    return attempt, _disputed(attempt, event, SettlementPhase.UNCERTAIN)


def _wait_for_supervisor(attempt: Attempt, event: Disputed) -> tuple[Attempt, Effects]:
    return attempt, _disputed(attempt, event, SettlementPhase.DISPUTED)


def _disputed(attempt: Attempt, event: Disputed, phase: SettlementPhase) -> Effects:
    fact = SettlementDisputed(
        batch=attempt.batch,
        code=event.reply.code,
        result=event.reply.result.value,
        host_totals=event.reply.totals,
        problem=event.problem,
        final=phase is SettlementPhase.DISPUTED,
    )
    notice = Tell(told("L03", "settlement", attempt.batch, phase.value))
    return (Commit((fact,), CrashPoint.SC7), notice)


def _leave_to_recovery(attempt: Attempt, event: CommitFailed) -> tuple[Attempt, Effects]:
    # On disk the attempt is as it was before the answer; the host keeps its reply for the repeat.
    return attempt, (Tell(told(event.code, "settlement", attempt.batch, "uncertain")),)


_P = SettlementPhase

TRANSITIONS: Final[Mapping[tuple[SettlementPhase, type[Event]], Transition[Attempt]]] = {
    (_P.OPEN, Prepare): Transition(_P.PREPARED, _prepare),
    (_P.OPEN, CommitFailed): Transition(_P.OPEN, stay_silent),
    (_P.PREPARED, Connected): Transition(_P.SENDING, _send),
    (_P.PREPARED, ConnectFailed): Transition(_P.OPEN, _cancel),
    (_P.PREPARED, PowerOn): Transition(_P.OPEN, _cancel),
    (_P.PREPARED, CommitFailed): Transition(_P.OPEN, stay_silent),
    (_P.SENDING, Balanced): Transition(_P.CLOSED_BALANCED, _close),
    (_P.SENDING, Unbalanced): Transition(_P.UPLOADING, _upload),
    (_P.SENDING, CertificatesOwed): Transition(_P.UPLOADING, _upload_certificates),
    (_P.SENDING, Disputed): Transition(_P.UNCERTAIN, _note_dispute),
    (_P.SENDING, TimedOut): Transition(_P.UNCERTAIN, _doubt),
    (_P.SENDING, Mismatched): Transition(_P.UNCERTAIN, _doubt),
    (_P.SENDING, PowerOn): Transition(_P.UNCERTAIN, _doubt),
    (_P.SENDING, NotSent): Transition(_P.OPEN, _cancel),
    (_P.SENDING, CommitFailed): Transition(_P.OPEN, _cancel),
    (_P.UNCERTAIN, Resume): Transition(_P.UNCERTAIN, _ask_again),
    (_P.UNCERTAIN, Connected): Transition(_P.REPEATING, _send),
    (_P.UNCERTAIN, ConnectFailed): Transition(_P.UNCERTAIN, stay_silent),
    (_P.UNCERTAIN, PowerOn): Transition(_P.UNCERTAIN, stay_silent),
    (_P.UNCERTAIN, CommitFailed): Transition(_P.UNCERTAIN, stay_silent),
    (_P.REPEATING, Balanced): Transition(_P.CLOSED_BALANCED, _close),
    (_P.REPEATING, Unbalanced): Transition(_P.UPLOADING, _upload),
    (_P.REPEATING, CertificatesOwed): Transition(_P.UPLOADING, _upload_certificates),
    (_P.REPEATING, Disputed): Transition(_P.DISPUTED, _wait_for_supervisor),
    (_P.REPEATING, TimedOut): Transition(_P.UNCERTAIN, _doubt),
    (_P.REPEATING, Mismatched): Transition(_P.UNCERTAIN, _doubt),
    (_P.REPEATING, PowerOn): Transition(_P.UNCERTAIN, _doubt),
    (_P.REPEATING, NotSent): Transition(_P.UNCERTAIN, _doubt),
    (_P.REPEATING, CommitFailed): Transition(_P.UNCERTAIN, stay_silent),
    (_P.DISPUTED, Resume): Transition(_P.DISPUTED, _ask_again),
    (_P.DISPUTED, Connected): Transition(_P.REPEATING, _send),
    (_P.DISPUTED, ConnectFailed): Transition(_P.DISPUTED, stay_silent),
    (_P.DISPUTED, PowerOn): Transition(_P.DISPUTED, stay_silent),
    (_P.DISPUTED, CommitFailed): Transition(_P.UNCERTAIN, stay_silent),
    (_P.CLOSED_BALANCED, CommitFailed): Transition(_P.UNCERTAIN, _leave_to_recovery),
    **upload.TRANSITIONS,
}
"""Every legal (phase, event)."""


def step(attempt: Attempt, event: Event) -> tuple[Attempt, Effects]:
    """Return the attempt after `event` and what is to be done, in order. Raises IllegalEvent."""
    if attempt.phase in (_P.UPLOADING, _P.ENDING):
        attempt, event = upload.guard(attempt, event)
    row = find(TRANSITIONS, "settlement", attempt.phase, event)
    changed, effects = row.act(attempt, event)
    assert isinstance(row.to, SettlementPhase)
    return replace(changed, phase=row.to), effects
