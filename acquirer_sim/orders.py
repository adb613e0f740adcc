"""What the host is told to decide, whatever its books say: the work of rules and of faults.

An order is carried out in the same transaction as everything else. Without one the host decides
by its books, and that is all that a host without rules and faults ever does.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from protocol.operations import ReconciliationResult


class TotalsError(Enum):
    """How the host's figures of a batch are wrong by one payment (H11)."""

    LOST = "lost"
    EXTRA = "extra"
    AMOUNT = "amount"


TOTALS_STEPS: Final = {
    TotalsError.LOST: (-1, -1),
    TotalsError.EXTRA: (1, 1),
    TotalsError.AMOUNT: (0, 1),
}
"""Error -> how many payments and how many times its amount the debits are off."""


class CardSide(Enum):
    """Whose verdict in F48 of `cup`: that on domestic (inner) or foreign (outer) cards."""

    DOMESTIC = "domestic"
    FOREIGN = "foreign"
    BOTH = "both"


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One request's order; what it does not say is decided as usual.

    code         the answer; 10 approves `part_percent` of the payment and `part_minor` at most
    verdict      F66 of a settlement; with ERROR the batch stays as it is
    side         whose verdict it is, where cards are told apart; None: of all that have payments
    off          the figures of the batch are off by a payment of `off_minor`, from now on
    forgets      a repeat is not recognised as what was answered before (H20)
    loses        it is answered as if committed, and nothing of it is kept (H14)
    closes       the terminal's open batch is closed first, as by a cut-over (H15)
    """

    code: str | None = None
    part_percent: int = 50
    part_minor: int | None = None
    verdict: ReconciliationResult | None = None
    side: CardSide | None = None
    off: TotalsError | None = None
    off_minor: int = 0
    forgets: bool = False
    loses: bool = False
    closes: bool = False


NO_ORDER: Final = Order()
