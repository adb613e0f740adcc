"""Double entry: which accounts a payment touches, and how money reaches the merchant.

A line of an entry is a transfer: one amount, out of one account and into another. It is two
postings that sum to zero, written as one row so that nothing can ever unbalance them (the view
`posting` shows the two). No transfer is ever changed. An account's balance is what came in
less what went out; positive means that money is there, negative that it is owed from there.

    cardholder:TOKEN                     what the card has paid out, or has set aside
    hold:MERCHANT:TERMINAL:RRN           set aside by one pre-authorisation
    authorised:MERCHANT:TERMINAL:BATCH   approved in a batch that its terminal captures
    clearing:MERCHANT:TERMINAL:BATCH     captured in a batch, and not yet the merchant's
    merchant:MERCHANT                    what the merchant has been given
    fees:MERCHANT                        what the merchant has paid for its batches
    suspense:MERCHANT:TERMINAL:BATCH     moved for payments undone after that batch was settled

    sale, offline sale, adjustment       cardholder -> clearing
    refund                               clearing   -> cardholder    (of the refund's own batch)
    pre-authorisation                    cardholder -> hold
    completion                           hold       -> clearing, the rest hold -> cardholder;
                                         what goes beyond the hold: cardholder -> clearing
    any void                             the contrary of what it voids
    reversal                             the contrary of what it reverses
    late reversal (batch settled: H10)   the same, with suspense in the place of clearing
    expiry                               hold       -> cardholder
    capture                              clearing   -> merchant      (batch closes)
    fee                                  merchant   -> fees          (with the capture)

Host capture: an approval posts at once, and the one `capture` entry of a batch is the moment
its money becomes the merchant's. "Exactly once" can be read off the books: after its capture
a clearing account is zero and stays zero, because later reversals go through suspense.

Terminal capture: the same lines with `authorised` in the place of `clearing`. When the upload has
ended, what it lists goes on in one line, authorised -> clearing (collect), and what it does not
list goes back where it came from (expiry); then the batch is captured as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from acquirer_sim.rows import Batch, Capture, Payment, Transfer
from protocol.kinds import PaymentKind


class EntryKind(Enum):
    """Why a transfer was made, where it was not a payment: those say their own kind.

    REST is what a completion leaves of its hold; an entry's other lines say why it was made.
    """

    REVERSAL = "reversal"
    LATE_REVERSAL = "late_reversal"
    EXPIRY = "expiry"
    REST = "rest"
    COLLECT = "collect"
    CAPTURE = "capture"
    FEE = "fee"


class Line(NamedTuple):
    """An amount on its way from one account to another."""

    source: str
    target: str
    minor: int
    rest: bool = False


Find = Callable[[int], Payment | None]
"""Finds the payment of an entry: an original that was asked for."""

_K = PaymentKind
_PAYS: Final = frozenset({_K.SALE, _K.OFFLINE_SALE, _K.ADJUSTMENT})
_VOIDS: Final = frozenset({_K.VOID, _K.PREAUTHORISATION_VOID, _K.COMPLETION_VOID})
_SALE: Final = PaymentKind.SALE.value
_BY_HOST: Final = Capture.HOST


def cardholder(token: str) -> str:
    """Return the account of a card."""
    return f"cardholder:{token}"


def clearing(row: Payment | Batch) -> str:
    """Return the account of what a batch has authorised."""
    return f"clearing:{row.merchant}:{row.terminal}:{row.batch}"


def authorised(row: Payment | Batch) -> str:
    """Return the account of what is approved in a batch and waits for its upload."""
    return f"authorised:{row.merchant}:{row.terminal}:{row.batch}"


def hold(payment: Payment) -> str:
    """Return the account of what one pre-authorisation has set aside."""
    return f"hold:{payment.merchant}:{payment.terminal}:{payment.rrn}"


def suspense(row: Payment | Batch) -> str:
    """Return the account of what is owed for payments of a batch undone after it."""
    return f"suspense:{row.merchant}:{row.terminal}:{row.batch}"


def merchant_account(merchant: str) -> str:
    """Return the account of what a merchant has been given."""
    return f"merchant:{merchant}"


def fees(merchant: str) -> str:
    """Return the account of what a merchant has paid for its batches."""
    return f"fees:{merchant}"


def sale(payment: Payment, capture: Capture) -> Transfer:
    """Post an approved sale: `post` in short, for the kind of which there are millions."""
    taken = "clearing" if capture is _BY_HOST else "authorised"
    return Transfer(
        payment.entry,
        _SALE,
        f"cardholder:{payment.token}",
        f"{taken}:{payment.merchant}:{payment.terminal}:{payment.batch}",
        payment.minor,
        payment.currency,
        payment.at,
    )


def lines_of(payment: Payment, find: Find, capture: Capture = Capture.HOST) -> list[Line]:
    """Return what an approved payment moves; its originals must be at hand.

    `capture` is that of its batch.
    """
    card = cardholder(payment.token)
    taken = (clearing if capture is Capture.HOST else authorised)(payment)
    if payment.kind in _PAYS:
        return [Line(card, taken, payment.minor)]
    if payment.kind is PaymentKind.REFUND:
        return [Line(taken, card, payment.minor)]
    if payment.kind is PaymentKind.PREAUTHORISATION:
        return [Line(card, hold(payment), payment.minor)]
    original = find(payment.original_entry)
    assert original is not None, "asked for with the payment"
    if payment.kind in _VOIDS:
        return contrary(lines_of(original, find, capture))
    return _completion(payment, original, taken)


def _completion(payment: Payment, held: Payment, target: str) -> list[Line]:
    taken, card = min(payment.minor, held.minor), cardholder(payment.token)
    lines = [
        Line(hold(held), target, taken),
        Line(card, target, payment.minor - taken),
        Line(hold(held), card, held.minor - taken, rest=True),
    ]
    return [line for line in lines if line.minor]


def contrary(lines: list[Line]) -> list[Line]:
    """Return the same amounts, the other way."""
    return [Line(line.target, line.source, line.minor, line.rest) for line in lines]


def post(payment: Payment, lines: list[Line]) -> list[Transfer]:
    """Enter what an approved payment moves under its own number."""
    return _enter(lines, payment.entry, payment.kind.value, payment.currency, payment.at)


def reverse(payment: Payment, lines: list[Line], entry: int, at: str) -> list[Transfer]:
    """Enter the contrary of a payment whose batch is still open, or counts nothing."""
    return _enter(contrary(lines), entry, EntryKind.REVERSAL.value, payment.currency, at)


def reverse_late(payment: Payment, lines: list[Line], entry: int, at: str) -> list[Transfer]:
    """Give and take although the batch's figures are frozen."""
    instead = dict.fromkeys((clearing(payment), authorised(payment)), suspense(payment))
    moved = [
        Line(
            instead.get(line.source, line.source), instead.get(line.target, line.target), *line[2:]
        )
        for line in contrary(lines)
    ]
    return _enter(moved, entry, EntryKind.LATE_REVERSAL.value, payment.currency, at)


def expire(held: Payment, entry: int, at: str) -> Transfer:
    """Give back what a pre-authorisation set aside for too long."""
    source, target = hold(held), cardholder(held.token)
    return Transfer(entry, EntryKind.EXPIRY.value, source, target, held.minor, held.currency, at)


def spent_by(lines: list[Line]) -> int:
    """Return what lines take from the card, negative for what they give back."""
    taken = sum(line.minor for line in lines if line.source.startswith("cardholder:"))
    return taken - sum(line.minor for line in lines if line.target.startswith("cardholder:"))


def capture(batch: Batch, entry: int, at: str) -> Transfer:
    """Move what a closing batch has authorised to the merchant, also when that is nothing.

    A batch with more credits than debits takes the difference back from the merchant.
    """
    net = batch.debit_minor - batch.credit_minor
    source, target = clearing(batch), merchant_account(batch.merchant)
    if net < 0:
        source, target = target, source
    return Transfer(entry, EntryKind.CAPTURE.value, source, target, abs(net), batch.currency, at)


def collect(batch: Batch, entry: int, at: str) -> Transfer:
    """Count what the upload of a batch has listed: its figures say how much that is."""
    net = batch.debit_minor - batch.credit_minor
    source, target = authorised(batch), clearing(batch)
    if net < 0:
        source, target = target, source
    return Transfer(entry, EntryKind.COLLECT.value, source, target, abs(net), batch.currency, at)


def release(payment: Payment, lines: list[Line], entry: int, at: str) -> list[Transfer]:
    """Give back what an approved payment has moved that no upload has listed."""
    return _enter(contrary(lines), entry, EntryKind.EXPIRY.value, payment.currency, at)


def charge(batch: Batch, minor: int, entry: int, at: str) -> Transfer:
    """Take what a merchant pays for a batch; a negative amount is given back."""
    source, target = merchant_account(batch.merchant), fees(batch.merchant)
    if minor < 0:
        source, target = target, source
    return Transfer(entry, EntryKind.FEE.value, source, target, abs(minor), batch.currency, at)


def _enter(lines: list[Line], entry: int, kind: str, currency: str, at: str) -> list[Transfer]:
    return [
        Transfer(
            entry,
            EntryKind.REST.value if line.rest else kind,
            line.source,
            line.target,
            line.minor,
            currency,
            at,
        )
        for line in lines
    ]
