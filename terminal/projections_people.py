"""Rows of operators and of the audit log, drawn from their facts."""

from __future__ import annotations

from msgspec.structs import astuple

from terminal.audit import Audited
from terminal.operators import (
    OperatorAdded,
    OperatorRemoved,
    OperatorUnlocked,
    PasswordChanged,
    PasswordRight,
    PasswordTried,
    PeopleSwitched,
)
from terminal.projections import Statement, projects


@projects(PeopleSwitched)
def switched(fact: PeopleSwitched, at: str) -> list[Statement]:
    """The newest word is the one that holds."""
    sql = "INSERT OR REPLACE INTO people (id, switched_on, since) VALUES (1, ?, ?)"
    return [(sql, (int(fact.on), at))]


@projects(OperatorAdded)
def added(fact: OperatorAdded, at: str) -> list[Statement]:
    """A row with a default password and no wrong tries."""
    sql = "INSERT INTO operator (number, sealed, must_change, added_at) VALUES (?, ?, 1, ?)"
    return [(sql, (fact.number, fact.sealed, at))]


@projects(OperatorRemoved)
def removed(fact: OperatorRemoved, at: str) -> list[Statement]:
    """The row goes; the audit log stays."""
    return [("DELETE FROM operator WHERE number = ?", (fact.number,))]


@projects(PasswordChanged)
def password_changed(fact: PasswordChanged, at: str) -> list[Statement]:
    """The new hash; wrong tries of the old one are forgotten with it."""
    sql = "UPDATE operator SET sealed = ?, must_change = ?, tries = 0 WHERE number = ?"
    return [(sql, (fact.sealed, int(fact.default), fact.number))]


@projects(PasswordTried)
def tried(fact: PasswordTried, at: str) -> list[Statement]:
    """One more, until it proves right."""
    return [("UPDATE operator SET tries = tries + 1 WHERE number = ?", (fact.number,))]


@projects(PasswordRight)
def right(fact: PasswordRight, at: str) -> list[Statement]:
    """None is left."""
    return [("UPDATE operator SET tries = 0 WHERE number = ?", (fact.number,))]


@projects(OperatorUnlocked)
def unlocked(fact: OperatorUnlocked, at: str) -> list[Statement]:
    """None is left."""
    return [("UPDATE operator SET tries = 0 WHERE number = ?", (fact.number,))]


@projects(Audited)
def audited(fact: Audited, at: str) -> list[Statement]:
    """A line of the log."""
    sql = "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    return [(sql, astuple(fact.line))]
