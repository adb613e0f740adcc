"""The counter: one wish after the other becomes a payment, or the code that refuses it.

what is still to undo  ->  may this kind be paid now  ->  the original and its rules
->  amount and card  ->  sign-on  ->  the machine of its kind  ->  what the books say
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.amount import Amount
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import PaymentRequest
from terminal.aio.cashier import Cashier
from terminal.aio.desk import NO_PAYMENTS, Desk
from terminal.aio.finder import Finder
from terminal.aio.greeter import Greeter
from terminal.aio.reports import payment_of
from terminal.aio.reverser import Reverser
from terminal.aio.teller import Teller
from terminal.effects import CrashPoint, Notice
from terminal.intent import Complete, Intent
from terminal.notices import told
from terminal.outcomes import payment_refused, payment_result
from terminal.payment import CANCELLED, PaymentPhase
from terminal.responses import Action, response
from terminal.results import PaymentResult
from terminal.standing import SignOnNeeded


@dataclass(frozen=True, slots=True)
class Counter:
    """Takes wishes in turn. `tell` shows notices, `reached` hears of crash points."""

    desk: Desk
    cashier: Cashier
    greeter: Greeter
    reverser: Reverser
    teller: Teller
    finder: Finder
    tell: Callable[[Notice], None]
    reached: Callable[[CrashPoint], None]

    async def serve(self, intent: Intent) -> PaymentResult:
        """Make a payment of a wish. The result says "approved" only when it is on our books."""
        if not self.desk.has_payments:
            return self._refuse(NO_PAYMENTS, intent)
        if intent.kind is not PaymentKind.OFFLINE_SALE:
            await self.reverser.flush(tries_max=self.desk.settings.limits.reversal_tries_max)
        wish, code = await self._ready(intent)
        if wish is None:
            return self._refuse(code, intent)
        told_only = KINDS[wish.kind].is_advice
        if self.cashier.cancelling.close() if told_only else self.cashier.cancelling.wanted:
            return self._refuse(CANCELLED, intent)
        self.reached(CrashPoint.T1)
        return await (self._tell(wish) if told_only else self._ask(wish))

    async def _ready(self, intent: Intent) -> tuple[Complete | None, str]:
        code = await self.cashier.closed(intent.kind)
        if code:
            return None, code
        wish, code = await self.finder.complete(intent)
        if wish is None:
            return None, code
        code = self.cashier.unfit(wish) or await self.cashier.full(wish, self._warn)
        if not code and intent.kind is not PaymentKind.OFFLINE_SALE:
            code = await self.greeter.ready() or await self.desk.pin_refusal(wish.card)
        return (None, code) if code else (wish, "")

    def _warn(self, gauge: str) -> None:
        self.tell(told("L02", "terminal", gauge, "warning"))

    async def _tell(self, wish: Complete) -> PaymentResult:
        advice = await self.teller.queue(wish)
        if wish.kind is PaymentKind.OFFLINE_SALE:
            return await self._result(advice.purchase)
        await self.teller.flush(tries_max=1)
        result = await self._result(advice.purchase)
        if result.outcome == "waiting":
            # Only now: most are answered at once, and nobody need hear that they were not yet.
            self.tell(told(result.code, "payment", advice.key, "waiting"))
        return result

    async def _ask(self, wish: Complete) -> PaymentResult:
        payment, reply = await self.cashier.pay(wish)
        if payment.phase is PaymentPhase.REVERSAL_REQUIRED:
            await self.reverser.flush(tries_max=1)
        if reply is not None and response(reply.code).action in (Action.SIGN_ON, Action.STOP):
            await self.desk.journal.commit((SignOnNeeded(cause=reply.code),))
        return await self._result(payment.purchase)

    def _refuse(self, code: str, intent: Intent) -> PaymentResult:
        self.tell(told(code, "payment", "", "refused"))
        amount = intent.amount or Amount(0, self.desk.settings.currency)
        card = intent.card.pan.masked if intent.card else ""
        return payment_refused(code, amount=amount, card=card, kind=intent.kind)

    async def _result(self, asked: PaymentRequest) -> PaymentResult:
        """Say what the books say, not what this process remembers."""
        line = await payment_of(self.desk, batch=asked.batch, stan=asked.stan)
        if line is None:
            card = asked.card.pan.masked
            return payment_refused("L40", amount=asked.amount, card=card, kind=asked.kind)
        return payment_result(line)
