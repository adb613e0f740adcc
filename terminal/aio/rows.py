"""A payment as the journal's table holds it, and the words by which the host knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from protocol.kinds import KINDS, PaymentKind
from protocol.operations import Origin, OriginalPayment, OriginalReference, Stamp
from terminal.facts import SealedCard

PAYMENT_COLUMNS: Final = (
    "p.batch, p.stan, p.phase, p.amount_minor, p.currency, p.card_sealed, p.card_lookup,"
    " p.card_masked, p.entry_mode, p.kind, p.transmission, p.time, p.date, p.operator,"
    " p.rrn, p.authorisation, p.terminal_id, p.merchant_id"
)


ADVICE_KINDS: Final = f"({', '.join(repr(k.value) for k, row in KINDS.items() if row.is_advice)})"
"""Kinds that are told and never asked, as SQL writes a list."""

ORIGINAL_COLUMNS: Final = PAYMENT_COLUMNS.replace("p.", "o.")
JOIN_ORIGINAL: Final = (
    " LEFT JOIN follow_up f ON f.batch = p.batch AND f.stan = p.stan"
    " LEFT JOIN payment o ON o.batch = f.original_batch AND o.stan = f.original_stan"
)
"""The earlier payment that one speaks of, beside it; every column NULL where there is none."""


def split(columns: Sequence[Any]) -> tuple[PaymentRow, PaymentRow | None]:
    """Return a payment and the one it speaks of, read as both lists of columns."""
    half = len(PaymentRow.__struct_fields__)
    earlier = columns[half:]
    return PaymentRow(*columns[:half]), None if earlier[0] is None else PaymentRow(*earlier)


class PaymentRow(msgspec.Struct, frozen=True):
    """A payment as the table holds it; `PAYMENT_COLUMNS` in order."""

    batch: str
    stan: str
    phase: str
    amount_minor: int
    currency: str
    card_sealed: bytes
    card_lookup: str
    card_masked: str
    entry_mode: str
    kind_name: str
    transmission: str
    time: str
    date: str
    operator: str
    rrn: str
    authorisation: str
    terminal_id: str
    merchant_id: str

    @property
    def kind(self) -> PaymentKind:
        """Return what kind of payment it is."""
        return PaymentKind(self.kind_name)

    @property
    def card(self) -> SealedCard:
        """Return the card as it is stored."""
        return SealedCard(sealed=self.card_sealed, lookup=self.card_lookup, masked=self.card_masked)

    @property
    def stamp(self) -> Stamp:
        """Return when it was asked."""
        return Stamp(self.transmission, self.time, self.date)

    @property
    def origin(self) -> Origin:
        """Return who asked: the identity of its own day, whatever the settings say now."""
        return Origin(self.terminal_id, self.merchant_id)

    @property
    def reference(self) -> OriginalReference:
        """Return the words of a reversal or an upload item (F90)."""
        return OriginalReference(KINDS[self.kind].mti, self.stan, self.transmission)

    @property
    def as_original(self) -> OriginalPayment:
        """Return the words of a void, a refund, a completion (F90, F61, F37, F38)."""
        return OriginalPayment(
            mti=KINDS[self.kind].mti,
            stan=self.stan,
            transmission=self.transmission,
            batch=self.batch,
            rrn=self.rrn or None,
            authorisation=self.authorisation or None,
            date=self.date,
        )
