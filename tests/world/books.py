"""Plain SQL over both sides' files, into the neutral facts that the auditor compares."""

from __future__ import annotations

import json
from typing import Final

from tests.world.auditor_books import (
    HostBatch,
    HostBooks,
    PaymentKey,
    Posting,
    Stands,
    TerminalBooks,
    Totals,
)
from tests.world.auditor_flows import TOLD_KINDS
from tests.world.disk import Platter

UNDECIDED: Final = (
    *("prepared", "sending", "reversal_required", "reversal_manual"),
    *("waiting", "telling"),
)


def read_host(ledger: Platter, terminal: str) -> HostBooks:
    """Return what the acquirer's ledger says about one terminal."""
    approved = {
        (batch, stan): Stands(kind, minor)
        for batch, stan, kind, minor in ledger.query(
            "SELECT batch, stan, kind, minor FROM payment"
            " WHERE terminal = ? AND status = 'approved'",
            (terminal,),
        )
    }
    batches = {
        batch: HostBatch(state in ("closed", "forced"), state != "open", Totals(*figures))
        for batch, state, *figures in ledger.query(
            "SELECT batch, state, debit_count, debit_minor, credit_count, credit_minor FROM batch"
            " WHERE terminal = ?",
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
        uploaded=frozenset(
            ledger.query("SELECT batch, stan FROM upload_item WHERE terminal = ?", (terminal,))
        ),
        links=_links_at_host(ledger, terminal),
        ended=frozenset(
            ledger.query(
                "SELECT batch, stan FROM payment WHERE terminal = ? AND ended_entry > 0",
                (terminal,),
            )
        ),
        refunded=_marked_at_host(ledger, terminal, "refunded_minor"),
        adjusted=_marked_at_host(ledger, terminal, "adjusted_minor"),
        held=_held_at_host(ledger, terminal),
    )


def _marked_at_host(ledger: Platter, terminal: str, mark: str) -> dict[PaymentKey, int]:
    rows = ledger.query(
        f"SELECT batch, stan, {mark} FROM payment WHERE terminal = ? AND {mark} <> 0", (terminal,)
    )
    return {(batch, stan): minor for batch, stan, minor in rows}


def _links_at_host(ledger: Platter, terminal: str) -> dict[PaymentKey, PaymentKey]:
    rows = ledger.query(
        "SELECT f.batch, f.stan, o.batch, o.stan FROM payment f"
        " JOIN payment o ON o.entry = f.original_entry"
        " WHERE f.terminal = ? AND f.status = 'approved'",
        (terminal,),
    )
    return {(batch, stan): (of_batch, of_stan) for batch, stan, of_batch, of_stan in rows}


def _held_at_host(ledger: Platter, terminal: str) -> dict[PaymentKey, int]:
    """Return what is left on the account of each pre-authorisation, whatever became of it."""
    rows = ledger.query(
        "SELECT p.batch, p.stan, (SELECT coalesce(sum(minor), 0) FROM posting WHERE account ="
        "  printf('hold:%s:%s:%012d', p.merchant, p.terminal, p.entry)) FROM payment p"
        " WHERE p.terminal = ? AND p.kind = 'preauthorisation'",
        (terminal,),
    )
    return {(batch, stan): minor for batch, stan, minor in rows}


def read_terminal(disk: Platter) -> TerminalBooks:
    """Return what one terminal's disk says."""
    payments = disk.query(
        "SELECT batch, stan, kind, phase, amount_minor FROM payment ORDER BY 1, 2"
    )
    settlements = disk.query("SELECT batch, stan, phase, totals FROM settlement ORDER BY 1")
    links = disk.query(
        "SELECT f.batch, f.stan, f.original_batch, f.original_stan FROM follow_up f"
        " JOIN payment p ON p.batch = f.batch AND p.stan = f.stan WHERE p.phase = 'approved'"
    )
    reversals = disk.query("SELECT batch, stan, phase FROM reversal ORDER BY 1, 2")
    receipts = disk.query("SELECT batch, stan, body FROM snapshot WHERE kind = 'receipt'")
    slips = disk.query("SELECT batch, body FROM snapshot WHERE kind = 'settlement'")
    ((terminal, batch),) = disk.query("SELECT terminal_id, batch FROM terminal")
    return TerminalBooks(
        terminal=terminal,
        approved={
            (b, s): Stands(kind, minor)
            for b, s, kind, phase, minor in payments
            if phase == "approved"
        },
        unfinished=[
            *(f"payment {s} of batch {b} ({p})" for b, s, _, p, _ in payments if p in UNDECIDED),
            *(f"reversal {s} of batch {b} ({p})" for b, s, p in reversals),
        ],
        closed={b: _frozen(totals) for b, _, phase, totals in settlements if _is_closed(phase)},
        uncertain=[
            b for b, _, phase, _ in settlements if phase != "open" and not _is_closed(phase)
        ],
        open_batch=batch,
        slips={b: _on_slip(body) for b, body in slips},
        receipts={(b, s): json.loads(body)["amount_minor"] for b, s, body in receipts},
        stans=[(b, s) for b, s, *_ in payments]
        + [(b, s) for b, s, phase, _ in settlements if phase != "open"],
        uploaded=frozenset(
            disk.query("SELECT batch, original_stan FROM upload_item WHERE taken = 1")
        ),
        links={(b, s): (of_b, of_s) for b, s, of_b, of_s in links},
        refused={
            (b, s): Stands(kind, minor)
            for b, s, kind, phase, minor in payments
            if phase == "declined" and kind in TOLD_KINDS
        },
        named={b: [en for _, en, *_ in json.loads(body)["remarks"]] for b, body in slips},
    )


def _is_closed(phase: str) -> bool:
    return phase.startswith("closed")


def _frozen(totals: str) -> Totals:
    told = json.loads(totals)
    return Totals(
        told["debit_count"], told["debit_amount"], told["credit_count"], told["credit_amount"]
    )


def _on_slip(body: str) -> Totals:
    """Add up the lines of a slip, where what gives back stands below zero."""
    told = [(row["count"], row["amount_minor"]) for row in json.loads(body)["rows"]]
    debits = [row for row in told if row[1] >= 0]
    credits = [row for row in told if row[1] < 0]
    return Totals(
        sum(count for count, _ in debits),
        sum(minor for _, minor in debits),
        sum(count for count, _ in credits),
        -sum(minor for _, minor in credits),
    )


def read_suspense(ledger: Platter) -> list[tuple[str, int]]:
    """Return every posting to a suspense account: money undone after its batch had closed."""
    rows = ledger.query("SELECT account, minor FROM posting WHERE account LIKE 'suspense:%'")
    return [(account, minor) for account, minor in rows]
