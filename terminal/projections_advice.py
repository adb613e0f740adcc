"""Rows of the advice queue, drawn from its facts; the payment's own row beside them."""

from __future__ import annotations

from typing import Final

from terminal.advice import (
    AdvicePhase,
    AdviceQueued,
    AdviceRefused,
    AdviceSending,
    AdviceTaken,
    AdviceUnanswered,
)
from terminal.projections import Statement, projects
from terminal.projections_money import (
    MOVE_PAYMENT,
    insert,
    new_payment,
    payment_approved,
    payment_declined,
)

DROP_ADVICE: Final = "DELETE FROM advice WHERE batch = ? AND stan = ?"


@projects(AdviceQueued)
def advice_queued(fact: AdviceQueued, at: str) -> list[Statement]:
    """The payment's row, and its place at the end of the queue."""
    row = {"batch": fact.batch, "stan": fact.stan, "changed_at": at}
    return [*new_payment(fact, AdvicePhase.WAITING.value, at), insert("advice", row)]


@projects(AdviceSending)
def advice_sending(fact: AdviceSending, at: str) -> list[Statement]:
    """One more telling."""
    sql = "UPDATE advice SET sends = ?, changed_at = ? WHERE batch = ? AND stan = ?"
    return [
        (sql, (fact.sends, at, fact.batch, fact.stan)),
        (MOVE_PAYMENT, (AdvicePhase.TELLING.value, at, fact.batch, fact.stan)),
    ]


@projects(AdviceUnanswered)
def advice_unanswered(fact: AdviceUnanswered, at: str) -> list[Statement]:
    """Waiting for the next telling."""
    sql = "UPDATE advice SET cause = ?, changed_at = ? WHERE batch = ? AND stan = ?"
    return [
        (sql, (fact.cause, at, fact.batch, fact.stan)),
        (MOVE_PAYMENT, (AdvicePhase.WAITING.value, at, fact.batch, fact.stan)),
    ]


@projects(AdviceTaken)
def advice_taken(fact: AdviceTaken, at: str) -> list[Statement]:
    """Told: it counts."""
    return [*payment_approved(fact, at), (DROP_ADVICE, (fact.batch, fact.stan))]


@projects(AdviceRefused)
def advice_refused(fact: AdviceRefused, at: str) -> list[Statement]:
    """Told: it does not count, and the slip says so."""
    return [*payment_declined(fact, at), (DROP_ADVICE, (fact.batch, fact.stan))]
