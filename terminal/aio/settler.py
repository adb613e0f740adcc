"""Closes batches: freezes, asks, asks again, uploads; or goes on where a crash left off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from protocol.operations import (
    Operation,
    ReconciliationResult,
    Settlement,
    SettlementReply,
    UploadReply,
)
from protocol.uploads import ChipUpload, UploadDetails
from terminal import upload
from terminal.aio.desk import Desk
from terminal.aio.inquirer import Inquirer
from terminal.aio.performer import Machine
from terminal.aio.recoverer import recovered_remarks
from terminal.aio.upload_plan import EVERY_CARD, Wanted
from terminal.attempt import (
    Attempt,
    Balanced,
    BalancedEndTaken,
    CertificatesOwed,
    EndTaken,
    ItemTaken,
    Prepare,
    Resume,
    SettlementPhase,
    Unbalanced,
    Upload,
    UploadPlanned,
)
from terminal.configuration import Certificates
from terminal.errors import JournalError
from terminal.facts import Fact
from terminal.machine import Event, Mismatched, PowerOn
from terminal.papers import slip_papers
from terminal.settlement import InBalance, OutOfBalance, judge, step
from terminal.totals import hash_items, total

OUT_OF_BALANCE: Final = ReconciliationResult.OUT_OF_BALANCE
REPEATABLE: Final = frozenset({SettlementPhase.UNCERTAIN, SettlementPhase.UPLOAD_WAITING})


@dataclass(frozen=True, slots=True)
class Settler:
    """Runs the settlement machine over the open batch."""

    desk: Desk
    inquirer: Inquirer

    async def found(self) -> Attempt | None:
        """Return the settlement that is under way, put right as after a power cut."""
        attempt = await self.desk.books.attempt()
        if attempt is None:
            return None
        put_right = await self.desk.performer.run(self._machine(), attempt, PowerOn())
        return None if put_right.phase is SettlementPhase.OPEN else put_right

    async def begin(self) -> Attempt:
        """Freeze the open batch and ask the host to close it, once."""
        desk = self.desk
        standing = await desk.standing()
        items = await desk.books.items(standing.batch)
        stamp = desk.stamp()
        request = Settlement(
            origin=desk.settings.origin,
            stan=await desk.books.next_stan(after=standing.stan, batch=standing.batch),
            stamp=stamp,
            batch=standing.batch,
            totals=total(items),
            foreign=total(await desk.books.foreign_items(standing.batch)),
            settlement_date=stamp.date,
            currency=desk.settings.currency,
        )
        attempt = Attempt(
            SettlementPhase.OPEN,
            request,
            hash_items(items),
            await desk.books.next_batch(standing.batch),
            desk.settings.timing.settlement_timeout_s,
        )
        return await desk.performer.run(self._machine(), attempt, Prepare())

    async def resume(self, attempt: Attempt) -> Attempt:
        """Go on with what is uncertain, disputed or half uploaded, once.

        An uncertain one is looked after first where the host can be asked; whatever it says,
        only the repeat's answer counts.
        """
        if attempt.phase is SettlementPhase.UNCERTAIN:
            await self.inquirer.look(attempt.batch)
        if self.desk.settings.new_stan_on_repeat:
            attempt = replace(attempt, fresh_stan=await self._fresh_stan(attempt.batch))
        return await self.desk.performer.run(self._machine(), attempt, Resume())

    async def _fresh_stan(self, batch: str) -> str:
        """Return the number that the next repeat uses up."""
        standing = await self.desk.standing()
        return await self.desk.books.next_stan(after=standing.stan, batch=batch)

    async def insist(self, attempt: Attempt) -> Attempt:
        """Ask again, with back-off, until it is answered or the tries of one command are over."""
        pauses = self.desk.settings.timing.settlement_backoff_s
        for number in range(self.desk.settings.limits.settlement_tries_max - 1):
            if attempt.phase not in REPEATABLE:
                break
            await asyncio.sleep(pauses[min(number, len(pauses) - 1)])
            # What is on disk decides, not what this process remembers of it.
            found = await self.found()
            if found is None:
                break
            attempt = await self.resume(found)
        return attempt

    def _machine(self) -> Machine[Attempt]:
        return Machine("settlement", step, self._judge)

    async def _judge(self, attempt: Attempt, reply: Operation) -> Event:
        match reply:
            case SettlementReply():
                return await self._judge_answer(attempt, reply)
            case UploadReply():
                return await self._judge_upload(attempt, reply)
            case _:
                return Mismatched("the reply is of another kind")

    async def _judge_answer(self, attempt: Attempt, reply: SettlementReply) -> Event:
        verdict = judge(attempt, reply)
        match verdict:
            case InBalance():
                if await self._owes_certificates(attempt):
                    wanted = Wanted(payments=False, chips=True)
                    return CertificatesOwed(reply, *await self._plan(attempt, wanted))
                return Balanced(reply, await self._papers(attempt, reply))
            case OutOfBalance():
                wanted = Wanted(
                    origins=_origins(reply), group_max=self._group_max, chips=self._takes_chips
                )
                return Unbalanced(reply, *await self._plan(attempt, wanted))
            case _:
                return verdict

    async def _judge_upload(self, attempt: Attempt, reply: UploadReply) -> Event:
        event = upload.judge(attempt, reply)
        if attempt.phase is SettlementPhase.ENDING and isinstance(event, ItemTaken):
            answer = await self.desk.books.answer(attempt)
            assert attempt.upload is not None, "an upload ends"
            taken = BalancedEndTaken if attempt.upload.end.balanced else EndTaken
            return taken(event.code, await self._papers(attempt, answer))
        return event

    @property
    def _group_max(self) -> int:
        """How many payments share a message, in dialects that can say so."""
        can = self.desk.line.says(UploadDetails)
        return self.desk.settings.limits.upload_group_max if can else 1

    @property
    def _takes_chips(self) -> bool:
        """True when the host wants to know what chips said, in dialects that can say so."""
        wanted = self.desk.settings.certificates is not Certificates.NEVER
        return wanted and self.desk.line.says(ChipUpload)

    async def _owes_certificates(self, attempt: Attempt) -> bool:
        """True when a batch in balance is not closed by its 0510 alone."""
        if not self._takes_chips:
            return False
        if self.desk.settings.certificates is Certificates.ALWAYS:
            return True
        return bool(await self.desk.books.uploads.chips(attempt.batch))

    async def _plan(self, attempt: Attempt, wanted: Wanted) -> tuple[UploadPlanned, Upload]:
        desk, standing = self.desk, await self.desk.standing()
        return await desk.books.plan_upload(attempt, desk.stamp(), wanted, last_stan=standing.stan)

    async def _papers(self, attempt: Attempt, answer: SettlementReply) -> tuple[Fact, ...]:
        standing = await self.desk.standing()
        items = await self.desk.books.items(attempt.batch)
        if hash_items(items) != attempt.items_hash:
            raise JournalError("L42", f"batch {attempt.batch} is not what its settlement froze")
        return slip_papers(
            attempt,
            answer.totals,
            settings=self.desk.settings,
            at=self.desk.local_now(),
            head=await self.desk.archive.chain_head(),
            settlement_date=answer.settlement_date or "",
            manual_reversals=standing.reversals_manual,
            items=items,
            host_foreign=answer.foreign,
            refused=[
                *await self.desk.books.refused_advices(attempt.batch),
                *await recovered_remarks(self.desk, attempt.batch),
            ],
        )


def _origins(reply: SettlementReply) -> frozenset[bool]:
    """Return which cards go up, foreign or not: those of a side that is out of balance."""
    if reply.sides is None:
        return EVERY_CARD
    told = zip((False, True), reply.sides, strict=True)
    return frozenset(foreign for foreign, side in told if side is OUT_OF_BALANCE)
