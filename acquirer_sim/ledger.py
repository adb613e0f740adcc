"""Double entry: which accounts a payment touches, and how money reaches the merchant.

A line of an entry is a transfer: one amount, out of one account and into another. It is two
postings that sum to zero, written as one row so that nothing can ever unbalance them (the view
`posting` shows the two). No transfer is ever changed. An account's balance is what came in
less what went out; positive means that money is there, negative that it is owed from there.

    cardholder:TOKEN                     what the card has paid out (never above zero)
    clearing:MERCHANT:TERMINAL:BATCH     authorised in a batch, and not yet the merchant's
    merchant:MERCHANT                    what the merchant has been given
    suspense:MERCHANT:TERMINAL:BATCH     given back to cardholders after that batch was settled

    purchase     cardholder -> clearing
    reversal     clearing   -> cardholder      (batch open)
    adjustment   suspense   -> cardholder      (batch settled: H10)
    capture      clearing   -> merchant        (batch closes)

Host capture: an approval posts at once, and the one `capture` entry of a batch is the moment
its money becomes the merchant's. "Exactly once" can be read off the books: after its capture
a clearing account is zero and stays zero, because later reversals go through suspense.
"""

from __future__ import annotations

from enum import Enum

from acquirer_sim.rows import Batch, Payment, Transfer


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


def clearing(row: Payment | Batch) -> str:
    """Return the account of what a batch has authorised."""
    return f"clearing:{row.merchant}:{row.terminal}:{row.batch}"


def suspense(row: Payment | Batch) -> str:
    """Return the account of what is owed for payments of a batch undone after it."""
    return f"suspense:{row.merchant}:{row.terminal}:{row.batch}"


def merchant_account(merchant: str) -> str:
    """Return the account of what a merchant has been given."""
    return f"merchant:{merchant}"


def purchase(payment: Payment) -> Transfer:
    """Post an approved purchase."""
    return Transfer(
        payment.entry,
        PURCHASE,
        f"cardholder:{payment.token}",
        f"clearing:{payment.merchant}:{payment.terminal}:{payment.batch}",
        payment.minor,
        payment.currency,
        payment.at,
    )


def reversal(payment: Payment, entry: int, at: str) -> Transfer:
    """Post the contrary of a purchase whose batch is still open."""
    return _give_back(entry, EntryKind.REVERSAL, clearing(payment), payment, at)


def adjustment(payment: Payment, entry: int, at: str) -> Transfer:
    """Give the money back although the batch's figures are frozen."""
    return _give_back(entry, EntryKind.ADJUSTMENT, suspense(payment), payment, at)


def capture(batch: Batch, entry: int, at: str) -> Transfer:
    """Move what a closing batch has authorised to the merchant, also when that is nothing.

    A batch with more credits than debits takes the difference back from the merchant.
    """
    net = batch.debit_minor - batch.credit_minor
    source, target = clearing(batch), merchant_account(batch.merchant)
    if net < 0:
        source, target = target, source
    return Transfer(entry, EntryKind.CAPTURE.value, source, target, abs(net), batch.currency, at)


def _give_back(entry: int, kind: EntryKind, source: str, payment: Payment, at: str) -> Transfer:
    target = cardholder(payment.token)
    return Transfer(entry, kind.value, source, target, payment.minor, payment.currency, at)
