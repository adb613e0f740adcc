"""What came of a scenario: its steps, the wire, the papers, and both sides' books in the end.

A record is data. `judge.compare` holds it against what a file expects, as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tallywire.scenarios.script import Paper
from tallywire.scenarios.verbs import VERBS, Verb
from tallywire.scenarios.wire import Said


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one step: the members of its result, or none when the power failed.

    `problem` is why it could not be done, "" when it could.
    """

    number: int
    do: str
    result: dict[str, Any] | None = None
    problem: str = ""

    def __str__(self) -> str:
        if self.problem or self.result is None:
            facts = VERBS[Verb(self.do)]
            return self.problem or ("the power failed" if facts.is_terminal else "done")
        told = ((key, self.result.get(key)) for key in _TOLD)
        return " ".join(f"{key}={value}" for key, value in told if value not in (None, ""))


_TOLD = (
    *("outcome", "states", "code", "batch", "stan", "amount_minor", "balance_minor"),
    *("signed_on", "signed_off", "settlement", "mode", "state", "count", "reversals_pending"),
)


class PaperRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One slip: what it is, and its text."""

    paper: Paper
    text: str

    def __str__(self) -> str:
        return paper_words(self.paper)


class FaultRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: how often it should have struck, and how often it did."""

    kind: str
    wanted: int
    struck: int


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The books of one side, as a scenario writes them; `wrong` is what its own audit says.

    `approved` are batch, voucher and minor units of what stands.
    """

    payments: tuple[str, ...]
    batches: tuple[str, ...]
    approved: frozenset[tuple[str, str, int]]
    wrong: tuple[str, ...] = ()
    status: dict[str, Any] = msgspec.field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    balances: dict[str, int] = msgspec.field(default_factory=dict)

    def lines(self, name: str) -> Iterator[str]:
        """Yield all of it, line by line."""
        yield from (f"{name}, payment  {line}" for line in self.payments)
        yield from (f"{name}, batch  {line}" for line in self.batches)
        yield from (f"{name}, alert  {line}" for line in self.alerts)
        yield from (f"{name}, account  {line} {minor}" for line, minor in self.balances.items())
        yield from (f"{name}, wrong  {line}" for line in self.wrong)


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides in the end. `exposed` are files of theirs that hold a card number in clear."""

    terminal: Side
    ledger: Side
    currency: str
    faults: tuple[FaultRecord, ...] = ()
    exposed: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. There are no books when a step could not be done."""

    steps: tuple[StepRecord, ...] = ()
    said: tuple[Said, ...] = ()
    told: tuple[str, ...] = ()
    papers: tuple[PaperRecord, ...] = ()
    books: Books | None = None


def paper_words(paper: Paper) -> str:
    """Return what a paper is, in a few words."""
    mark = f", duplicate {paper.duplicate}" if paper.duplicate else ""
    return f"{paper.copy}{mark}{'' if paper.whole else ', torn'}"
