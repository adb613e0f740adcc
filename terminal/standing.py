"""Facts about the terminal itself: its first day, its numbers, its sign-on."""

from __future__ import annotations

from terminal.facts import Fact


class TerminalInstalled(Fact, frozen=True, kw_only=True):
    """The first entry of every journal: who it is, which key seals it, its first batch."""

    terminal_id: str
    merchant_id: str
    key_check: str
    batch: str


class Stopped(Fact, frozen=True, kw_only=True):
    """The process ended by itself, with every commit on disk: the next start need not look.

    It says so only while it is the newest entry; the first commit after it takes the word back.
    """


class StanTaken(Fact, frozen=True, kw_only=True):
    """A number was used up for a message that is no payment: sign-on, echo."""

    stan: str
    purpose: str


class SignedOn(Fact, frozen=True, kw_only=True):
    """The host knows this terminal today; `host_batch` is what it says is open, "" if silent."""

    host_batch: str


class SignedOff(Fact, frozen=True, kw_only=True):
    """The day is over for the host: the next payment signs on first."""


class SignOnNeeded(Fact, frozen=True, kw_only=True):
    """The host wants a sign-on before the next payment; `cause` is its code."""

    cause: str


class BatchAdopted(Fact, frozen=True, kw_only=True):
    """The open batch held nothing, and took the host's number (H6)."""

    batch: str
    host_batch: str


class LateReply(Fact, frozen=True, kw_only=True):
    """A reply that nobody waits for any more. It changes nothing: the reversal goes on."""

    mti: str
    stan: str
    code: str
