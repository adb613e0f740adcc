"""What a machine wants done, in the order in which it must be done.

`Commit`, `Connect`, `Send`, `Print`, `Tell`: **their order is the contract.** What a `Send` or a
`Print` is about has been committed before it; `Connect` and `Send` end a step, because their
outcome is the machine's next event. A driver performs the effects one by one and stops at the
first commit that fails.

Each place at which the power may fail has a name; an effect carries the name
of the point that lies right *after* it, so that a test can cut the power there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from protocol.operations import Request
from terminal.facts import Fact


class CrashPoint(Enum):
    """Where the power may fail, from the first check to the archive."""

    T1 = "T1: checks done, nothing on disk"
    T2 = "T2: payment PREPARED on disk"
    T3 = "T3: connected, nothing sent"
    T4 = "T4: payment SENDING and its reversal on disk, no byte sent"
    T5 = "T5: request handed over"
    T6 = "T6: waiting for the reply"
    T7 = "T7: reply validated, in RAM only"
    T8 = "T8: approval on disk, not shown"
    T9 = "T9: decline on disk"
    T10 = "T10: the approval could not be recorded"
    T11 = "T11: approval shown, paper still owed"
    A1 = "A1: advice on disk, not told"
    A2 = "A2: advice sent, no reply"
    A3 = "A3: advice answered, answer in RAM only"
    A4 = "A4: answer of an advice on disk"
    R1 = "R1: reversal on disk, not sent"
    R2 = "R2: reversal sent, no reply"
    R3 = "R3: reversal answered, answer in RAM only"
    R4 = "R4: reversal done, payment reversed: one commit"
    SC1 = "SC1: preconditions checked"
    SC2 = "SC2: totals shown"
    SC3 = "SC3: attempt PREPARED on disk"
    SC4 = "SC4: not sent for certain"
    SC5 = "SC5: attempt SENDING on disk"
    SC6 = "SC6: request sent, no reply"
    SC7 = "SC7: reply validated, in RAM only"
    SC8 = "SC8: answer on disk: batch closed or upload planned"
    SC9 = "SC9: an upload item acknowledged on disk"
    SC10 = "SC10: upload end sent, no reply"
    SC11 = "SC11: batch closed after its upload"
    SC12 = "SC12: slip handed to the printer"
    SC13 = "SC13: signed off"
    SC14 = "SC14: closed batch purged"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell a person: a code, a sentence and the next step, in both languages.

    `subject` says what it is about ("payment", "reversal", "settlement", "printing", "terminal"),
    `key` which one (a STAN, a batch, a job), `state` what became of it.
    """

    code: str
    subject: str
    key: str
    state: str
    zh: str
    en: str
    next_zh: str = ""
    next_en: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """Write these facts in one transaction, durable before anything that follows."""

    facts: tuple[Fact, ...]
    after: CrashPoint | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """Make sure there is a link; not one byte of the request leaves."""

    after: CrashPoint | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Hand the request to the link and wait for its reply.

    `waiting` names a cut while the request is on its way, `after` one with the reply in RAM.
    """

    request: Request
    timeout_s: float
    waiting: CrashPoint
    after: CrashPoint


@dataclass(frozen=True, slots=True)
class Print:
    """Let the paper machine take up what is queued for `subject` (a payment's or batch's key)."""

    subject: str
    after: CrashPoint | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Show a notice to a person."""

    notice: Notice


Effect = Commit | Connect | Send | Print | Tell
Effects = tuple[Effect, ...]

_RANK: Final = {Commit: 0, Tell: 1, Print: 2, Connect: 3, Send: 3}


def in_order(effects: Effects) -> bool:
    """True when commits come first and at most one effect, the last, waits for the network."""
    ranks = [_RANK[type(effect)] for effect in effects]
    return ranks == sorted(ranks) and ranks.count(3) <= 1
