"""What the two sides' books must say when the weather is clear. Written from the invariants.

`books.py` reads the SQLite files into these neutral facts; the rules below compare them and know
neither program. Amounts are minor units, a batch is six digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

PaymentKey = tuple[str, str]
"""(batch, STAN)"""

DEBITS = ("sale", "completion", "completion_advice", "offline_sale", "adjustment")
CREDITS = ("void", "refund", "completion_void")
"""What pays, and what gives back (messages page, section 2). All else is in no totals."""


class Stands(NamedTuple):
    """A payment that was approved and not reversed: its kind and its minor units."""

    kind: str
    minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a batch holds less its reversals: how many pay and give back, and how much."""

    count: int = 0
    minor: int = 0
    credit_count: int = 0
    credit_minor: int = 0

    @property
    def net(self) -> int:
        """What the merchant is to get."""
        return self.minor - self.credit_minor


def totals_of(payments: Iterable[Stands]) -> Totals:
    """Add up payments by their side."""
    kept = list(payments)
    debits = [one.minor for one in kept if one.kind in DEBITS]
    credits = [one.minor for one in kept if one.kind in CREDITS]
    return Totals(len(debits), sum(debits), len(credits), sum(credits))


@dataclass(frozen=True, slots=True)
class TerminalBooks:
    """What one terminal's disk says.

    `links` says which payment an approved one speaks of; `refused` are the advices that the host
    did not take, `named` what stands on the slip of a batch for a person to look at.
    """

    terminal: str
    approved: Mapping[PaymentKey, Stands]
    unfinished: Sequence[str]
    closed: Mapping[str, Totals]
    uncertain: Sequence[str]
    open_batch: str
    slips: Mapping[str, Totals] = field(default_factory=dict)
    receipts: Mapping[PaymentKey, int] = field(default_factory=dict)
    stans: Sequence[PaymentKey] = ()
    uploaded: frozenset[PaymentKey] = frozenset()
    links: Mapping[PaymentKey, PaymentKey] = field(default_factory=dict)
    refused: Mapping[PaymentKey, Stands] = field(default_factory=dict)
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def handed_out(self) -> dict[PaymentKey, Stands]:
        """Return what has a receipt: all that stands, and what was sold offline and refused."""
        offline = {key: one for key, one in self.refused.items() if one.kind == "offline_sale"}
        return {**self.approved, **offline}


@dataclass(frozen=True, slots=True)
class HostBatch:
    """One batch in the acquirer's ledger; `captures` says how often its money moved."""

    closed: bool
    frozen: bool
    totals: Totals


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal entry."""

    entry: int
    kind: str
    account: str
    minor: int


@dataclass(frozen=True, slots=True)
class HostBooks:
    """What the acquirer's ledger says about one terminal.

    `ended`, `refunded` and `adjusted` are its marks on payments that others speak of; `held` is
    the balance of the account of every pre-authorisation there ever was.
    """

    terminal: str
    approved: Mapping[PaymentKey, Stands]
    batches: Mapping[str, HostBatch]
    open_batch: str | None
    postings: Sequence[Posting]
    uploaded: frozenset[PaymentKey] = frozenset()
    links: Mapping[PaymentKey, PaymentKey] = field(default_factory=dict)
    ended: frozenset[PaymentKey] = frozenset()
    refunded: Mapping[PaymentKey, int] = field(default_factory=dict)
    adjusted: Mapping[PaymentKey, int] = field(default_factory=dict)
    held: Mapping[PaymentKey, int] = field(default_factory=dict)


def _sum(payments: Mapping[PaymentKey, Stands], batch: str) -> Totals:
    return totals_of(stands for (of, _), stands in payments.items() if of == batch)


def same_payments_stand(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I3: approved at the terminal == approved and not reversed at the host."""
    for key in sorted(set(terminal.approved) | set(host.approved)):
        ours, theirs = terminal.approved.get(key), host.approved.get(key)
        if ours != theirs:
            yield f"I3: payment {key[1]} of batch {key[0]}: terminal {ours}, host {theirs}"


def nothing_is_left_undecided(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I4: when idle no payment is in the air, no reversal pending, no settlement uncertain."""
    yield from (f"I4: {what} is still undecided" for what in terminal.unfinished)
    yield from (f"S6: settlement of batch {batch} is uncertain" for batch in terminal.uncertain)


def closed_batches_agree(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I2, I5: closed on one side, closed on the other; all four sums are the same."""
    closed_there = {batch for batch, state in host.batches.items() if state.closed}
    for batch in sorted(set(terminal.closed) ^ closed_there):
        yield f"I2: batch {batch} is closed on one side only"
    for batch in sorted(set(terminal.closed) & closed_there):
        sums = {
            "terminal's frozen totals": terminal.closed[batch],
            "terminal's payments": _sum(terminal.approved, batch),
            "host's totals": host.batches[batch].totals,
            "host's payments": _sum(host.approved, batch),
        }
        if len(set(sums.values())) > 1:
            yield f"I5: batch {batch}: {sums}"


def slips_tell_the_frozen_totals(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I5: every closed batch has one slip snapshot and it says what was frozen."""
    for batch, totals in terminal.closed.items():
        if terminal.slips.get(batch) != totals:
            yield f"I5: slip of batch {batch} says {terminal.slips.get(batch)}, frozen {totals}"
    for batch in sorted(set(terminal.slips) - set(terminal.closed)):
        yield f"SC11: batch {batch} has a slip but is not closed"


def receipts_exist_for_what_stands(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """T8: an approval and its receipt are one commit; nothing else has one but offline sales."""
    handed_out = {key: stands.minor for key, stands in terminal.handed_out.items()}
    if dict(terminal.receipts) != handed_out:
        yield f"T8: receipts {dict(terminal.receipts)} but approved {handed_out}"


def both_have_the_same_batch_open(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I11: the batch number moved on both sides, and once for each closed batch."""
    if host.open_batch is not None and host.open_batch != terminal.open_batch:
        yield f"I11: open batch is {terminal.open_batch} here, {host.open_batch} at the host"


def money_moved_once(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """Double entry: entries sum to zero, one capture per closed batch, nobody pays twice."""
    entries: Counter[int] = Counter()
    captured: dict[str, list[int]] = {}
    owed = 0
    for posting in host.postings:
        entries[posting.entry] += posting.minor
        # What is held is still the cardholder's.
        mine = posting.account.startswith(("cardholder:", "hold:"))
        owed -= posting.minor if mine else 0
        if posting.kind == "capture" and posting.account.startswith("clearing:"):
            captured.setdefault(posting.account.rpartition(":")[2], []).append(-posting.minor)
    yield from (f"books: entry {entry} does not sum to zero" for entry, s in entries.items() if s)
    stands = totals_of(host.approved.values()).net
    if owed != stands:
        yield f"books: cardholders paid {owed}, payments stand for {stands}"
    expected = {b: [s.totals.net] for b, s in host.batches.items() if s.closed}
    if captured != expected:
        yield f"I2: money moved {captured}, closed batches say {expected}"


def stans_are_unique(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """I8: one payment per STAN and batch."""
    doubled = [key for key, count in Counter(terminal.stans).items() if count > 1]
    yield from (f"I8: STAN {stan} of batch {batch} was used twice" for batch, stan in doubled)


def uploads_arrived(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """SC9: what the terminal counts as uploaded is at the host, item by item."""
    for batch, stan in sorted(terminal.uploaded ^ host.uploaded):
        yield f"SC9: upload of payment {stan} of batch {batch} is on one side only"


BookRule = Callable[[TerminalBooks, HostBooks], Iterator[str]]

RULES: tuple[BookRule, ...] = (
    same_payments_stand,
    nothing_is_left_undecided,
    closed_batches_agree,
    slips_tell_the_frozen_totals,
    receipts_exist_for_what_stands,
    both_have_the_same_batch_open,
    money_moved_once,
    stans_are_unique,
    uploads_arrived,
)


def audit_books(terminal: TerminalBooks, host: HostBooks) -> list[str]:
    """Return where the two sides' books break an invariant, in words."""
    return [problem for rule in RULES for problem in rule(terminal, host)]
