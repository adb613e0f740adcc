"""The terminal's books: what the journal's tables say, as the machines' states. Reads only."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import (
    Card,
    PaymentRequest,
    ReconciliationResult,
    Settlement,
    SettlementReply,
    Stamp,
    Totals,
)
from protocol.operations import Reversal as ReversalRequest
from terminal.aio.journal import Journal
from terminal.aio.rows import (
    ADVICE_KINDS,
    JOIN_ORIGINAL,
    ORIGINAL_COLUMNS,
    PAYMENT_COLUMNS,
    PaymentRow,
    split,
)
from terminal.aio.upload_plan import COUNTED_KINDS, UploadPlans, Wanted
from terminal.attempt import (
    CLOSED,
    Attempt,
    SettlementPhase,
    Upload,
    UploadPlanned,
)
from terminal.configuration import ReversalForm, Settings
from terminal.documents import Remark
from terminal.errors import JournalError
from terminal.labels import PAYMENTS
from terminal.numbers import next_number
from terminal.payment import Payment, PaymentPhase
from terminal.responses import response
from terminal.reversal import Reversal, ReversalPhase
from terminal.totals import Item, hash_items
from terminal.vault import Vault
from terminal.wishes import NOTHING

OCCUPYING: Final = (
    "('approved', 'sending', 'reversal_required', 'reversal_manual', 'waiting', 'telling')"
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the terminal stands: what decides whether an operation may begin."""

    signed_on: bool
    stan: str
    batch: str
    host_batch: str
    key_check: str
    terminal_id: str
    merchant_id: str
    unsettled: int
    reversals_open: int
    reversals_manual: int
    unfinished: int
    advices: int
    recovered: int
    settlement: str


class Books:
    """Reads one terminal's journal."""

    def __init__(self, journal: Journal, vault: Vault, settings: Settings) -> None:
        self._journal = journal
        self._vault = vault
        self._settings = settings
        self.uploads = UploadPlans(journal, vault, settings)

    async def standing(self) -> Standing | None:
        """Return where the terminal stands; None before its first entry."""
        sql = (
            "SELECT t.signed_on, t.stan, t.batch, t.host_batch, t.key_check,"
            " t.terminal_id, t.merchant_id,"
            " (SELECT count(*) FROM payment p WHERE p.batch = t.batch"
            f"   AND p.phase IN {OCCUPYING} AND p.kind IN {COUNTED_KINDS}),"
            " (SELECT count(*) FROM reversal WHERE phase IN ('pending', 'in_flight')),"
            " (SELECT count(*) FROM reversal WHERE phase = 'manual'),"
            " (SELECT count(*) FROM payment WHERE phase IN ('prepared', 'sending')),"
            " (SELECT count(*) FROM advice),"
            " (SELECT count(*) FROM recovered r WHERE r.batch = t.batch),"
            " coalesce((SELECT phase FROM settlement s WHERE s.batch = t.batch), 'open')"
            " FROM terminal t"
        )
        rows = await self._journal.fetch(sql)
        if not rows:
            return None
        signed_on, *rest = rows[0]
        names = Standing.__struct_fields__[1:]
        return Standing(signed_on=bool(signed_on), **dict(zip(names, rest, strict=True)))

    async def host_wish(self) -> str:
        """Return what the host wishes in its header, 0 for nothing."""
        rows = await self._journal.fetch("SELECT wish FROM host_wish")
        return str(rows[0][0]) if rows else NOTHING

    async def next_stan(self, *, after: str, batch: str) -> str:
        """Return the next number that nothing in the batch uses (I8)."""
        sql = (
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM payment WHERE batch = ?1 AND stan = ?2)"
            " OR EXISTS (SELECT 1 FROM settlement WHERE batch = ?1 AND stan = ?2)"
            " OR EXISTS (SELECT 1 FROM upload_item WHERE batch = ?1 AND stan = ?2)"
            " OR EXISTS (SELECT 1 FROM recovered WHERE batch = ?1 AND stan = ?2)"
        )
        taken: set[str] = set()
        while True:
            stan = next_number(after, taken)
            if not await self._journal.fetch(sql, (batch, stan)):
                return stan
            taken.add(stan)

    async def unfinished_payments(self) -> list[Payment]:
        """Return payments that a crash or a cancellation left PREPARED or SENDING."""
        sql = (
            f"SELECT {PAYMENT_COLUMNS} FROM payment p WHERE p.phase IN ('prepared', 'sending')"
            " ORDER BY p.batch, p.stan"
        )
        rows = [PaymentRow(*row) for row in await self._journal.fetch(sql)]
        return [self._payment(row) for row in rows]

    def _payment(self, row: PaymentRow) -> Payment:
        card = Card(self._vault.open(row.card), None, row.entry_mode, None)
        purchase = PaymentRequest(
            origin=row.origin,
            stan=row.stan,
            stamp=row.stamp,
            batch=row.batch,
            amount=Amount(row.amount_minor, row.currency),
            card=card,
            kind=row.kind,
        )
        return Payment(
            PaymentPhase(row.phase),
            purchase,
            row.card,
            row.operator,
            self._settings.timing.reply_timeout_s,
        )

    async def reversals(self) -> list[Reversal]:
        """Return what is to be undone, oldest first; MANUAL ones too."""
        sql = (
            f"SELECT r.phase, r.reason, r.tries, r.sends, {PAYMENT_COLUMNS}, {ORIGINAL_COLUMNS}"
            " FROM reversal r JOIN payment p ON p.batch = r.batch AND p.stan = r.stan"
            f"{JOIN_ORIGINAL} WHERE r.phase <> 'armed' ORDER BY r.armed_at, r.batch, r.stan"
        )
        return [self._reversal(row) for row in await self._journal.fetch(sql)]

    def _reversal(self, row: tuple[Any, ...]) -> Reversal:
        phase, reason, tries, sends, *columns = row
        payment, earlier = split(columns)
        request = ReversalRequest(
            origin=payment.origin,
            stan=payment.stan,
            stamp=payment.stamp,
            batch=payment.batch,
            amount=Amount(payment.amount_minor, payment.currency),
            pan=self._vault.open(payment.card),
            original=payment.reference,
            kind=payment.kind,
            entry_mode=payment.entry_mode,
            authorisation=None if earlier is None else earlier.authorisation or None,
            reason=reason,
            advice=self._settings.reversal_form is ReversalForm.ADVICE,
            earlier=None if earlier is None else earlier.as_original,
        )
        limits, timing = self._settings.limits, self._settings.timing
        return Reversal(
            ReversalPhase(phase),
            request,
            tries,
            sends,
            limits.reversal_tries_max,
            timing.reversal_timeout_s,
        )

    async def items(self, batch: str) -> list[Item]:
        """Return the approved payments of a batch that count in its totals, by STAN."""
        sql = (
            "SELECT stan, kind, amount_minor, rrn FROM payment"
            f" WHERE batch = ? AND phase = 'approved' AND kind IN {COUNTED_KINDS} ORDER BY stan"
        )
        rows = await self._journal.fetch(sql, (batch,))
        return [Item(stan=r[0], kind=r[1], amount_minor=r[2], rrn=r[3]) for r in rows]

    async def refused_advices(self, batch: str) -> list[Remark]:
        """Return the advices that the host did not take, as the slip names them."""
        sql = (
            "SELECT stan, kind, code FROM payment"
            f" WHERE batch = ? AND phase = 'declined' AND kind IN {ADVICE_KINDS} ORDER BY stan"
        )
        rows = await self._journal.fetch(sql, (batch,))
        refused = []
        for stan, kind, code in rows:
            words, meaning = PAYMENTS[PaymentKind(kind)], response(code)
            zh, en = f"{words.zh} {code} {meaning.zh}", f"{words.en} {code} {meaning.en}"
            refused.append(Remark(f"{stan} {zh}", f"{stan} {en}"))
        return refused

    async def foreign_items(self, batch: str) -> list[Item]:
        """Return those of them that stand on the foreign side of the totals."""
        if not self._settings.foreign_cards:
            return []
        rows = await self._journal.fetch(
            "SELECT stan, card_masked FROM payment WHERE batch = ?", (batch,)
        )
        foreign = {stan for stan, masked in rows if self._settings.is_foreign(masked)}
        return [item for item in await self.items(batch) if item.stan in foreign]

    async def attempt(self) -> Attempt | None:
        """Return the settlement of the open batch, if one has begun."""
        sql = (
            "SELECT s.batch, s.phase, s.stan, s.transmission, s.time, s.date, s.settlement_date,"
            " s.currency, s.totals, s.items_hash, s.sends, f.totals FROM settlement s"
            " JOIN terminal t ON t.batch = s.batch"
            " LEFT JOIN settlement_foreign f ON f.batch = s.batch"
        )
        rows = await self._journal.fetch(sql)
        if not rows:
            return None
        batch, phase, stan, transmission, time, date, settled, currency, totals, *rest = rows[0]
        items, sends, foreign = rest
        request = Settlement(
            origin=self._settings.origin,
            stan=stan,
            stamp=Stamp(transmission, time, date),
            batch=batch,
            totals=msgspec.json.decode(totals, type=Totals),
            settlement_date=settled,
            currency=currency,
            foreign=msgspec.json.decode(foreign, type=Totals) if foreign else Totals(),
        )
        assert SettlementPhase(phase) not in CLOSED, "a closed batch is not the open one"
        return Attempt(
            SettlementPhase(phase),
            request,
            items,
            await self.next_batch(batch),
            self._settings.timing.settlement_timeout_s,
            sends,
            await self.uploads.found(batch),
        )

    async def next_batch(self, batch: str) -> str:
        """Return the number of the batch after this one; none that the archive holds."""
        taken = {batch}
        while True:
            number = next_number(batch, taken)
            if not await self._journal.fetch("SELECT 1 FROM batch WHERE batch = ?", (number,)):
                return number
            taken.add(number)

    async def answer(self, attempt: Attempt) -> SettlementReply:
        """Return what the host said to a settlement, as the journal keeps it."""
        sql = (
            "SELECT s.code, s.result, s.host_totals, s.host_settlement_date, f.host_totals"
            " FROM settlement s LEFT JOIN settlement_foreign f ON f.batch = s.batch"
            " WHERE s.batch = ?"
        )
        row = (await self._journal.fetch(sql, (attempt.batch,)))[0]
        code, result, totals, date, foreign = row
        return SettlementReply(
            origin=attempt.request.origin,
            stan=attempt.request.stan,
            stamp=attempt.request.stamp,
            code=code,
            result=ReconciliationResult(result),
            batch=attempt.batch,
            totals=msgspec.json.decode(totals, type=Totals) if totals else None,
            settlement_date=date or None,
            foreign=msgspec.json.decode(foreign, type=Totals) if foreign else None,
        )

    async def plan_upload(
        self, attempt: Attempt, stamp: Stamp, wanted: Wanted, *, last_stan: str
    ) -> tuple[UploadPlanned, Upload]:
        """Return the plan of a batch's upload, with a number for each message, and its work."""
        batch = attempt.batch
        items = await self.items(batch)
        if hash_items(items) != attempt.items_hash:
            raise JournalError("L42", f"batch {batch} is not what its settlement froze")
        stans, needed = [last_stan], len(items) + len(await self.uploads.chips(batch)) + 1
        while len(stans) <= needed:
            stans.append(await self.next_stan(after=stans[-1], batch=batch))
        return await self.uploads.make(batch, stamp, stans[1:], wanted)
