"""Takes payments: the checks before a STAN is used up, then the payment machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Operation, PaymentReply
from terminal.aio.cancelling import Cancelling
from terminal.aio.desk import Desk
from terminal.aio.performer import Machine
from terminal.configuration import ReversalExhausted
from terminal.exchange import contradiction, is_part
from terminal.intent import Complete, Partial
from terminal.machine import Event, Mismatched, PowerOn
from terminal.papers import receipt_papers
from terminal.payment import Begin, Payment, PaymentPhase, judge, step
from terminal.responses import Action, response
from terminal.storage import nearly_full, refusal
from terminal.vault import NONCE_BYTES

SETTLEMENT_BLOCKS: Final = {
    "prepared": "L03",
    "sending": "L03",
    "repeating": "L03",
    "uncertain": "L03",
    "disputed": "L03",
    "uploading": "L04",
}
"""While a settlement is open nothing is sold (I9)."""


Ask = Callable[[Amount, Amount], Awaitable[bool]]
"""Asks the operator whether the second amount may stand for the first, which was wanted."""


@dataclass(frozen=True, slots=True)
class Cashier:
    """Runs the payment machine for one payment after the other."""

    desk: Desk
    ask: Ask
    cancelling: Cancelling

    async def closed(self, kind: PaymentKind) -> str:
        """Return the L-code that forbids any payment of this kind now, "" when it may begin (T1).

        Nothing has been written or sent, and no STAN is used up.
        """
        settings, standing = self.desk.settings, await self.desk.standing()
        if standing.settlement in SETTLEMENT_BLOCKS:
            return SETTLEMENT_BLOCKS[standing.settlement]
        blocking = settings.reversal_exhausted is ReversalExhausted.BLOCK
        if kind is not PaymentKind.OFFLINE_SALE:
            if standing.unfinished or standing.reversals_open:
                return "L05"
            if standing.reversals_manual and blocking:
                return "L48"
        return ""

    def unfit(self, wish: Complete) -> str:
        """Return the L-code that forbids this amount or card, or ""."""
        settings, limits, amount = self.desk.settings, self.desk.settings.limits, wish.amount
        if not settings.accepts(wish.card.pan.reveal()):
            return "L14"
        offline = wish.kind is PaymentKind.OFFLINE_SALE
        minor_max = limits.offline_minor_max if offline else limits.amount_minor_max
        fits = 1 <= amount.minor <= minor_max and amount.currency == settings.currency
        return "" if fits else "L15"

    async def full(self, wish: Complete, warn: Callable[[str], None]) -> str:
        """Return the L-code for which there is no room for a payment, "" when there is (T1).

        `warn` is told which gauge it would bring near its stop.
        """
        gauges = await self.desk.gauges()
        code = refusal(gauges, wish.kind, wish.amount.minor)
        near = nearly_full(gauges, wish.kind, wish.amount.minor)
        if near and not code:
            warn(near)
        return code

    async def pay(self, wish: Complete) -> tuple[Payment, PaymentReply | None]:
        """Run one payment to rest; return it with the host's reply, if a valid one came."""
        desk, heard = self.desk, _Heard()
        purchase = await desk.request_for(wish)
        sealed = desk.vault.seal(wish.card.pan, desk.random_bytes(NONCE_BYTES))
        payment = Payment(
            PaymentPhase.CREATED,
            purchase,
            sealed,
            desk.settings.operator,
            desk.settings.timing.reply_timeout_s,
            wish.tag,
        )

        async def judge_and_hear(state: Payment, reply: Operation) -> Event:
            event = await self._judge(state, reply, wish.partial)
            heard.reply = reply if isinstance(reply, PaymentReply) else None
            return event

        rested = await desk.performer.run(
            Machine("payment", step, judge_and_hear, self.cancelling.close), payment, Begin()
        )
        return rested, heard.reply

    async def finish(self) -> None:
        """Finish what a crash or a cancellation left: never sent, or to be undone."""
        machine = Machine("payment", step, self._judge)
        for payment in await self.desk.books.unfinished_payments():
            await self.desk.performer.run(machine, payment, PowerOn())

    async def _judge(
        self, payment: Payment, reply: Operation, partial: Partial = Partial.UNDO
    ) -> Event:
        if not isinstance(reply, PaymentReply):
            return Mismatched("the reply is of another kind")
        take_part = await self._takes_part(payment, reply, partial)
        if not (response(reply.code).success or take_part):
            return judge(payment, reply, ())
        papers = receipt_papers(
            payment,
            reply,
            settings=self.desk.settings,
            at=self.desk.local_now(),
            head=await self.desk.archive.chain_head(),
            tag=payment.tag,
        )
        return judge(payment, reply, papers, take_part=take_part)

    async def _takes_part(self, payment: Payment, reply: PaymentReply, partial: Partial) -> bool:
        """Ask, if that is to be asked. The reversal is on disk meanwhile: power may fail here."""
        asked = payment.purchase
        in_part = response(reply.code).action is Action.UNDO and is_part(asked, reply)
        if not in_part or contradiction(asked, reply) or reply.amount is None:
            return False
        match partial:
            case Partial.ASK:
                return await self.ask(asked.amount, reply.amount)
            case Partial.ACCEPT:
                return True
            case Partial.UNDO:
                return False


@dataclass(slots=True)
class _Heard:
    """The reply that decided, for the result."""

    reply: PaymentReply | None = None
