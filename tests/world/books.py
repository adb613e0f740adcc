"""Plain SQL over both sides' files, into the neutral facts that the auditor compares."""

from __future__ import annotations

from tests.world.auditor_books import HostBatch, HostBooks, Posting, Totals
from tests.world.disk import Platter


def read_host(ledger: Platter, terminal: str) -> HostBooks:
    """Return what the acquirer's ledger says about one terminal."""
    approved = {
        (batch, stan): minor
        for batch, stan, minor in ledger.query(
            "SELECT batch, stan, minor FROM payment WHERE terminal = ? AND status = 'approved'",
            (terminal,),
        )
    }
    batches = {
        batch: HostBatch(state == "closed", state != "open", Totals(count, minor))
        for batch, state, count, minor in ledger.query(
            "SELECT batch, state, debit_count, debit_minor FROM batch WHERE terminal = ?",
            (terminal,),
        )
    }
    opened = ledger.query("SELECT open_batch FROM terminal WHERE terminal = ?", (terminal,))
    postings = [
        Posting(*row)
        for row in ledger.query(
            "SELECT entry, kind, account, minor FROM posting WHERE entry IN"
            " (SELECT entry FROM posting WHERE account LIKE 'clearing:%:' || ? || ':%')"
            " ORDER BY id",
            (terminal,),
        )
    ]
    return HostBooks(
        terminal=terminal,
        approved=approved,
        batches=batches,
        open_batch=opened[0][0] if opened else None,
        postings=postings,
    )


def read_suspense(ledger: Platter) -> list[tuple[str, int]]:
    """Return every posting to a suspense account: money undone after its batch had closed."""
    rows = ledger.query("SELECT account, minor FROM posting WHERE account LIKE 'suspense:%'")
    return [(account, minor) for account, minor in rows]
