"""What one group of requests needs to know, and what it changes.

`Needs` names rows before anything is read. The `WorkingSet` holds what was found and takes
every change; a later request of the group sees what an earlier one did, through it alone.
When the group is decided, the changes leave it as one transaction and the set is thrown away.
Nothing here fails once it has begun to write, so a request that raises leaves no half change.
"""

from __future__ import annotations

from datetime import datetime

from acquirer_sim.rows import (
    Alert,
    Batch,
    BatchKey,
    Chip,
    Item,
    Payment,
    PaymentKey,
    Reversal,
    StoredReport,
    Terminal,
    TerminalKey,
    Transfer,
    spending_keys,
)


class Needs:
    """The keys of the rows to read for a group."""

    __slots__ = (
        "batches",
        "cards_of",
        "chips",
        "entries",
        "figures",
        "held_before",
        "items",
        "linked",
        "lists",
        "now",
        "payments",
        "plain",
        "reversals",
        "terminals",
        "tokens",
        "uploads",
    )

    def __init__(self) -> None:
        self.terminals: set[TerminalKey] = set()
        self.batches: set[BatchKey] = set()
        self.figures: set[BatchKey] = set()
        """Batches whose figures matter; a payment adds to them, and need not know them."""
        self.payments: set[PaymentKey] = set()
        self.linked: set[PaymentKey] = set()
        """Payments of which the original is wanted too, and its original, to the first."""
        self.entries: set[int] = set()
        """Payments wanted by number, as their RRN tells it, with their originals."""
        self.lists: set[BatchKey] = set()
        """Batches of which every payment is wanted, with its original."""
        self.reversals: set[PaymentKey] = set()
        self.items: set[PaymentKey] = set()
        self.chips: set[PaymentKey] = set()
        self.uploads: set[BatchKey] = set()
        """Batches of which every payment and every item is wanted."""
        self.tokens: set[str] = set()
        """Cards with a limit, whose spending is wanted."""
        self.plain = 0
        """How many requests are sales of cards without limits: who asks for nothing else moves
        on without a look at holds."""
        self.now: datetime | None = None
        """The moment of the group."""
        self.held_before = ""
        """Holds of before this moment are wanted; none if it is empty."""
        self.cards_of: set[PaymentKey] = set()
        """Payments of which the card's spending is wanted, should it have a limit."""

    @property
    def nothing(self) -> bool:
        """True when there is nothing to read: a group of plain sales, its batches at hand."""
        return not (
            self.terminals
            or self.batches
            or self.payments
            or self.linked
            or self.entries
            or self.lists
            or self.reversals
            or self.items
            or self.chips
            or self.uploads
            or self.tokens
            or self.cards_of
            or self.held_before
        )


class WorkingSet:
    """The rows of a group, found or changed; `entry` is the last journal entry number given."""

    __slots__ = (
        "alerts",
        "batches",
        "changed_batches",
        "changed_chips",
        "changed_items",
        "changed_payments",
        "changed_reversals",
        "changed_spent",
        "changed_terminals",
        "chips",
        "entry",
        "held",
        "items",
        "keys",
        "payments",
        "reports",
        "reversals",
        "spent",
        "terminals",
        "transfers",
    )

    def __init__(self, *, entry: int = 0) -> None:
        self.entry = entry
        self.terminals: dict[TerminalKey, Terminal] = {}
        self.batches: dict[BatchKey, Batch] = {}
        self.payments: dict[PaymentKey, Payment] = {}
        self.keys: dict[int, PaymentKey] = {}
        """Where payments stand that are known by number."""
        self.held: list[Payment] = []
        """Holds that nobody has completed in time."""
        self.reversals: dict[PaymentKey, Reversal] = {}
        self.items: dict[PaymentKey, Item] = {}
        self.chips: dict[PaymentKey, Chip] = {}
        self.spent: dict[str, int] = {}
        self.changed_terminals: dict[TerminalKey, Terminal] = {}
        self.changed_batches: dict[BatchKey, Batch] = {}
        self.changed_payments: dict[PaymentKey, Payment] = {}
        self.changed_reversals: dict[PaymentKey, Reversal] = {}
        self.changed_items: dict[PaymentKey, Item] = {}
        self.changed_chips: dict[PaymentKey, Chip] = {}
        self.changed_spent: dict[str, int] = {}
        self.transfers: list[Transfer] = []
        self.alerts: list[Alert] = []
        self.reports: list[StoredReport] = []

    def next_entry(self) -> int:
        """Give out the next number of the journal. Gaps may remain, repeats may not."""
        self.entry += 1
        return self.entry

    def put_terminal(self, row: Terminal) -> None:
        """Keep a new or changed terminal."""
        key = (row.terminal, row.merchant)
        self.terminals[key] = self.changed_terminals[key] = row

    def put_batch(self, row: Batch) -> None:
        """Keep a batch that begins, is settled or closes."""
        key = (row.terminal, row.merchant, row.batch)
        self.batches[key] = self.changed_batches[key] = row

    def count_batch(self, row: Batch) -> None:
        """Keep the new figures of an open batch.

        They follow from its payments, so that a store need not write them again with each.
        """
        self.batches[row.terminal, row.merchant, row.batch] = row

    def put_payment(self, row: Payment) -> None:
        """Keep a new or changed payment."""
        key = (row.terminal, row.merchant, row.batch, row.stan)
        self.payments[key] = self.changed_payments[key] = row

    def meet(self, row: Payment) -> None:
        """Know a payment by its number from now on, as it is or becomes in this group."""
        self.keys[row.entry] = row.key
        self.payments.setdefault(row.key, row)

    def numbered(self, entry: int) -> Payment | None:
        """Return the payment of an entry, None for one that was not asked for."""
        key = self.keys.get(entry)
        return self.payments[key] if key is not None else None

    def keep_held(self, found: list[Payment]) -> None:
        """Keep holds that are to be released, each as it stands in this group."""
        for row in found:
            self.held.append(self.payments.setdefault(row.key, row))

    def spenders(self, wanted: Needs) -> list[Payment]:
        """Return the payments whose cards' spending may change although nobody named the cards."""
        named = [self.payments[key] for key in wanted.cards_of if key in self.payments]
        return named + self.held

    def put_reversal(self, row: Reversal) -> None:
        """Keep a new or changed reversal."""
        key = (row.terminal, row.merchant, row.batch, row.stan)
        self.reversals[key] = self.changed_reversals[key] = row

    def put_item(self, row: Item) -> None:
        """Keep a new or changed upload item."""
        key = (row.terminal, row.merchant, row.batch, row.stan)
        self.items[key] = self.changed_items[key] = row

    def put_chip(self, row: Chip) -> None:
        """Keep new or repeated chip data."""
        key = (row.terminal, row.merchant, row.batch, row.stan)
        self.chips[key] = self.changed_chips[key] = row

    def spend(self, payment: Payment, minor: int) -> None:
        """Add to what a limited card has spent; a reversal adds a negative amount.

        It counts on the day of the payment, whenever it is undone.
        """
        spent = self.spent
        for key in spending_keys(payment):
            if key in spent:
                spent[key] = self.changed_spent[key] = spent[key] + minor

    def scratch(self) -> WorkingSet:
        """Return a set that begins like this one and whose changes go nowhere (fault H14)."""
        copied = WorkingSet(entry=self.entry)
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(copied, name, value.copy() if isinstance(value, dict | list) else value)
        return copied

    @property
    def unchanged(self) -> bool:
        """True when the group asked and changed nothing: there is nothing to commit."""
        return not (
            self.changed_payments
            or self.changed_batches
            or self.changed_reversals
            or self.changed_items
            or self.changed_chips
            or self.changed_terminals
            or self.alerts
        )
