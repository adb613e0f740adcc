"""Rows of payment, reversal and terminal, drawn from their facts.

`projections_settlement` has the batch's half. Every
statement is a plain consequence of one fact; nothing here looks at a clock or decides.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import asdict

from terminal.facts import SealedCard
from terminal.payment import (
    PartAccepted,
    PaymentApproved,
    PaymentDeclined,
    PaymentNotSent,
    PaymentPhase,
    PaymentPrepared,
    PaymentSending,
    PaymentUndecided,
)
from terminal.projections import Statement, projects
from terminal.reversal import (
    ReversalArmed,
    ReversalCleared,
    ReversalDone,
    ReversalExhausted,
    ReversalFailed,
    ReversalPhase,
    ReversalReasonSet,
    ReversalRetried,
    ReversalSending,
)
from terminal.standing import (
    BatchAdopted,
    LateReply,
    SignedOff,
    SignedOn,
    SignOnNeeded,
    StanTaken,
    Stopped,
    TerminalInstalled,
)

TAKE_STAN: Final = "UPDATE terminal SET stan = ? WHERE id = 1"
MOVE_PAYMENT: Final = "UPDATE payment SET phase = ?, changed_at = ? WHERE batch = ? AND stan = ?"
OPEN_BATCH: Final = "INSERT INTO batch (batch, phase, opened_at) VALUES (?, 'open', ?)"
DROP_REVERSAL: Final = "DELETE FROM reversal WHERE batch = ? AND stan = ?"


@projects(TerminalInstalled)
def installed(fact: TerminalInstalled, at: str) -> list[Statement]:
    """The terminal's row, and its first batch."""
    sql = (
        "INSERT INTO terminal (id, terminal_id, merchant_id, key_check, batch)"
        " VALUES (1, ?, ?, ?, ?)"
    )
    row = (fact.terminal_id, fact.merchant_id, fact.key_check, fact.batch)
    return [(sql, row), (OPEN_BATCH, (fact.batch, at))]


@projects(Stopped)
def stopped(fact: Stopped, at: str) -> list[Statement]:
    """The entry is all that is kept."""
    return []


@projects(StanTaken)
def stan_taken(fact: StanTaken, at: str) -> list[Statement]:
    """The number is used up."""
    return [(TAKE_STAN, (fact.stan,))]


@projects(SignedOn)
def signed_on(fact: SignedOn, at: str) -> list[Statement]:
    """Ready for payments."""
    return [("UPDATE terminal SET signed_on = 1, host_batch = ? WHERE id = 1", (fact.host_batch,))]


@projects(SignedOff)
def signed_off(fact: SignedOff, at: str) -> list[Statement]:
    """Good night."""
    return [("UPDATE terminal SET signed_on = 0 WHERE id = 1", ())]


@projects(SignOnNeeded)
def sign_on_needed(fact: SignOnNeeded, at: str) -> list[Statement]:
    """Not ready until the next sign-on."""
    return [("UPDATE terminal SET signed_on = 0 WHERE id = 1", ())]


@projects(BatchAdopted)
def batch_adopted(fact: BatchAdopted, at: str) -> list[Statement]:
    """The empty batch is renamed: the old number was never used at the host."""
    return [
        ("UPDATE terminal SET batch = ? WHERE id = 1", (fact.host_batch,)),
        ("DELETE FROM batch WHERE batch = ? AND phase = 'open'", (fact.batch,)),
        (OPEN_BATCH, (fact.host_batch, at)),
    ]


@projects(LateReply)
def late_reply(fact: LateReply, at: str) -> list[Statement]:
    """The entry is all that is kept."""
    return []


@projects(PaymentPrepared)
def payment_prepared(fact: PaymentPrepared, at: str) -> list[Statement]:
    """The payment's row, what it speaks of, and its number used up."""
    return new_payment(fact, PaymentPhase.PREPARED.value, at)


def new_payment(fact: PaymentPrepared, phase: str, at: str) -> list[Statement]:
    """Return the statements that make a payment's row in its first phase."""
    row = asdict(fact)
    original = (row.pop("original_batch"), row.pop("original_stan"))
    card: SealedCard = row.pop("card")
    row |= {"card_sealed": card.sealed, "card_lookup": card.lookup, "card_masked": card.masked}
    row |= {"phase": phase, "prepared_at": at, "changed_at": at}
    statements = [insert("payment", row), (TAKE_STAN, (fact.stan,))]
    if original[1]:
        names = ("batch", "stan", "original_batch", "original_stan")
        link = dict(zip(names, (fact.batch, fact.stan, *original), strict=True))
        statements.append(insert("follow_up", link))
    return statements


@projects(PaymentSending)
def payment_sending(fact: PaymentSending, at: str) -> list[Statement]:
    """On its way."""
    return [_payment_is(PaymentPhase.SENDING, fact.batch, fact.stan, at)]


@projects(PaymentApproved)
def payment_approved(fact: PaymentApproved, at: str) -> list[Statement]:
    """What the host gave it; then the phase that locks it."""
    sql = (
        "UPDATE payment SET code = ?, rrn = ?, authorisation = ?, settlement_date = ?"
        " WHERE batch = ? AND stan = ?"
    )
    given = (fact.code, fact.rrn, fact.authorisation, fact.settlement_date)
    return [
        (sql, (*given, fact.batch, fact.stan)),
        _payment_is(PaymentPhase.APPROVED, fact.batch, fact.stan, at),
    ]


@projects(PartAccepted)
def part_accepted(fact: PartAccepted, at: str) -> list[Statement]:
    """The amount shrinks to what was approved, before the approval locks it."""
    sql = "UPDATE payment SET amount_minor = ? WHERE batch = ? AND stan = ?"
    return [(sql, (fact.amount_minor, fact.batch, fact.stan))]


@projects(PaymentDeclined)
def payment_declined(fact: PaymentDeclined, at: str) -> list[Statement]:
    """The host's code."""
    sql = "UPDATE payment SET code = ? WHERE batch = ? AND stan = ?"
    return [
        (sql, (fact.code, fact.batch, fact.stan)),
        _payment_is(PaymentPhase.DECLINED, fact.batch, fact.stan, at),
    ]


@projects(PaymentNotSent)
def payment_not_sent(fact: PaymentNotSent, at: str) -> list[Statement]:
    """Nothing left."""
    return [
        _because(fact.cause, fact.batch, fact.stan),
        _payment_is(PaymentPhase.NOT_SENT, fact.batch, fact.stan, at),
    ]


@projects(PaymentUndecided)
def payment_undecided(fact: PaymentUndecided, at: str) -> list[Statement]:
    """It is to be undone."""
    return [
        _because(fact.cause, fact.batch, fact.stan),
        _payment_is(PaymentPhase.REVERSAL_REQUIRED, fact.batch, fact.stan, at),
    ]


@projects(ReversalArmed)
def reversal_armed(fact: ReversalArmed, at: str) -> list[Statement]:
    """The row stands before there is anything to undo."""
    row = asdict(fact) | {"phase": "armed", "armed_at": at, "changed_at": at}
    return [insert("reversal", row)]


@projects(ReversalReasonSet)
def reversal_reason_set(fact: ReversalReasonSet, at: str) -> list[Statement]:
    """It is to be sent."""
    sql = (
        "UPDATE reversal SET reason = ?, phase = 'pending', changed_at = ?"
        " WHERE batch = ? AND stan = ?"
    )
    return [(sql, (fact.reason, at, fact.batch, fact.stan))]


@projects(ReversalCleared)
def reversal_cleared(fact: ReversalCleared, at: str) -> list[Statement]:
    """Nothing to undo."""
    return [(DROP_REVERSAL, (fact.batch, fact.stan))]


@projects(ReversalSending)
def reversal_sending(fact: ReversalSending, at: str) -> list[Statement]:
    """One more try."""
    sql = (
        "UPDATE reversal SET phase = 'in_flight', tries = ?, sends = sends + 1, changed_at = ?"
        " WHERE batch = ? AND stan = ?"
    )
    return [(sql, (fact.tries, at, fact.batch, fact.stan))]


@projects(ReversalFailed)
def reversal_failed(fact: ReversalFailed, at: str) -> list[Statement]:
    """Waiting for the next try."""
    return [_reversal_is(ReversalPhase.PENDING, fact.tries, fact.batch, fact.stan, at)]


@projects(ReversalDone)
def reversal_done(fact: ReversalDone, at: str) -> list[Statement]:
    """Undone, and the payment says so: one commit (R4)."""
    return [
        (DROP_REVERSAL, (fact.batch, fact.stan)),
        _payment_is(PaymentPhase.REVERSED, fact.batch, fact.stan, at),
    ]


@projects(ReversalExhausted)
def reversal_exhausted(fact: ReversalExhausted, at: str) -> list[Statement]:
    """A person must see to it."""
    sql = "UPDATE reversal SET phase = 'manual', changed_at = ? WHERE batch = ? AND stan = ?"
    return [
        (sql, (at, fact.batch, fact.stan)),
        _payment_is(PaymentPhase.REVERSAL_MANUAL, fact.batch, fact.stan, at),
    ]


@projects(ReversalRetried)
def reversal_retried(fact: ReversalRetried, at: str) -> list[Statement]:
    """A new round of tries."""
    return [
        _reversal_is(ReversalPhase.PENDING, 0, fact.batch, fact.stan, at),
        _payment_is(PaymentPhase.REVERSAL_REQUIRED, fact.batch, fact.stan, at),
    ]


def insert(table: str, row: dict[str, Any]) -> Statement:
    """Return the statement that inserts a row; the names are ours, the values are bound."""
    names = ", ".join(row)
    places = ", ".join("?" * len(row))
    return (f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))


def _payment_is(phase: PaymentPhase, batch: str, stan: str, at: str) -> Statement:
    return (MOVE_PAYMENT, (phase.value, at, batch, stan))


def _because(cause: str, batch: str, stan: str) -> Statement:
    return ("UPDATE payment SET cause = ? WHERE batch = ? AND stan = ?", (cause, batch, stan))


def _reversal_is(phase: ReversalPhase, tries: int, batch: str, stan: str, at: str) -> Statement:
    sql = "UPDATE reversal SET phase = ?, tries = ?, changed_at = ? WHERE batch = ? AND stan = ?"
    return (sql, (phase.value, tries, at, batch, stan))
