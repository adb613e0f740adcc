"""Tells the host what has happened: every advice, in order, oldest first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card, Operation, PaymentReply, PaymentRequest
from terminal.advice import Advice, AdvicePhase, Attempt, Queue, judge, step
from terminal.aio.desk import Desk
from terminal.aio.performer import Machine
from terminal.aio.rows import (
    JOIN_ORIGINAL,
    ORIGINAL_COLUMNS,
    PAYMENT_COLUMNS,
    PaymentRow,
    split,
)
from terminal.facts import Fact
from terminal.intent import Complete
from terminal.machine import Event, Mismatched, PowerOn
from terminal.papers import receipt_papers, refusal_papers
from terminal.responses import Action, response
from terminal.standing import SignOnNeeded
from terminal.vault import NONCE_BYTES

BACKOFF_DOUBLINGS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Teller:
    """Runs the advice machine over what the books say is still to be told."""

    desk: Desk

    async def queue(self, wish: Complete) -> Advice:
        """Put on disk that something has happened; an offline sale gets its receipt at once."""
        desk = self.desk
        request = await desk.request_for(wish)
        advice = Advice(
            AdvicePhase.CREATED,
            request,
            desk.vault.seal(wish.card.pan, desk.random_bytes(NONCE_BYTES)),
            desk.settings.operator,
            desk.settings.timing.reply_timeout_s,
        )
        offline = request.kind is PaymentKind.OFFLINE_SALE
        papers = await self._receipt(advice, None) if offline else ()
        return await desk.performer.run(self._machine(), advice, Queue(papers))

    async def flush(self, *, tries_max: int) -> None:
        """Tell what waits, each up to `tries_max` times now; the first one unanswered ends it.

        They are told in the order in which they happened: an adjustment never before its sale.
        """
        for found in await self._waiting():
            advice = await self.desk.performer.run(self._machine(), found, PowerOn())
            if not await self._tell(advice, tries_max):
                return

    async def _tell(self, advice: Advice, tries_max: int) -> bool:
        for number in range(tries_max):
            if number:
                await asyncio.sleep(self._pause_s(number))
            sends = advice.sends
            advice = await self.desk.performer.run(self._machine(), advice, Attempt())
            if advice.phase is not AdvicePhase.WAITING:
                if response(advice.answer).action in (Action.SIGN_ON, Action.STOP):
                    await self.desk.journal.commit((SignOnNeeded(cause=advice.answer),))
                return True
            if advice.sends == sends:
                # There is no connection: the others would fare no better.
                return False
        return False

    def _pause_s(self, number: int) -> float:
        first_s = self.desk.settings.timing.advice_backoff_s
        return float(first_s * 2 ** min(number - 1, BACKOFF_DOUBLINGS_MAX))

    async def _waiting(self) -> list[Advice]:
        """Return every advice that is not answered, oldest first."""
        sql = (
            f"SELECT a.sends, {PAYMENT_COLUMNS}, {ORIGINAL_COLUMNS} FROM advice a"
            " JOIN payment p ON p.batch = a.batch AND p.stan = a.stan"
            f"{JOIN_ORIGINAL} ORDER BY a.number"
        )
        rows = await self.desk.journal.fetch(sql)
        return [self._advice(sends, *split(columns)) for sends, *columns in rows]

    def _advice(self, sends: int, row: PaymentRow, original: PaymentRow | None) -> Advice:
        request = PaymentRequest(
            origin=row.origin,
            stan=row.stan,
            stamp=row.stamp,
            batch=row.batch,
            amount=Amount(row.amount_minor, row.currency),
            card=Card(self.desk.vault.open(row.card), None, row.entry_mode, None),
            kind=row.kind,
            original=None if original is None else original.as_original,
        )
        timeout_s = self.desk.settings.timing.reply_timeout_s
        return Advice(AdvicePhase(row.phase), request, row.card, row.operator, timeout_s, sends)

    def _machine(self) -> Machine[Advice]:
        return Machine("advice", step, self._judge)

    async def _judge(self, advice: Advice, reply: Operation) -> Event:
        if not isinstance(reply, PaymentReply):
            return Mismatched("the reply is of another kind")
        return judge(advice, reply, await self._papers(advice, reply))

    async def _papers(self, advice: Advice, reply: PaymentReply) -> tuple[Fact, ...]:
        if not response(reply.code).success:
            return refusal_papers(
                advice,
                reply.code,
                settings=self.desk.settings,
                at=self.desk.local_now(),
                head=await self.desk.archive.chain_head(),
            )
        # The receipt of an offline sale was handed out when it happened.
        offline = advice.purchase.kind is PaymentKind.OFFLINE_SALE
        return () if offline else await self._receipt(advice, reply)

    async def _receipt(self, advice: Advice, reply: PaymentReply | None) -> tuple[Fact, ...]:
        return receipt_papers(
            advice,
            reply,
            settings=self.desk.settings,
            at=self.desk.local_now(),
            head=await self.desk.archive.chain_head(),
        )
