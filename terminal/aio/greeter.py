"""Says good morning and good night: sign-on, echo, sign-off. None
moves money, so no machine stands behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import (
    APPROVED,
    Card,
    Echo,
    PaymentReply,
    PaymentRequest,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
)
from terminal.aio.books import Standing
from terminal.aio.desk import NO_PAYMENTS, Desk
from terminal.aio.host_pages import learn_numbers
from terminal.aio.performer import LOG
from terminal.aio.question import ask, take_stan
from terminal.effects import CrashPoint, Notice
from terminal.errors import JournalError
from terminal.facts import Fact
from terminal.keyring import KeysTaken
from terminal.notices import told
from terminal.outcomes import balance_result, sign_off_result, sign_on_result
from terminal.presented import chip_of, plain
from terminal.responses import response
from terminal.results import BalanceResult, SignOffResult, SignOnResult
from terminal.standing import BatchAdopted, SignedOff, SignedOn, SignOnNeeded
from terminal.wishes import NOTHING, Errand, HostWished, errand_of, wish_notice


@dataclass(frozen=True, slots=True)
class Greeter:
    """Asks the host whether it knows us, and which batch it has open."""

    desk: Desk
    tell: Callable[[Notice], None]
    reached: Callable[[CrashPoint], None]

    async def ready(self) -> str:
        """Sign on when that is needed; return the code that forbids to go on, or ""."""
        if (await self.desk.standing()).signed_on:
            return ""
        result = await self.sign_on()
        return "" if result.signed_on else result.code

    async def sign_on(self) -> SignOnResult:
        """Sign on, and compare batch numbers."""
        desk, standing = self.desk, await self.desk.standing()
        stan = await take_stan(desk, standing, "sign-on")
        request = SignOn(
            origin=desk.settings.origin,
            stan=stan,
            stamp=desk.dated_stamp(),
            batch=standing.batch,
            operator=desk.settings.operator,
        )
        code, reply = await ask(desk, request)
        if not isinstance(reply, SignOnReply) or not reply.approved:
            return sign_on_result(code, standing.batch, standing.host_batch, signed_on=False)
        keys = self._take_keys(reply)
        if keys is None:
            return sign_on_result("L25", standing.batch, standing.host_batch, signed_on=False)
        host_batch = reply.batch or ""
        facts: list[Fact] = [SignedOn(host_batch=host_batch), *keys]
        if host_batch and host_batch != standing.batch:
            if await self._may_adopt(standing, host_batch):
                facts.append(BatchAdopted(batch=standing.batch, host_batch=host_batch))
            else:
                self.tell(told("L17", "terminal", standing.batch, "batch_differs"))
        await desk.journal.commit(facts)
        after = await desk.standing()
        if desk.settings.payment_inquiry and await self._is_new():
            # Its database may have been lost: the host knows which numbers are used up.
            await learn_numbers(desk, after.batch)
        return sign_on_result(code, after.batch, after.host_batch, signed_on=True)

    async def _is_new(self) -> bool:
        return not await self.desk.journal.fetch("SELECT 1 FROM payment LIMIT 1")

    async def renew(self) -> None:
        """Sign on where a MAC was wrong: whatever is signed next would be refused again."""
        if self.desk.keyring is None:
            return
        await self.note_news()
        await self.ready()

    async def note_news(self) -> bool:
        """Write down what the line has heard; True when a sign-on is needed for it."""
        news = self.desk.line.take_news()
        wished = {one.wish for one in news if isinstance(one, HostWished)}
        known = await self.desk.books.host_wish() if wished else NOTHING
        fresh = wished - {known}
        news = tuple(one for one in news if not isinstance(one, HostWished) or one.wish in fresh)
        if news:
            await self.desk.journal.commit(news)
        for wish in fresh:
            if errand_of(wish) is Errand.TELL:
                self.tell(wish_notice(wish))
        return any(isinstance(one, SignOnNeeded) for one in news)

    async def heed(self) -> None:
        """Do what the host wished, now that the payment is complete."""
        try:
            if await self.note_news():
                await self.ready()
            if errand_of(await self.desk.books.host_wish()) is Errand.ECHO:
                await self._upload_status()
        except JournalError as error:
            # The payment is on our books and must be told; the next one signs on first.
            LOG.error("what the host wished could not be done: %s", error)

    async def _upload_status(self) -> None:
        """Tell the terminal's state, which stands in the header of any message, once."""
        if (await self.echo()).code == APPROVED:
            await self.desk.journal.commit((HostWished(wish=NOTHING),))

    async def take_up_keys(self) -> None:
        """Use the working keys of the last sign-on; without good ones, sign on first."""
        keyring = self.desk.keyring
        if keyring is None:
            return
        rows = await self.desk.journal.fetch("SELECT wrapped FROM working_key")
        if not rows or not keyring.take(rows[0][0]):
            await self.desk.journal.commit((SignOnNeeded(cause="L25"),))

    def _take_keys(self, reply: SignOnReply) -> tuple[Fact, ...] | None:
        """Use the keys that came; None when they are wrong, or missing where some are needed."""
        keyring = self.desk.keyring
        if keyring is None:
            return ()
        if reply.keys is None:
            return () if keyring.mac is not None else None
        return (KeysTaken(wrapped=reply.keys),) if keyring.take(reply.keys) else None

    async def sign_off(self) -> SignOffResult:
        """End the day; only a settled batch may be left behind (L68).

        That the next payment signs on is on disk before anything is sent: without an answer
        nobody here knows whether the host still does.
        """
        desk, standing = self.desk, await self.desk.standing()
        code = _not_yet(standing)
        if code:
            return sign_off_result(code, standing.batch, signed_off=False)
        stan = await take_stan(desk, standing, "sign-off")
        await desk.journal.commit((SignOnNeeded(cause="sign-off"),))
        code, reply = await ask(
            desk, SignOff(origin=desk.settings.origin, stan=stan, stamp=desk.dated_stamp())
        )
        done = isinstance(reply, SignOffReply) and reply.approved
        if done:
            await desk.journal.commit((SignedOff(),))
            self.reached(CrashPoint.SC13)
        return sign_off_result(code, standing.batch, signed_off=done)

    async def echo(self) -> SignOnResult:
        """Ask whether anybody is there."""
        desk, standing = self.desk, await self.desk.standing()
        stan = await take_stan(desk, standing, "echo")
        code, _ = await ask(
            desk, Echo(origin=desk.settings.origin, stan=stan, stamp=desk.dated_stamp())
        )
        return sign_on_result(
            code, standing.batch, standing.host_batch, signed_on=standing.signed_on
        )

    async def _may_adopt(self, standing: Standing, host_batch: str) -> bool:
        """H6: only a batch in which nothing ever happened takes the host's number."""
        sql = (
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM payment WHERE batch = ?1)"
            " OR EXISTS (SELECT 1 FROM settlement WHERE batch = ?1)"
            " OR EXISTS (SELECT 1 FROM batch WHERE batch = ?2)"
        )
        return not await self.desk.journal.fetch(sql, (standing.batch, host_batch))

    async def balance(self, card: Card) -> BalanceResult:
        """Ask what is left on a card. It goes on no books and is never reversed."""
        desk, masked, currency = self.desk, card.pan.masked, self.desk.settings.currency
        code = "" if desk.has_payments else NO_PAYMENTS
        code = code or ("" if desk.settings.accepts(card.pan.reveal()) else "L14")
        code = code or await self.ready() or await desk.pin_refusal(card)
        if code:
            return balance_result(code, "refused", card=masked, currency=currency)
        standing = await desk.standing()
        request = PaymentRequest(
            origin=desk.settings.origin,
            stan=await take_stan(desk, standing, "balance"),
            stamp=desk.stamp(),
            batch=standing.batch,
            amount=Amount(0, currency),
            card=plain(card),
            kind=PaymentKind.BALANCE,
            pin=await desk.sealed_pin(card),
            chip=chip_of(card),
        )
        code, reply = await ask(desk, request)
        if not isinstance(reply, PaymentReply):
            outcome = "not_sent" if code == "L20" else "unanswered"
            return balance_result(code, outcome, card=masked, currency=currency)
        outcome = "approved" if response(code).success else "declined"
        balance = reply.balance if outcome == "approved" else None
        return balance_result(code, outcome, card=masked, currency=currency, balance=balance)


def _not_yet(standing: Standing) -> str:
    """Return the code that forbids to sign off: the batch number must be renewed first."""
    if standing.settlement != "open":
        return "L03"
    if standing.unfinished or standing.reversals_open:
        return "L05"
    if standing.reversals_manual:
        return "L48"
    return "L68" if standing.unsettled else ""
