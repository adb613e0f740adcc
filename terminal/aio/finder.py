"""Finds the earlier payment that a wish speaks of, and makes the wish complete: amount and card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card
from terminal.aio.desk import Desk
from terminal.aio.rows import PAYMENT_COLUMNS, PaymentRow
from terminal.intent import Complete, Intent, Voucher
from terminal.originals import Claim, FollowUp, Original, choose, objection

FOUND_MAX: Final = 50
"""More payments than this of one number are not told apart one by one: L09 says it all."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks up originals in the journal, in open and closed batches alike."""

    desk: Desk

    async def complete(self, intent: Intent) -> tuple[Complete | None, str]:
        """Return the wish with its original, or the code that says why it may not be."""
        if intent.voucher is None:
            assert intent.amount is not None, "a payment of its own says how much"
            assert intent.card is not None, "a payment of its own has its card"
            wish = Complete(
                intent.kind, intent.amount, intent.card, tag=intent.tag, partial=intent.partial
            )
            return wish, ""
        open_batch = (await self.desk.standing()).batch
        rows = await self._rows(intent.voucher)
        found = [await self._original(row) for row in rows]
        original, code = choose(found, intent.kind, open_batch)
        if original is None:
            return None, code
        claim = self._claim(intent)
        percent = self.desk.settings.limits.completion_percent_max
        code = objection(original, claim, open_batch=open_batch, held_percent_max=percent)
        minor = claim.minor(original)
        if code or minor is None:
            return None, code or "L15"
        if intent.amount is not None and intent.amount.currency != original.currency:
            return None, "L15"
        row = rows[found.index(original)]
        card = intent.card or Card(self.desk.vault.open(row.card), None, row.entry_mode, None)
        return Complete(intent.kind, Amount(minor, original.currency), card, row.as_original), ""

    def _claim(self, intent: Intent) -> Claim:
        minor = None if intent.amount is None else intent.amount.minor
        lookup = None if intent.card is None else self.desk.vault.lookup(intent.card.pan)
        return Claim(intent.kind, minor, lookup)

    async def _rows(self, voucher: Voucher) -> list[PaymentRow]:
        name, value = ("rrn", voucher.rrn) if voucher.rrn else ("stan", voucher.stan)
        sql = (
            f"SELECT {PAYMENT_COLUMNS} FROM payment p WHERE p.{name} = ?1 AND p.{name} <> ''"
            f" AND (?2 IS NULL OR p.batch = ?2) ORDER BY p.prepared_at DESC LIMIT {FOUND_MAX}"
        )
        return [
            PaymentRow(*row) for row in await self.desk.journal.fetch(sql, (value, voucher.batch))
        ]

    async def _original(self, row: PaymentRow) -> Original:
        sql = (
            "SELECT p.kind, p.phase, p.amount_minor, EXISTS (SELECT 1 FROM follow_up g"
            "  JOIN payment v ON v.batch = g.batch AND v.stan = g.stan"
            "  WHERE g.original_batch = p.batch AND g.original_stan = p.stan"
            "  AND v.kind LIKE '%void' AND v.phase = 'approved')"
            " FROM follow_up f JOIN payment p ON p.batch = f.batch AND p.stan = f.stan"
            " WHERE f.original_batch = ? AND f.original_stan = ?"
            " AND p.phase NOT IN ('declined', 'not_sent', 'reversed')"
        )
        rows = await self.desk.journal.fetch(sql, (row.batch, row.stan))
        return Original(
            row.batch,
            row.stan,
            row.kind,
            row.phase,
            row.amount_minor,
            row.currency,
            row.card_lookup,
            tuple(_follow_up(*one) for one in rows),
        )


def _follow_up(kind: str, phase: str, amount_minor: int, voided: Any) -> FollowUp:
    return FollowUp(PaymentKind(kind), phase, amount_minor, bool(voided))
