"""Double entry: which accounts a payment touches, and how money reaches the merchant.

Every entry is a few postings that sum to zero, and no posting is ever changed. An account's
balance is the sum of its postings; positive means that money is there, negative that it is
owed from there.

    cardholder:TOKEN           what the card has paid out (never above zero)
    clearing:TERMINAL:BATCH    authorised and not yet the merchant's, one account per batch
    merchant:MERCHANT          what the merchant has been given
    suspense:MERCHANT          what was given back to a cardholder after the batch had closed

    purchase     cardholder - amount     clearing + amount
    reversal     cardholder + amount     clearing - amount       (batch open)
    adjustment   cardholder + amount     suspense - amount       (batch reconciled: H10)
    capture      clearing   - net        merchant + net          (batch closes)

Host capture: an approval posts at once, and the one `capture` entry of a batch is the moment
its money becomes the merchant's. "Exactly once" can be read off the books: after its capture
a clearing account is zero and stays zero, because later reversals go through suspense.
"""

from __future__ import annotations

from enum import Enum

from acquirer_sim.rows import Batch, Payment, Posting


class EntryKind(Enum):
    """Why an entry was made."""

    PURCHASE = "purchase"
    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    CAPTURE = "capture"


PURCHASE = EntryKind.PURCHASE.value


def cardholder(token: str) -> str:
    """Return the account of a card."""
    return f"cardholder:{token}"


def clearing(terminal: str, merchant: str, batch: str) -> str:
    """Return the account of what a batch has authorised. A merchant's terminals are apart."""
    return f"clearing:{merchant}:{terminal}:{batch}"


def merchant_account(merchant: str) -> str:
    """Return the account of what a merchant has been given."""
    return f"merchant:{merchant}"


def suspense(merchant: str) -> str:
    """Return the account of what the merchant owes for payments undone after their batch."""
    return f"suspense:{merchant}"


def purchase(payment: Payment) -> tuple[Posting, Posting]:
    """Post an approved purchase."""
    entry, minor, currency, at = payment.entry, payment.minor, payment.currency, payment.at
    account = f"clearing:{payment.merchant}:{payment.terminal}:{payment.batch}"
    return (
        Posting(entry, PURCHASE, f"cardholder:{payment.token}", -minor, currency, at),
        Posting(entry, PURCHASE, account, minor, currency, at),
    )


def reversal(payment: Payment, entry: int, at: str) -> tuple[Posting, ...]:
    """Post the contrary of a purchase whose batch is still open."""
    source = clearing(payment.terminal, payment.merchant, payment.batch)
    return _move(entry, EntryKind.REVERSAL, source, cardholder(payment.token), payment, at)


def adjustment(payment: Payment, entry: int, at: str) -> tuple[Posting, ...]:
    """Give the money back although the batch's figures are frozen."""
    source = suspense(payment.merchant)
    return _move(entry, EntryKind.ADJUSTMENT, source, cardholder(payment.token), payment, at)


def capture(batch: Batch, entry: int, at: str) -> tuple[Posting, ...]:
    """Move what a closing batch has authorised to the merchant, even when that is zero."""
    net = batch.debit_minor - batch.credit_minor
    source = clearing(batch.terminal, batch.merchant, batch.batch)
    kind = EntryKind.CAPTURE.value
    return (
        Posting(entry, kind, source, -net, batch.currency, at),
        Posting(entry, kind, merchant_account(batch.merchant), net, batch.currency, at),
    )


def _move(
    entry: int, kind: EntryKind, source: str, target: str, payment: Payment, at: str
) -> tuple[Posting, ...]:
    minor, currency = payment.minor, payment.currency
    return (
        Posting(entry, kind.value, source, -minor, currency, at),
        Posting(entry, kind.value, target, minor, currency, at),
    )
