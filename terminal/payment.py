"""The payment machine: one request about money, from the card to its final word.

    CREATED ──Begin──▶ PREPARED ──Connected──▶ SENDING ──Approved──▶ APPROVED
                          │                       ├──AcceptedInPart──▶ APPROVED
                          │                       ├──Declined──▶ DECLINED
                          └TakenBack▶ NOT_SENT ◀──┤
                                                  └──everything else──▶ REVERSAL_REQUIRED

Three rules carry it. *Intent first:* SENDING and the reversal that may be needed are one commit
before the first byte, so that power may fail anywhere and the reversal is there. *Silence is
unknown:* after the first byte nothing but a valid answer decides; a timeout, a reset, a reply
that contradicts the request all lead to REVERSAL_REQUIRED, and the purchase is never sent again.
*No unrecorded approval:* the approval, the end of its reversal, receipt and print jobs are one
commit; when the disk refuses it (T10), the payment is undone with reason 96 and no one is told
that it was approved.

An APPROVED whose commit failed was never shown: the driver performs effects in order and stops
at the failed commit, so `CommitFailed` arrives before the notice would have left.

Code 10 approves less than was asked. Somebody must take the part: then it becomes the amount of the
payment, a fact of its own in the commit of the approval. Otherwise the payment is undone.

Every kind that is asked for goes this way (`KINDS[kind].after_silence` is UNDO): sale, void,
pre-authorisation, completion, their voids. A void that is undone restores what it voided, because
"voided" is nothing but "an approved void speaks of it". Advices have `terminal.advice`.

The reversal itself is `terminal.reversal`'s business; it ends the payment as REVERSED or
REVERSAL_MANUAL. Crash points T1 to T11 are named at the effects (`terminal.effects`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from msgspec.structs import replace as replace_struct

from protocol.operations import Card, PaymentReply, PaymentRequest
from terminal.attempt import Purpose
from terminal.chips import chip_facts
from terminal.effects import Commit, Connect, CrashPoint, Effects, Print, Send, Tell
from terminal.exchange import contradiction, intent_of, is_part
from terminal.facts import Fact, SealedCard
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
    Transition,
    find,
    stay_silent,
)
from terminal.notices import told
from terminal.responses import Action, response
from terminal.reversal import ReversalArmed, ReversalCleared, ReversalReasonSet

CANCELLED: Final = "L87"
"""Why a payment was not sent: a person took it back in time."""


class PaymentPhase(Enum):
    """Where a payment stands; the values are what the journal's table holds."""

    CREATED = "created"
    PREPARED = "prepared"
    SENDING = "sending"
    APPROVED = "approved"
    DECLINED = "declined"
    REVERSAL_REQUIRED = "reversal_required"
    REVERSED = "reversed"
    REVERSAL_MANUAL = "reversal_manual"
    NOT_SENT = "not_sent"


class ReversalReason(Enum):
    """F39 of a reversal: why the payment is undone."""

    NO_ANSWER = "98"
    NOT_COMPLETED = "96"
    MAC_ERROR = "A0"
    OTHER = "06"


class PaymentPrepared(Fact, frozen=True, kw_only=True):
    """A STAN was used up for this payment; nothing was sent."""

    terminal_id: str
    merchant_id: str
    batch: str
    stan: str
    amount_minor: int
    currency: str
    card: SealedCard
    entry_mode: str
    transmission: str
    time: str
    date: str
    operator: str
    kind: str = "sale"
    original_batch: str = ""
    original_stan: str = ""


class PaymentSending(Fact, frozen=True, kw_only=True):
    """From here on the host may have it."""

    batch: str
    stan: str


class PaymentApproved(Fact, frozen=True, kw_only=True):
    """The host approved, and it is on our books."""

    batch: str
    stan: str
    code: str
    rrn: str = ""
    authorisation: str = ""
    settlement_date: str = ""


class PartAccepted(Fact, frozen=True, kw_only=True):
    """The operator took the part that the host approved: from now on it is the payment's amount."""

    batch: str
    stan: str
    amount_minor: int


class PaymentDeclined(Fact, frozen=True, kw_only=True):
    """The host declined with this code."""

    batch: str
    stan: str
    code: str


class PaymentNotSent(Fact, frozen=True, kw_only=True):
    """Certainly not one byte was sent; the STAN is used up."""

    batch: str
    stan: str
    cause: str


class PaymentUndecided(Fact, frozen=True, kw_only=True):
    """The outcome is unknown or unwanted: the payment must be undone."""

    batch: str
    stan: str
    reason: str
    cause: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as the machine sees it.

    `purchase` is in RAM only: its card is wiped at the end.
    """

    phase: PaymentPhase
    purchase: PaymentRequest
    card: SealedCard
    operator: str
    reply_timeout_s: float
    tag: str = ""

    @property
    def key(self) -> str:
        """Return the name of this payment in notices and print jobs: batch and STAN."""
        return f"{self.purchase.batch}-{self.purchase.stan}"


@dataclass(frozen=True, slots=True)
class Begin(Event):
    """The checks are done: take the STAN and go."""


@dataclass(frozen=True, slots=True)
class Approved(Event):
    """The host approved; `papers` are the facts of snapshot, copies and print jobs."""

    reply: PaymentReply
    papers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ApprovedInPart(Event):
    """The host approved less than was asked (code 10), and nobody takes it."""

    reply: PaymentReply


@dataclass(frozen=True, slots=True)
class AcceptedInPart(Event):
    """The host approved less than was asked, and the operator takes it; `papers` as above."""

    reply: PaymentReply
    papers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Declined(Event):
    """The host answered, and it is no approval."""

    reply: PaymentReply


def judge(
    payment: Payment, reply: PaymentReply, papers: tuple[Fact, ...], *, take_part: bool = False
) -> Event:
    """Return the event that a reply is. One that contradicts its request proves nothing."""
    code = response(reply.code)
    problem = contradiction(payment.purchase, reply)
    if problem:
        return Mismatched(problem)
    if code.action is Action.UNDO:
        take = take_part and is_part(payment.purchase, reply)
        return AcceptedInPart(reply, papers) if take else ApprovedInPart(reply)
    return Approved(reply, papers) if code.success else Declined(reply)


def _begin(payment: Payment, event: Begin) -> tuple[Payment, Effects]:
    prepared = PaymentPrepared(**intent_of(payment.purchase, payment.card, payment.operator))
    return payment, (Commit((prepared,), CrashPoint.T2), Connect(CrashPoint.T3))


def _send(payment: Payment, event: Connected) -> tuple[Payment, Effects]:
    key = {"batch": payment.purchase.batch, "stan": payment.purchase.stan}
    armed = ReversalArmed(**key, reason=ReversalReason.NO_ANSWER.value)
    return payment, (
        Commit((PaymentSending(**key), armed), CrashPoint.T4),
        Send(payment.purchase, payment.reply_timeout_s, CrashPoint.T6, CrashPoint.T7),
    )


def _approve(payment: Payment, event: Approved) -> tuple[Payment, Effects]:
    assert event.reply.amount == payment.purchase.amount, "judge() lets no other amount through"
    return _stand(payment, event)


def _accept_part(payment: Payment, event: AcceptedInPart) -> tuple[Payment, Effects]:
    part, asked = event.reply.amount, payment.purchase
    assert part is not None, "judge() lets no part without its amount through"
    assert 0 < part.minor < asked.amount.minor, "a part is less than the whole"
    fact = PartAccepted(batch=asked.batch, stan=asked.stan, amount_minor=part.minor)
    return _stand(payment, event, fact)


def _stand(
    payment: Payment, event: Approved | AcceptedInPart, *first: Fact
) -> tuple[Payment, Effects]:
    reply, key = event.reply, {"batch": payment.purchase.batch, "stan": payment.purchase.stan}
    approved = PaymentApproved(
        **key,
        code=reply.code,
        rrn=reply.rrn or "",
        authorisation=reply.authorisation or "",
        settlement_date=reply.settlement_date or "",
    )
    kept = chip_facts(payment.purchase, Purpose.CERTIFICATE)
    facts = (*first, approved, ReversalCleared(**key), *kept, *event.papers)
    notice = Tell(told(reply.code, "payment", payment.key, "approved"))
    return _wiped(payment), (
        Commit(facts, CrashPoint.T8),
        notice,
        Print(payment.key, CrashPoint.T11),
    )


def _decline(payment: Payment, event: Declined) -> tuple[Payment, Effects]:
    code, key = event.reply.code, {"batch": payment.purchase.batch, "stan": payment.purchase.stan}
    assert not response(code).success, "an approval is no decline"
    kept = chip_facts(payment.purchase, Purpose.FAILED_CHIP)
    facts = (PaymentDeclined(**key, code=code), ReversalCleared(**key), *kept)
    notice = Tell(told(code, "payment", payment.key, "declined"))
    return _wiped(payment), (Commit(facts, CrashPoint.T9), notice)


def _undo(
    payment: Payment, reason: ReversalReason, cause: str, after: CrashPoint
) -> tuple[Payment, Effects]:
    key = {"batch": payment.purchase.batch, "stan": payment.purchase.stan}
    facts = (
        PaymentUndecided(**key, reason=reason.value, cause=cause),
        ReversalReasonSet(**key, reason=reason.value),
    )
    notice = Tell(told(cause, "payment", payment.key, "reversal_required"))
    return _wiped(payment), (Commit(facts, after), notice)


def _undo_unanswered(payment: Payment, event: TimedOut | PowerOn) -> tuple[Payment, Effects]:
    return _undo(payment, ReversalReason.NO_ANSWER, "L21", CrashPoint.R1)


def _undo_mismatched(payment: Payment, event: Mismatched) -> tuple[Payment, Effects]:
    if event.forged:
        return _undo(payment, ReversalReason.MAC_ERROR, "L24", CrashPoint.R1)
    return _undo(payment, ReversalReason.OTHER, "L23", CrashPoint.R1)


def _undo_part(payment: Payment, event: ApprovedInPart) -> tuple[Payment, Effects]:
    return _undo(payment, ReversalReason.OTHER, event.reply.code, CrashPoint.R1)


def _undo_unrecorded(payment: Payment, event: CommitFailed) -> tuple[Payment, Effects]:
    return _undo(payment, ReversalReason.NOT_COMPLETED, event.code, CrashPoint.T10)


def _not_sent(
    payment: Payment, event: ConnectFailed | NotSent | PowerOn
) -> tuple[Payment, Effects]:
    return _certain(payment, "L20", "not_sent")


def _take_back(payment: Payment, event: TakenBack) -> tuple[Payment, Effects]:
    return _certain(payment, CANCELLED, "cancelled")


def _certain(payment: Payment, cause: str, state: str) -> tuple[Payment, Effects]:
    key = {"batch": payment.purchase.batch, "stan": payment.purchase.stan}
    facts = (PaymentNotSent(**key, cause=cause), ReversalCleared(**key))
    notice = Tell(told(cause, "payment", payment.key, state))
    return _wiped(payment), (Commit(facts), notice)


def _refuse(payment: Payment, event: CommitFailed) -> tuple[Payment, Effects]:
    # What is on disk (nothing, or PREPARED) is finished by the next power-on; nothing was sent.
    notice = Tell(told(event.code, "payment", payment.key, "not_sent"))
    return _wiped(payment), (notice,)


def _leave_to_recovery(payment: Payment, event: CommitFailed) -> tuple[Payment, Effects]:
    # SENDING and its reversal are still on disk: the payment is undone when the disk works again.
    notice = Tell(told(event.code, "payment", payment.key, "reversal_required"))
    return payment, (notice,)


def _wiped(payment: Payment) -> Payment:
    """Drop expiry, track, PIN and chip: what is sensitive lives until the answer (I7)."""
    card = Card(payment.purchase.card.pan, None, payment.purchase.card.entry_mode, None)
    purchase = replace_struct(payment.purchase, card=card, pin=None, chip=None)
    return replace(payment, purchase=purchase)


_P = PaymentPhase

TRANSITIONS: Final[Mapping[tuple[PaymentPhase, type[Event]], Transition[Payment]]] = {
    (_P.CREATED, Begin): Transition(_P.PREPARED, _begin),
    (_P.PREPARED, Connected): Transition(_P.SENDING, _send),
    (_P.PREPARED, TakenBack): Transition(_P.NOT_SENT, _take_back),
    (_P.PREPARED, ConnectFailed): Transition(_P.NOT_SENT, _not_sent),
    (_P.PREPARED, CommitFailed): Transition(_P.NOT_SENT, _refuse),
    (_P.PREPARED, PowerOn): Transition(_P.NOT_SENT, _not_sent),
    (_P.SENDING, Approved): Transition(_P.APPROVED, _approve),
    (_P.SENDING, Declined): Transition(_P.DECLINED, _decline),
    (_P.SENDING, ApprovedInPart): Transition(_P.REVERSAL_REQUIRED, _undo_part),
    (_P.SENDING, AcceptedInPart): Transition(_P.APPROVED, _accept_part),
    (_P.SENDING, Mismatched): Transition(_P.REVERSAL_REQUIRED, _undo_mismatched),
    (_P.SENDING, TimedOut): Transition(_P.REVERSAL_REQUIRED, _undo_unanswered),
    (_P.SENDING, NotSent): Transition(_P.NOT_SENT, _not_sent),
    (_P.SENDING, CommitFailed): Transition(_P.NOT_SENT, _refuse),
    (_P.SENDING, PowerOn): Transition(_P.REVERSAL_REQUIRED, _undo_unanswered),
    (_P.APPROVED, CommitFailed): Transition(_P.REVERSAL_REQUIRED, _undo_unrecorded),
    (_P.DECLINED, CommitFailed): Transition(_P.REVERSAL_REQUIRED, _leave_to_recovery),
    (_P.NOT_SENT, CommitFailed): Transition(_P.NOT_SENT, stay_silent),
    (_P.REVERSAL_REQUIRED, CommitFailed): Transition(_P.REVERSAL_REQUIRED, _leave_to_recovery),
}
"""Every legal (phase, event). REVERSED and REVERSAL_MANUAL are reached by the reversal machine."""


def step(payment: Payment, event: Event) -> tuple[Payment, Effects]:
    """Return the payment after `event` and what is to be done, in order. Raises IllegalEvent."""
    row = find(TRANSITIONS, "payment", payment.phase, event)
    changed, effects = row.act(payment, event)
    assert isinstance(row.to, PaymentPhase)
    return replace(changed, phase=row.to), effects
