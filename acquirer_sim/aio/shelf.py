"""Rows that nearly every group needs, kept at hand from one group to the next.

Which batch a terminal has open, how a batch stands and which STAN is its highest, and the last
journal number change only by this ledger's own commits, as long as no other connection writes to
the file; SQLite's data_version tells when one has, and then the shelf is empty again. So it is when
a commit failed or its end is not known. The rows are frozen: lending them costs nothing.

Terminals count upwards, so nearly every payment has a STAN above all others of its batch. There is
no row of it then, and nobody needs to look.
"""

from __future__ import annotations

from typing import Final

from acquirer_sim.rows import Batch, BatchKey, Terminal, TerminalKey
from acquirer_sim.working_set import Needs, WorkingSet

BATCHES_MAX: Final = 65_536
ENTRIES_AHEAD: Final = 100
"""So many journal numbers are taken from the file at once: their counter is one page of the disk
less in nearly every commit. A ledger that is opened anew leaves what was not used as a gap."""
UNKNOWN: Final = -1
NONE_YET: Final = ""
"""Below every STAN."""
ANY: Final = ":"
"""Above every STAN."""


class Shelf:
    """What is at hand. Call `arrive` first in every transaction, `keep` after its commit."""

    def __init__(self) -> None:
        self._version = UNKNOWN
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.entry = UNKNOWN
        self.reserved = UNKNOWN
        self._terminals: dict[TerminalKey, Terminal] = {}
        self._batches: dict[BatchKey, Batch] = {}
        self._highest: dict[BatchKey, str] = {}

    def arrive(self, version: int) -> None:
        """Begin a transaction that sees data_version `version`."""
        if version != self._version or len(self._highest) > BATCHES_MAX:
            self.clear()
            self._version = version

    def lend(self, wanted: Needs, rows: WorkingSet) -> None:
        """Put what is at hand into `rows`; what is missing stays in `wanted`."""
        self._lend_terminals(wanted, rows)
        self._lend_batches(wanted, rows)

    def strike_new(self, wanted: Needs) -> set[BatchKey]:
        """Take out of `wanted` the payments that cannot be there.

        Returns the batches of those left because the highest STAN of theirs is not known.
        """
        highest = self._highest
        unmeasured = set()
        left = set()
        for key in wanted.payments:
            known = highest.get(key[:3])
            if known is None:
                unmeasured.add(key[:3])
                left.add(key)
            elif key[3] <= known:
                left.add(key)
        wanted.payments = left
        return unmeasured

    def measure(self, key: BatchKey, highest: str | None) -> None:
        """Learn the highest STAN of a batch's payments, None when it has none."""
        self._highest[key] = highest or NONE_YET

    def reserve(self, entry: int) -> int | None:
        """Return what the file's counter must say before `entry` is used; None if it is enough.

        When the transaction fails, `clear`: the counter then says what it said before.
        """
        if entry <= self.reserved:
            return None
        # Whole hundreds: the same numbers ask for the same counter, however they are grouped.
        self.reserved = -(-entry // ENTRIES_AHEAD) * ENTRIES_AHEAD
        return self.reserved

    def keep(self, rows: WorkingSet) -> None:
        """Take what a group saw and changed, now that it is committed."""
        self.entry = rows.entry
        self._terminals.update(rows.terminals)
        self._batches.update(rows.batches)
        highest = self._highest
        for key in rows.changed_payments:
            if key[3] > highest.get(key[:3], ANY):
                highest[key[:3]] = key[3]

    def _lend_terminals(self, wanted: Needs, rows: WorkingSet) -> None:
        missing = set()
        for key in wanted.terminals:
            found = self._terminals.get(key)
            if found is None:
                missing.add(key)
            else:
                rows.terminals[key] = found
        wanted.terminals = missing

    def _lend_batches(self, wanted: Needs, rows: WorkingSet) -> None:
        missing = set()
        for key in wanted.batches:
            found = self._batches.get(key)
            if found is None:
                missing.add(key)
            else:
                rows.batches[key] = found
        wanted.batches = missing
