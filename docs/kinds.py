"""The page about the kinds of payment: what they say, where they count, what they move."""

from __future__ import annotations

from typing import Final

from acquirer_sim.ledger import Line, lines_of
from acquirer_sim.originals import TREATMENTS, Treatment
from acquirer_sim.rows import Payment, PaymentStatus
from docs.tables import code, page, table
from protocol.kinds import KINDS, PaymentKind


def payment_kinds() -> str:
    """Draw the table that both sides read, and the acquirer's beside it."""
    return page(
        "Kinds of payment",
        "protocol/kinds.py and acquirer_sim/originals.py",
        "MTI, F3 and F25 together say what a payment is; F60.1 does in `cup`. A request that "
        "stays unanswered is undone by a reversal; an advice is repeated until it is answered.",
        table(
            ("kind", "MTI", "F3", "F25", "F60.1", "counts as", "after silence"),
            [
                (
                    _name(kind),
                    code(facts.mti),
                    code(facts.processing),
                    code(facts.condition),
                    code(facts.message_type),
                    facts.side.value,
                    facts.after_silence.value,
                )
                for kind, facts in KINDS.items()
            ],
        ),
        "## What the acquirer asks of the original",
        "It is found by batch and STAN, or by its RRN. A code in `acquirer_sim/originals.py` says "
        "why not. A void and what it voids both stay in the totals; a reversed payment is in none.",
        table(
            ("kind", "speaks of a", "of this batch", "of this terminal", "its amount", "and"),
            [_asked(kind, treatment) for kind, treatment in TREATMENTS.items()],
        ),
        "## What moves",
        "Every line is two postings that sum to zero. A reversal moves the contrary; once the "
        "batch is settled, through `suspense` instead of `clearing`.",
        table(("kind", "lines"), [(_name(kind), _moves(kind)) for kind in KINDS]),
    )


def _asked(kind: PaymentKind, treatment: Treatment) -> tuple[str, ...]:
    effect = "ends it" if treatment.ends else "takes from it" if treatment.refunds else ""
    return (
        _name(kind),
        ", ".join(_name(wanted) for wanted in KINDS[kind].wants),
        "yes" if treatment.same_batch else "any",
        "yes" if treatment.same_terminal else "any of the merchant",
        _AMOUNTS[treatment.amount.__name__],
        effect,
    )


_AMOUNTS: Final = {
    "the_same": "the same, else 64",
    "within_hold": "at most what is held, else 61",
    "within_rest": "at most what is left, else 61",
    "any_amount": "its own",
}


def _name(kind: PaymentKind) -> str:
    return kind.value.replace("_", " ")


def _moves(kind: PaymentKind) -> str:
    if kind is PaymentKind.BALANCE:
        return "nothing"
    first = KINDS[kind].wants[0] if KINDS[kind].wants else None
    before = KINDS[first].wants[0] if first and KINDS[first].wants else None
    chain = {
        entry: _sample(entry, of)
        for entry, of in ((1, before), (2, first), (3, kind))
        if of is not None
    }
    return "; ".join(_line(line) for line in lines_of(chain[3], chain.get))


def _line(line: Line) -> str:
    source, target = (account.partition(":")[0] for account in line[:2])
    return f"{source} → {target}" + (" (the rest)" if line.rest else "")


def _sample(entry: int, kind: PaymentKind) -> Payment:
    """Return an approved payment of a kind; what comes later is for less."""
    minor = 400 - 100 * entry
    return Payment(
        "", "", "", "", kind, "", "", "", minor, minor, "156", "00", None, "",
        PaymentStatus.APPROVED, entry - 1, 0, 0, 0, entry, "",
    )  # fmt: skip
