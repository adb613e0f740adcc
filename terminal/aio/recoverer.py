"""Holds the acquirer's copy against the books here, and rebuilds the receipts of what was lost.

No step of this touches a table of money: see `terminal.recovered`. Every receipt is a commit of
its own, and what was recovered before is passed over, so a power cut in between costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.inquiries import KnownPayment
from terminal.aio.desk import Desk
from terminal.aio.greeter import Greeter
from terminal.aio.host_pages import UNKNOWN, Told, ask_host, outcome_of
from terminal.copies import SnapshotTaken
from terminal.documents import Remark
from terminal.host_copy import Agreement, CopyLine, OwnPayment, compare, judge
from terminal.outcomes import copy_result, recovery_result
from terminal.projections import Row
from terminal.recovered import recovery_facts, slip_remark
from terminal.results import CopyResult, RecoveryResult
from terminal.selection import Selection

OWN: Final = (
    "SELECT batch, stan, kind, phase, code, amount_minor, currency, card_masked, rrn, authorisation"
    " FROM payment WHERE batch = ?1 AND (?2 = '' OR stan = ?2)"
)
RECOVERED: Final = (
    "SELECT batch, stan, kind, 'recovered', code, amount_minor, currency, card, rrn, authorisation"
    " FROM recovered WHERE batch = ?1 AND (?2 = '' OR stan = ?2)"
)

REFUSALS: Final = {
    Agreement.SAME: "L92",
    Agreement.UNFINISHED: "L98",
    Agreement.DIFFERS: "L98",
    Agreement.RECOVERED: "L93",
    None: "L94",
}
"""Why a payment that somebody asked for by name is not recovered."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, and the payments whose receipts may be rebuilt."""

    result: CopyResult
    lost: tuple[KnownPayment, ...] = ()


@dataclass(frozen=True, slots=True)
class Recoverer:
    """Asks in the terminal's turn; `put_right` is the look at the books that begins each one."""

    desk: Desk
    greeter: Greeter
    turn: asyncio.Lock
    put_right: Callable[[], Awaitable[object]]

    async def compare(self, wanted: Selection) -> Compared:
        """Compare a batch, the open one by default, or one payment; L90 where nobody may ask."""
        async with self.turn:
            await self.put_right()
            wanted, told = await self._ask(wanted)
            if told.code:
                return Compared(copy_result(told.code, told.outcome, wanted.batch))
            ours = await self._ours(wanted, told.payments)
            lines = compare(told.payments, ours)
            lost = _lost(told.payments, ours)
            code, outcome = _verdict(wanted, told.payments, ours, lines)
            return Compared(copy_result(code, outcome, wanted.batch, lines), lost)

    async def rebuild(self, compared: Compared, *, printed: bool = False) -> RecoveryResult:
        """Rebuild the receipts of what a comparison found lost; what was done is not done again.

        Unless `printed`, no paper is owed: the receipts wait to be asked for.
        """
        rebuilt = []
        async with self.turn:
            for known in compared.lost:
                document_id = await self._rebuild(known, printed=printed)
                if document_id:
                    rebuilt.append(document_id)
        return recovery_result(compared.result, tuple(rebuilt))

    async def _ask(self, wanted: Selection) -> tuple[Selection, Told]:
        assert not wanted.problem, "the caller has looked at what was typed"
        if not self.desk.settings.payment_inquiry:
            return wanted, Told("L90", "refused")
        code = await self.greeter.ready()
        if code:
            return wanted, Told(code, outcome_of(code))
        if not (wanted.batch or wanted.rrn):
            open_batch = (await self.desk.standing()).batch
            wanted = Selection(
                batch=open_batch, voucher=wanted.voucher, authorisation=wanted.authorisation
            )
        return wanted, await ask_host(self.desk, wanted)

    async def _ours(
        self, wanted: Selection, theirs: Sequence[KnownPayment]
    ) -> tuple[OwnPayment, ...]:
        """Return what the books here have of a batch, or of the payments that were told."""
        if not wanted.is_one:
            return await self._own(wanted.batch, "")
        found = [await self._own(one.batch, one.stan) for one in theirs]
        return tuple(own for several in found for own in several)

    async def _own(self, batch: str, stan: str) -> tuple[OwnPayment, ...]:
        """Return payments, then recovered ones: of two under one number the later one counts."""
        rows = [
            *await self.desk.journal.fetch(OWN, (batch, stan)),
            *await self.desk.journal.fetch(RECOVERED, (batch, stan)),
        ]
        return tuple({(row[0], row[1]): _own_payment(row) for row in rows}.values())

    async def _rebuild(self, known: KnownPayment, *, printed: bool) -> str:
        """Return the name of the receipt, "" when the books have learned of the payment since."""
        own = await self._own(known.batch, known.stan)
        if judge(known, own[0] if own else None) is not Agreement.ONLY_THERE:
            return ""
        desk = self.desk
        facts = recovery_facts(
            known,
            settings=desk.settings,
            now=desk.now(),
            head=await desk.archive.chain_head(),
            printed=printed,
        )
        await desk.journal.commit(facts)
        return next(one.snapshot.document_id for one in facts if isinstance(one, SnapshotTaken))


async def recovered_remarks(desk: Desk, batch: str) -> list[Remark]:
    """Return how a slip names what only the host has: each is an exception for a person."""
    rows = await desk.journal.fetch(f"{RECOVERED} ORDER BY stan", (batch, ""))
    found = [_own_payment(row) for row in rows]
    return [
        slip_remark(
            stan=one.stan, kind=one.kind, amount_minor=one.amount_minor, currency=one.currency
        )
        for one in found
    ]


def _own_payment(row: Row) -> OwnPayment:
    return OwnPayment(**dict(zip(OwnPayment.__struct_fields__, row, strict=True)))


def _lost(theirs: Sequence[KnownPayment], ours: Sequence[OwnPayment]) -> tuple[KnownPayment, ...]:
    here = {(one.batch, one.stan): one for one in ours}
    return tuple(
        one for one in theirs if judge(one, here.get((one.batch, one.stan))) is Agreement.ONLY_THERE
    )


def _verdict(
    wanted: Selection,
    theirs: Sequence[KnownPayment],
    ours: Sequence[OwnPayment],
    lines: Sequence[CopyLine],
) -> tuple[str, str]:
    """Return the code and the outcome; one payment that cannot be recovered says why."""
    agreed = {Agreement.SAME.value, Agreement.RECOVERED.value}
    differs = any(line.agreement not in agreed for line in lines)
    outcome = "differs" if differs else "same"
    if wanted.is_one and not theirs:
        return UNKNOWN, "declined"
    if wanted.is_one and len(theirs) == 1:
        agreement = judge(theirs[0], ours[0] if ours else None)
        return REFUSALS.get(agreement, "L97"), outcome
    return ("L97" if differs else "L96"), outcome
