"""The plan of a batch's upload: which items go up, in which order, under which numbers.

A plan is made once, in the commit that begins the upload, and read again after a power cut. What
travels in one message has one STAN, so that the plan decides it, and no later setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from protocol.amount import Amount
from protocol.kinds import KINDS
from protocol.operations import (
    ReconciliationResult,
    Stamp,
    UploadEnd,
    UploadItem,
)
from protocol.secrets import ChipData
from protocol.uploads import ChipOutcome, ChipUpload
from terminal.aio.journal import Journal
from terminal.aio.rows import (
    JOIN_ORIGINAL,
    ORIGINAL_COLUMNS,
    PAYMENT_COLUMNS,
    PaymentRow,
    split,
)
from terminal.attempt import Item, PlannedItem, Purpose, Upload, UploadPlanned
from terminal.configuration import Settings
from terminal.totals import COUNTED, upload_rank
from terminal.vault import Vault

BALANCED: Final = ReconciliationResult.IN_BALANCE.value
COUNTED_KINDS: Final = f"({', '.join(repr(kind.value) for kind in COUNTED)})"
CHIP_OUTCOMES: Final = {
    Purpose.CERTIFICATE: ChipOutcome.APPROVED,
    Purpose.FAILED_CHIP: ChipOutcome.FAILED,
}
CHIP_PHASES: Final = {Purpose.CERTIFICATE: "approved", Purpose.FAILED_CHIP: "declined"}
"""A payment that was undone is neither: its chip has nothing to say."""


EVERY_CARD: Final = frozenset({False, True})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes up: the payments, of which `group_max` share a message, and the chips' data.

    `origins` tells of which cards the payments are: foreign ones (True), others, or both.
    """

    payments: bool = True
    origins: frozenset[bool] = EVERY_CARD
    group_max: int = 1
    chips: bool = False


class Line(NamedTuple):
    """One line of the plan; its number follows from its place."""

    stan: str
    payment: PaymentRow
    purpose: Purpose = Purpose.PAYMENT
    chip: bytes = b""
    earlier: PaymentRow | None = None


class UploadPlans:
    """Makes the plans of one terminal's uploads, and reads them."""

    def __init__(self, journal: Journal, vault: Vault, settings: Settings) -> None:
        self._journal = journal
        self._vault = vault
        self._settings = settings

    async def found(self, batch: str) -> Upload | None:
        """Return the upload of a batch, if one is planned."""
        plans = await self._journal.fetch(
            "SELECT u.transmission, u.time, u.date, u.end_stan, s.result FROM upload u"
            " JOIN settlement s ON s.batch = u.batch WHERE u.batch = ?",
            (batch,),
        )
        if not plans:
            return None
        transmission, time, date, end_stan, result = plans[0]
        sql = (
            "SELECT i.number, i.stan, i.taken, coalesce(u.purpose, 'payment'),"
            f" coalesce(c.data, x''), {PAYMENT_COLUMNS}, {ORIGINAL_COLUMNS} FROM upload_item i"
            " JOIN payment p ON p.batch = i.batch AND p.stan = i.original_stan"
            " LEFT JOIN upload_chip u ON u.batch = i.batch AND u.number = i.number"
            f" LEFT JOIN chip c ON c.batch = p.batch AND c.stan = p.stan{JOIN_ORIGINAL}"
            " WHERE i.batch = ? ORDER BY i.number"
        )
        rows = await self._journal.fetch(sql, (batch,))
        lines = []
        for _, stan, _, purpose, chip, *columns in rows:
            payment, earlier = split(columns)
            lines.append(Line(stan, payment, Purpose(purpose), chip, earlier))
        work = self._upload(
            batch, Stamp(transmission, time, date), lines, end_stan, balanced=result == BALANCED
        )
        return replace(work, taken=frozenset(row[0] for row in rows if row[2]))

    async def make(
        self, batch: str, stamp: Stamp, stans: Iterable[str], wanted: Wanted
    ) -> tuple[UploadPlanned, Upload]:
        """Return the plan of a batch's upload and its work; `stans` gives unused numbers."""
        numbers = iter(stans)
        lines: list[Line] = []
        if wanted.payments:
            payments = [
                line
                for line in await self._payments(batch)
                if self._is_foreign(line.payment) in wanted.origins
            ]
            for group in _grouped(payments, wanted.group_max):
                stan = next(numbers)
                lines += [line._replace(stan=stan) for line in group]
        if wanted.chips:
            lines += [line._replace(stan=next(numbers)) for line in await self.chips(batch)]
        end_stan = next(numbers)
        planned = UploadPlanned(
            batch=batch,
            transmission=stamp.transmission,
            time=stamp.time,
            date=stamp.date,
            items=tuple(
                PlannedItem(
                    number=number,
                    stan=line.stan,
                    original_stan=line.payment.stan,
                    purpose=line.purpose,
                )
                for number, line in enumerate(lines, 1)
            ),
            end_stan=end_stan,
        )
        return planned, self._upload(batch, stamp, lines, end_stan, balanced=not wanted.payments)

    async def chips(self, batch: str) -> list[Line]:
        """Return what chips said in a batch: certificates first, then failures, by STAN."""
        sql = (
            f"SELECT c.purpose, c.data, {PAYMENT_COLUMNS} FROM chip c"
            " JOIN payment p ON p.batch = c.batch AND p.stan = c.stan"
            " WHERE c.batch = ? ORDER BY c.purpose, c.stan"
        )
        rows = await self._journal.fetch(sql, (batch,))
        lines = [Line("", PaymentRow(*row[2:]), Purpose(row[0]), row[1]) for row in rows]
        return [line for line in lines if line.payment.phase == CHIP_PHASES[line.purpose]]

    def _is_foreign(self, payment: PaymentRow) -> bool:
        return self._settings.is_foreign(payment.card_masked)

    async def _payments(self, batch: str) -> list[Line]:
        sql = (
            f"SELECT {PAYMENT_COLUMNS}, {ORIGINAL_COLUMNS} FROM payment p{JOIN_ORIGINAL}"
            f" WHERE p.batch = ? AND p.phase = 'approved' AND p.kind IN {COUNTED_KINDS}"
            " ORDER BY p.stan"
        )
        found = [split(row) for row in await self._journal.fetch(sql, (batch,))]
        lines = [Line("", payment, earlier=earlier) for payment, earlier in found]
        return sorted(lines, key=lambda line: upload_rank(line.payment.kind))

    def _upload(
        self, batch: str, stamp: Stamp, lines: Sequence[Line], end_stan: str, *, balanced: bool
    ) -> Upload:
        count = sum(line.purpose is Purpose.PAYMENT for line in lines)
        items = tuple(
            self._item(batch, stamp, number, line, count=count, balanced=balanced)
            for number, line in enumerate(lines, 1)
        )
        end = UploadEnd(
            origin=self._settings.origin,
            stan=end_stan,
            stamp=stamp,
            batch=batch,
            count=count,
            balanced=balanced,
        )
        return Upload(items, end, rounds_max=self._settings.limits.upload_rounds_max)

    def _item(
        self, batch: str, stamp: Stamp, number: int, line: Line, *, count: int, balanced: bool
    ) -> Item:
        payment = line.payment
        amount = Amount(payment.amount_minor, payment.currency)
        pan = self._vault.open(payment.card)
        if line.purpose is Purpose.PAYMENT:
            return UploadItem(
                origin=self._settings.origin,
                stan=line.stan,
                stamp=stamp,
                batch=batch,
                number=number,
                count=count,
                original=payment.reference,
                amount=amount,
                pan=pan,
                kind=payment.kind,
                rrn=payment.rrn or None,
                authorisation=payment.authorisation or None,
                foreign=self._is_foreign(payment),
                entry_mode=payment.entry_mode,
                earlier=None if line.earlier is None else line.earlier.as_original,
            )
        return ChipUpload(
            origin=self._settings.origin,
            stan=line.stan,
            stamp=stamp,
            batch=batch,
            number=number,
            original=payment.reference,
            amount=amount,
            pan=pan,
            chip=ChipData(line.chip),
            kind=payment.kind,
            entry_mode=payment.entry_mode,
            outcome=CHIP_OUTCOMES[line.purpose],
            balanced=balanced,
        )


def _grouped(lines: Sequence[Line], group_max: int) -> list[list[Line]]:
    """Return neighbours that share a message; what was told travels alone, as it was."""
    groups: list[list[Line]] = []
    for line in lines:
        last = groups[-1] if groups else []
        if not last or _alone(line) or len(last) >= group_max or _alone(last[0]):
            groups.append([])
        groups[-1].append(line)
    return groups


def _alone(line: Line) -> bool:
    return KINDS[line.payment.kind].is_advice
