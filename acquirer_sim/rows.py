"""The rows of the ledger, as the core sees them: frozen, compared by value, no SQL in sight.

The order of members is the order of the columns (`aio/statements.py` and the first migration
say the same, and a test compares the three). Payments, reversals and uploads hold a card as
its token and its mask, never as a number.

    Terminal   which batch the host has open for it
    Payment    one payment of any kind and the answer it got; also the tombstone of one that
               never came
    Reversal   one reversal and the answer it got
    Batch      state and running totals; once reconciled, the stored answer of the 0500
    Item       one payment of an upload, as the terminal tells it
    Chip       what the chip said of one payment, told when its batch ended
    Transfer   one line of a journal entry: two postings that sum to zero
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from protocol.kinds import PaymentKind
from protocol.uploads import ChipOutcome

BATCH_MAX: Final = 999_999


class PaymentStatus(Enum):
    """What became of a payment.

    TOMBSTONE holds the place of a payment whose reversal came first; when the payment comes
    after all it is declined and the tombstone turns BURIED, so that a repeat is recognised.
    EXPIRED is an approval whose money was released because nobody completed it in time, or
    because a terminal that captures did not upload it.
    A payment that was voided stays APPROVED: it and its void are both counted.
    """

    APPROVED = "approved"
    DECLINED = "declined"
    REVERSED = "reversed"
    TOMBSTONE = "tombstone"
    BURIED = "buried"
    EXPIRED = "expired"


class ReversalEffect(Enum):
    """What a reversal did to the books.

    ADJUSTED: the batch had already been reconciled, so the money came back through suspense
    and the batch's figures stayed as they were (host rule H10).
    """

    REVERSED = "reversed"
    ADJUSTED = "adjusted"
    TOMBSTONE = "tombstone"
    NOTHING = "nothing"
    REFUSED = "refused"


class BatchState(Enum):
    """Where a batch stands. Leaving OPEN freezes it: its figures never change again.

    The freeze, the comparison and the stored answer are one commit, so FROZEN is never found
    on a disk: a batch in balance is CLOSED at once, any other waits for its upload. CLOSED_FORCED
    was closed without having been asked for it, by a cut-over: there is no answer to give again.
    """

    OPEN = "open"
    AWAIT_UPLOAD = "await_upload"
    CLOSED = "closed"
    CLOSED_FORCED = "forced"


class Capture(Enum):
    """Who says that a batch's payments are to be paid for.

    HOST: the approval itself, so that the settlement only compares. TERMINAL: the upload; until
    it is here an approval has only set the money aside, and the host's figures are zero.
    """

    HOST = "host"
    TERMINAL = "terminal"


CLOSED: Final = frozenset({BatchState.CLOSED, BatchState.CLOSED_FORCED})
"""A batch whose money has moved."""

TerminalKey = tuple[str, str]
"""(terminal, merchant)"""
BatchKey = tuple[str, str, str]
"""(terminal, merchant, batch)"""
PaymentKey = tuple[str, str, str, str]
"""(terminal, merchant, batch, stan)"""


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all rows: an array in JSON, its members in the order of the columns."""


class Terminal(Row, frozen=True, array_like=True, gc=False):
    """A terminal the host has met, and the batch it has open there."""

    terminal: str
    merchant: str
    open_batch: str


class Payment(Row, frozen=True, array_like=True, gc=False):
    """One payment: what was asked, what was answered, and how it hangs together with others.

    `minor` is what counts: less than `asked_minor` after a partial approval. `original_entry` is
    the entry of the payment it speaks of, 0 for none. `ended_entry` is the void or the completion
    that ended it, 0 while it may still be voided, refunded or completed; `refunded_minor` is
    what refunds have given back of it, `adjusted_minor` what adjustments (tips) have added to it.
    """

    terminal: str
    merchant: str
    batch: str
    stan: str
    kind: PaymentKind
    transmission: str
    token: str
    card: str
    asked_minor: int
    minor: int
    currency: str
    code: str
    authorisation: str | None
    settlement_date: str
    status: PaymentStatus
    original_entry: int
    ended_entry: int
    refunded_minor: int
    adjusted_minor: int
    entry: int
    at: str

    @property
    def key(self) -> PaymentKey:
        """Where it stands: terminal, merchant, batch, STAN."""
        return (self.terminal, self.merchant, self.batch, self.stan)

    @property
    def left_minor(self) -> int:
        """What may still be refunded of it."""
        return self.minor + self.adjusted_minor - self.refunded_minor

    @property
    def rrn(self) -> str:
        """F37: the number of its journal entry, which no two payments share."""
        return f"{self.entry:012d}"


class Reversal(Row, frozen=True, array_like=True, gc=False):
    """One reversal and its stored answer; `repeats` counts how often it was asked again."""

    terminal: str
    merchant: str
    batch: str
    stan: str
    transmission: str
    token: str
    minor: int
    currency: str
    reason: str
    code: str
    effect: ReversalEffect
    entry: int
    repeats: int
    at: str


class Batch(Row, frozen=True, array_like=True, gc=False):
    """One batch of one terminal.

    The figures are the host's: approved payments less those reversed while it was open. From
    `settled_at` on they are frozen, and `code`, `result` and `asked` (the terminal's eight
    figures) are the stored answer of the 0500. `moved_entry` is the one journal entry that
    moved its money to the merchant, 0 until then. `foreign_totals` is what of all this is of
    foreign cards, where the request told them apart (`foreign.Foreign`). `capture` is decided when
    the batch begins.
    """

    terminal: str
    merchant: str
    batch: str
    state: BatchState
    debit_count: int
    debit_minor: int
    credit_count: int
    credit_minor: int
    currency: str
    code: str | None
    result: str | None
    asked: str | None
    settlement_date: str | None
    repeats: int
    moved_entry: int
    opened_at: str
    settled_at: str | None
    closed_at: str | None
    foreign_totals: str | None = None
    capture: Capture = Capture.HOST


class Item(Row, frozen=True, array_like=True, gc=False):
    """One payment as uploaded. `times` counts arrivals, `conflicts` those that told otherwise."""

    terminal: str
    merchant: str
    batch: str
    stan: str
    kind: PaymentKind
    number: int
    transmission: str
    token: str
    card: str
    minor: int
    currency: str
    rrn: str | None
    authorisation: str | None
    times: int
    conflicts: int
    at: str


class Chip(Row, frozen=True, array_like=True, gc=False):
    """Chip data of one payment as uploaded, in hex, scrubbed; `times` counts arrivals."""

    terminal: str
    merchant: str
    batch: str
    stan: str
    outcome: ChipOutcome
    card: str
    minor: int
    currency: str
    chip: str
    times: int
    at: str


class Transfer(Row, frozen=True, array_like=True, gc=False):
    """One line of a journal entry: `minor`, never negative, goes from `source` to `target`."""

    entry: int
    kind: str
    source: str
    target: str
    minor: int
    currency: str
    at: str


class Alert(Row, frozen=True, array_like=True, gc=False):
    """Something a person should look at."""

    terminal: str
    merchant: str
    batch: str
    kind: str
    text: str
    at: str


class StoredReport(Row, frozen=True, array_like=True, gc=False):
    """The reconciliation report of a batch, frozen when the upload ended."""

    terminal: str
    merchant: str
    batch: str
    body: str
    at: str


def settlement_day(payment: Payment) -> str:
    """Return the settlement date of a payment with its year, YYYYMMDD."""
    year, month = int(payment.at[:4]), payment.settlement_date[:2]
    # F15 has no year, and is at most a day from the clock: only around midnight of the last day
    # of a year can the two be of different years.
    year += {("12", "01"): 1, ("01", "12"): -1}.get((payment.at[5:7], month), 0)
    return f"{year}{payment.settlement_date}"


def spending_keys(payment: Payment) -> tuple[str, str]:
    """Return under which names the spending of a payment is kept: in all, and of its day."""
    return payment.token, f"{payment.token} {settlement_day(payment)}"


def next_batch(batch: str) -> str:
    """Return the number that follows, six digits, 999999 wrapping to 000001."""
    return f"{int(batch) % BATCH_MAX + 1:06d}"
