"""The audit log: who did what, or was refused it, each line bound to the one before.

A line holds the hash of its own words and of the line before it, so that none can be changed,
taken out or put in between without every later one being wrong. `verify` walks the chain. What
is in it is never money: payments have books of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from terminal.facts import Fact


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `outcome` is "ok" or the L-code that refused; `second` is "" without one."""

    number: int
    at: str
    operator: str
    second: str
    act: str
    subject: str
    outcome: str
    previous: str
    digest: str


class Audited(Fact, frozen=True, kw_only=True):
    """A line was written."""

    line: AuditLine


def next_line(
    head: AuditLine | None,
    *,
    at: str,
    operator: str,
    act: str,
    subject: str = "",
    second: str = "",
    outcome: str = "ok",
) -> AuditLine:
    """Return the line that follows the newest one; None stands for an empty log."""
    line = AuditLine(
        number=head.number + 1 if head else 1,
        at=at,
        operator=operator,
        second=second,
        act=act,
        subject=subject,
        outcome=outcome,
        previous=head.digest if head else "",
        digest="",
    )
    return msgspec.structs.replace(line, digest=digest_of(line))


def digest_of(line: AuditLine) -> str:
    """Return the hash that a line should carry: SHA-256 over its other fields, in order."""
    words = [getattr(line, name) for name in AuditLine.__struct_fields__[:-1]]
    return hashlib.sha256(msgspec.json.encode(words)).hexdigest()


def chain_problem(head: AuditLine | None, lines: Iterable[AuditLine]) -> str:
    """Say what is wrong with the lines that follow `head`, "" when the chain holds."""
    for line in lines:
        number, previous = (head.number + 1, head.digest) if head else (1, "")
        if line.number != number:
            return f"line {number} is missing"
        if line.previous != previous:
            return f"line {number} does not follow the one before it"
        if line.digest != digest_of(line):
            return f"line {number} was changed"
        head = line
    return ""
