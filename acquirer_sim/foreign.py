"""The foreign side of a settlement: which payments stand there, how it compares, what is stored.

A card is foreign when it begins like one of `foreign_cards`; the first six digits that a mask
shows are enough for that. Only a settlement that tells its cards apart is compared by sides. The
figures are taken once, at the freeze, and stored with the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from acquirer_sim.figures import pack_totals, totals_of, unpack_totals
from acquirer_sim.orders import CardSide
from acquirer_sim.policy import Policy
from acquirer_sim.rows import Batch, Payment, PaymentStatus
from protocol.kinds import KINDS, Side
from protocol.operations import ReconciliationResult, Settlement, Totals
from protocol.structures.totals import less

IN_BALANCE: Final = ReconciliationResult.IN_BALANCE
OUT_OF_BALANCE: Final = ReconciliationResult.OUT_OF_BALANCE

Sides = tuple[ReconciliationResult, ReconciliationResult]
"""The verdicts on domestic and on foreign cards."""


class Foreign(msgspec.Struct, frozen=True):
    """The foreign half of a stored answer: what the terminal said, what is here, both verdicts."""

    asked: Totals
    kept: Totals
    sides: Sides

    @classmethod
    def of(cls, batch: Batch) -> Foreign | None:
        """Read what `pack` wrote; None for a batch whose settlement told no cards apart."""
        if batch.foreign_totals is None:
            return None
        asked, kept, domestic, foreign = batch.foreign_totals.split(";")
        sides = (ReconciliationResult(domestic), ReconciliationResult(foreign))
        return cls(unpack_totals(asked), unpack_totals(kept), sides)

    def pack(self) -> str:
        """Return it as it is stored."""
        words = [pack_totals(self.asked), pack_totals(self.kept)]
        return ";".join([*words, *(side.value for side in self.sides)])


def foreign_part(payments: Iterable[Payment], policy: Policy) -> Totals:
    """Sum the approved payments of foreign cards of a batch."""
    figures = {Side.DEBIT: [0, 0], Side.CREDIT: [0, 0], Side.NEITHER: [0, 0]}
    for payment in payments:
        if payment.status is PaymentStatus.APPROVED and policy.is_foreign(payment.card):
            side = figures[KINDS[payment.kind].side]
            side[0] += 1
            side[1] += payment.minor
    (debits, debit), (credits, credit) = figures[Side.DEBIT], figures[Side.CREDIT]
    return Totals(
        credit_count=credits, debit_count=debits, credit_amount=credit, debit_amount=debit
    )


def sides_of(request: Settlement, batch: Batch, kept: Totals) -> Sides | None:
    """Return the honest verdicts; None for a request that tells no cards apart."""
    if request.foreign is None:
        return None
    same = less(request.totals, request.foreign) == less(totals_of(batch), kept)
    return _verdict(balanced=same), _verdict(balanced=request.foreign == kept)


def _verdict(*, balanced: bool) -> ReconciliationResult:
    return IN_BALANCE if balanced else OUT_OF_BALANCE


def stored(
    request: Settlement,
    kept: Totals,
    sides: Sides | None,
    result: ReconciliationResult,
    side: CardSide | None = None,
) -> str | None:
    """Return what is stored of the foreign side once the batch's verdict is `result`.

    The worse of two verdicts is the batch's; one that is not theirs (a fault wants it, or the
    currencies differ) is that of every side with something on it, unless a fault names the `side`.
    """
    if request.foreign is None or sides is None:
        return None
    if side is not None:
        sides = (
            IN_BALANCE if side is CardSide.FOREIGN else result,
            IN_BALANCE if side is CardSide.DOMESTIC else result,
        )
    elif max(sides, key=list(ReconciliationResult).index) is not result:
        sides = (result, IN_BALANCE if request.foreign == Totals() else result)
    return Foreign(request.foreign, kept, sides).pack()
