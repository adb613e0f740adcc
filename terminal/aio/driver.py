"""The terminal: what a shop, a command or a service can ask of it.

One thing at a time: operations wait for their turn. Each begins with the same look at the books
as a start after a power cut, so what was left unfinished is finished before anything new begins.
Business outcomes are results; exceptions are broken worlds (`terminal.errors`) and bugs.
"""

from __future__ import annotations

import asyncio

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import Card
from terminal.aio.archive import Archive
from terminal.aio.books import Books
from terminal.aio.cancelling import Answer, Cancelling
from terminal.aio.cashier import Ask, Cashier
from terminal.aio.clerk import Clerk
from terminal.aio.counter import Counter
from terminal.aio.desk import NO_PAYMENTS, Desk
from terminal.aio.equipment import Equipment
from terminal.aio.finder import Finder
from terminal.aio.greeter import Greeter
from terminal.aio.identity import identify
from terminal.aio.inquirer import Inquirer
from terminal.aio.journal import Journal
from terminal.aio.owed import PaperOwed
from terminal.aio.paperwork import Paperwork
from terminal.aio.people import People
from terminal.aio.performer import LOG, Doors, Performer
from terminal.aio.recoverer import Recoverer
from terminal.aio.reports import batches_of, payments_of, status_of
from terminal.aio.reverser import Reverser
from terminal.aio.settings_keeper import SettingsKeeper
from terminal.aio.settler import Settler
from terminal.aio.staff import Staff
from terminal.aio.teller import Teller
from terminal.aio.verification import verify
from terminal.attempt import Attempt, SettlementPhase
from terminal.configuration import ReversalExhausted, Settings
from terminal.effects import CrashPoint
from terminal.errors import JournalError
from terminal.intent import Intent, Partial, Voucher
from terminal.notices import told
from terminal.originals import COMPLETIONS, VOIDS
from terminal.outcomes import settlement_refused, settlement_result
from terminal.results import (
    BalanceResult,
    BatchLine,
    Difference,
    InquiryResult,
    PaymentLine,
    PaymentResult,
    SettlementResult,
    SignOffResult,
    SignOnResult,
    Status,
)
from terminal.vault import Vault


class Terminal:
    """One payment terminal. Make one with `Terminal.open`."""

    def __init__(
        self, desk: Desk, paperwork: Paperwork, equipment: Equipment, owed: PaperOwed
    ) -> None:
        self.paperwork = paperwork
        self.clerk = Clerk(
            paperwork,
            desk.journal,
            lambda: desk.settings,
            card_lookup=desk.vault.lookup,
            local_now=desk.local_now,
        )
        self.people = desk.people
        self.staff = Staff(desk.people)
        self.settings_keeper = SettingsKeeper(desk)
        self._desk = desk
        self._equipment = equipment
        self._owed = owed
        self._ask = equipment.ask
        self._cancelling = Cancelling()
        self._cashier = Cashier(desk, self._ask_person, self._cancelling)
        self._greeter = Greeter(desk, equipment.tell, equipment.reached)
        self._reverser = Reverser(desk, self._greeter.renew)
        self._inquirer = Inquirer(desk, equipment.tell)
        self._settler = Settler(desk, self._inquirer)
        self._teller = Teller(desk)
        self._counter = Counter(
            desk,
            self._cashier,
            self._greeter,
            self._reverser,
            self._teller,
            Finder(desk),
            equipment.tell,
            equipment.reached,
        )
        # Operations queue here; it guards a person's turn, not data, so it may span the network.
        self._turn = asyncio.Lock()
        self.recoverer = Recoverer(desk, self._greeter, self._turn, self._put_right)

    @classmethod
    async def open(cls, settings: Settings, equipment: Equipment) -> Terminal:
        """Open the books, check them, and put right what a power cut left. Sends nothing.

        Raises JournalError, WrongKey, StoreError; the caller then closes its equipment.
        """
        journal = Journal(equipment.database, equipment.now)
        await journal.open()
        vault = Vault(equipment.key)
        archive, books = Archive(journal), Books(journal, vault, settings)
        await identify(journal, books, vault, settings)
        people = People(
            journal,
            settings,
            password_key=vault.password_key,
            now=equipment.now,
            random_bytes=equipment.random_bytes,
        )
        await people.open()
        paperwork = Paperwork(
            journal,
            equipment.printers,
            local_now=lambda: equipment.now().astimezone(settings.zone),
            tell=equipment.tell,
            tear=equipment.tear if settings.paper.pause_between_copies else None,
        )
        owed = PaperOwed()
        doors = Doors(journal, equipment.line, equipment.tell, owed.note, equipment.reached)
        desk = Desk(
            people,
            journal,
            books,
            archive,
            Performer(doors),
            equipment.line,
            vault,
            equipment.now,
            equipment.random_bytes,
            equipment.keyring,
            equipment.has_payments,
            equipment.pin_pad,
            equipment.free_bytes,
        )
        terminal = cls(desk, paperwork, equipment, owed)
        await terminal._greeter.take_up_keys()
        await paperwork.jobs.recover()
        await terminal._put_right()
        return terminal

    async def close(self) -> None:
        """Let go of line, printers and disk, after the operation under way."""
        async with self._turn:
            await self._desk.line.close()
            await self.paperwork.close()
            await self._desk.journal.close()

    def ask_with(self, ask: Ask) -> None:
        """Have somebody else asked about approvals in part from now on."""
        self._ask = ask

    async def recover(self, *, retry_manual: bool = False) -> Status:
        """Finish with the host what is unfinished: settlement, then reversals, then advices.

        `retry_manual` gives reversals that a person must see to another round of tries.
        """
        async with self._turn:
            attempt = await self._put_right()
            # What the host disputed waits for a person: `settle` asks again.
            if attempt is not None and attempt.phase is not SettlementPhase.DISPUTED:
                await self._settler.resume(attempt)
            if retry_manual:
                await self._reverser.retry_manual()
            await self._reverser.flush(tries_max=self._desk.settings.limits.reversal_tries_max)
            await self._teller.flush(tries_max=self._desk.settings.limits.advice_tries_max)
            status = await status_of(self._desk)
        await self._round_off()
        return status

    async def sign_on(self) -> SignOnResult:
        """Sign on; compare batch numbers, and adopt the host's only for an empty batch (H6)."""
        async with self._turn:
            await self._put_right()
            return await self._greeter.sign_on()

    async def echo(self) -> SignOnResult:
        """Ask the host whether it is there."""
        async with self._turn:
            return await self._greeter.echo()

    async def sign_off(self) -> SignOffResult:
        """End the day; refused while the batch holds payments (L68)."""
        async with self._turn:
            await self._put_right()
            return await self._greeter.sign_off()

    async def balance(self, card: Card) -> BalanceResult:
        """Ask what is left on a card."""
        async with self._turn:
            await self._put_right()
            return await self._greeter.balance(card)

    async def sale(
        self,
        amount: Amount,
        card: Card,
        *,
        partial: Partial = Partial.UNDO,
        tag: str = "",
    ) -> PaymentResult:
        """Sell: one payment, from the checks to its receipt.

        What is still to undo goes first, and a sign-on when one is needed. The result says
        "approved" only when the payment is on our books; `partial` says what becomes of an
        approval for less. `tag` is what the shop calls the goods: receipts are found by it
        (`terminal.orders.tag_problem` says what it may be).
        """
        wish = Intent(PaymentKind.SALE, amount, card, partial=partial, tag=tag)
        return await self._pay(wish)

    def cancel(self) -> Answer:
        """Take back the payment under way, if nothing of it was sent; waits for no turn."""
        return self._cancelling.request()

    async def preauthorise(
        self, amount: Amount, card: Card, *, partial: Partial = Partial.UNDO
    ) -> PaymentResult:
        """Hold an amount on a card, to be completed later; it is not settled."""
        wish = Intent(PaymentKind.PREAUTHORISATION, amount, card, partial=partial)
        return await self._pay(wish)

    async def void(
        self,
        voucher: Voucher,
        *,
        kind: PaymentKind = PaymentKind.VOID,
        amount: Amount | None = None,
        card: Card | None = None,
    ) -> PaymentResult:
        """Take back a payment of the open batch; `kind` is VOID or one of the other voids.

        An amount or a card that is given must be the original's (L12, L13); a payment of a
        closed batch is refunded instead (L11).
        """
        assert kind in VOIDS, "only a void takes back"
        return await self._pay(Intent(kind, amount, card, voucher))

    async def complete(
        self,
        voucher: Voucher,
        *,
        kind: PaymentKind = PaymentKind.COMPLETION,
        amount: Amount | None = None,
        card: Card | None = None,
    ) -> PaymentResult:
        """Complete a pre-authorisation, for all of it unless an amount is given.

        `kind` is COMPLETION, which asks, or COMPLETION_ADVICE, which tells.
        """
        assert kind in COMPLETIONS, "one of the two completions"
        return await self._pay(Intent(kind, amount, card, voucher))

    async def refund(
        self, voucher: Voucher, *, amount: Amount | None = None, card: Card | None = None
    ) -> PaymentResult:
        """Give money back for a payment of any batch, at most what is left of it (L62)."""
        return await self._pay(Intent(PaymentKind.REFUND, amount, card, voucher))

    async def offline_sale(self, amount: Amount, card: Card) -> PaymentResult:
        """Sell without asking, up to a limit; the host is told before the settlement."""
        return await self._pay(Intent(PaymentKind.OFFLINE_SALE, amount, card))

    async def adjust(
        self, voucher: Voucher, amount: Amount, *, card: Card | None = None
    ) -> PaymentResult:
        """Add an amount, a tip, to a sale of the open batch: a payment of its own."""
        return await self._pay(Intent(PaymentKind.ADJUSTMENT, amount, card, voucher))

    async def settle(self) -> SettlementResult:
        """Close the open batch, or go on closing it. Repeats some times, then says uncertain."""
        async with self._turn:
            result = await self._settle()
        await self._round_off()
        return result

    async def inquire(self, batch: str = "") -> InquiryResult:
        """Ask where a batch, or the open one, stands at the host; closes nothing (L69: off)."""
        async with self._turn:
            await self._put_right()
            return await self._inquirer.inquire(batch)

    async def status(self) -> Status:
        """Return where the terminal stands; asks nobody."""
        return await status_of(self._desk)

    async def payments(
        self, *, batch: str | None = None, limit: int = 100
    ) -> tuple[PaymentLine, ...]:
        """Return payments, newest first, masked."""
        return await payments_of(self._desk, batch=batch, limit=limit)

    async def batches(self, *, limit: int = 100) -> tuple[BatchLine, ...]:
        """Return batches, newest first, with both sides' totals."""
        return await batches_of(self._desk, limit=limit)

    async def verify(self) -> tuple[Difference, ...]:
        """Rebuild the tables from the entries and compare; empty when all is well."""
        async with self._turn:
            return await verify(self._desk.journal, self._equipment.scratch)

    async def _ask_person(self, wanted: Amount, approved: Amount) -> bool:
        return await self._ask(wanted, approved)

    async def _pay(self, intent: Intent) -> PaymentResult:
        async with self._turn:
            self._cancelling.begin()
            try:
                await self._put_right()
                result = await self._counter.serve(intent)
            finally:
                self._cancelling.end()
        # Paper comes after the turn: a slow printer keeps nobody from paying (I1).
        await self._round_off()
        return result

    async def _settle(self) -> SettlementResult:
        attempt = await self._put_right()
        if attempt is not None:
            attempt = await self._settler.resume(attempt)
        else:
            code = await self._settlement_refusal()
            if code:
                return await self._refuse_settlement(code)
            self._equipment.reached(CrashPoint.SC1)
            attempt = await self._settler.begin()
        return settlement_result(await self._settler.insist(attempt))

    async def _round_off(self) -> None:
        """What comes after an operation: its paper, then what the host wished meanwhile."""
        await self._print_owed()
        async with self._turn:
            await self._greeter.heed()

    async def _print_owed(self) -> None:
        """Print what the last commits owe; paper in trouble never undoes money."""
        if not self._owed.take():
            return
        try:
            await self.paperwork.print_waiting()
        except JournalError as error:
            LOG.error("printing failed: %s", error)
            self._equipment.tell(told("L58", "printing", "", "unprinted"))

    async def _put_right(self) -> Attempt | None:
        """Do what a start does: finish payments, return the settlement that is under way."""
        await self._greeter.note_news()
        standing = await self._desk.standing()
        attempt = await self._settler.found() if standing.settlement != "open" else None
        if standing.unfinished:
            await self._cashier.finish()
        return attempt

    async def _settlement_refusal(self) -> str:
        """Return the L-code that forbids to settle (SC1), "" when the batch may be frozen."""
        desk = self._desk
        if not desk.has_payments:
            return NO_PAYMENTS
        await self._reverser.flush(tries_max=desk.settings.limits.reversal_tries_max)
        standing = await desk.standing()
        if standing.unfinished or standing.reversals_open:
            return "L05"
        blocking = desk.settings.reversal_exhausted is ReversalExhausted.BLOCK
        if standing.reversals_manual and blocking:
            return "L48"
        # What only the host has is settled too: its figures count, and the upload names it.
        known = standing.advices or standing.recovered
        if not known and not await desk.books.items(standing.batch):
            return "L16"
        return await self._greeter.ready() or await self._untold()

    async def _untold(self) -> str:
        """Tell what waits (S1); return the code that forbids to settle, or ""."""
        desk = self._desk
        await self._teller.flush(tries_max=desk.settings.limits.advice_tries_max)
        standing = await desk.standing()
        if standing.advices:
            return "L66"
        known = standing.recovered or await desk.books.items(standing.batch)
        return "" if known else "L16"

    async def _refuse_settlement(self, code: str) -> SettlementResult:
        batch = (await self._desk.standing()).batch
        self._equipment.tell(told(code, "settlement", batch, "refused"))
        return settlement_refused(code, batch)
