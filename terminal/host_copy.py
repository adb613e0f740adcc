"""The acquirer's copy of payments held against the books here: what is where, and what differs.

| here | at the acquirer | agreement |
|---|---|---|
| approved | stands, and says the same | same |
| approved | stands, and says otherwise | differs |
| approved | does not stand | differs |
| approved | unknown | only here |
| unknown, or its number was refused | stands | only there |
| a recovered receipt | stands, and says the same | recovered |
| a recovered receipt | anything else | differs |
| came to nothing | stands | differs |
| not decided yet | stands, or is unknown | unfinished |
| came to nothing, or unknown | does not stand, or is unknown | nothing to tell |

Only what is *only there* may be recovered: what the books here know in any other way is a matter
of money, and that is for reversals, the settlement and its upload to set right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

import msgspec

from protocol.inquiries import KnownPayment

DUPLICATE: Final = "94"
"""The host had the number already: whatever it has under it is another payment than ours."""

UNDECIDED: Final = frozenset(
    "prepared sending reversal_required reversal_manual waiting telling".split()
)
"""Phases in which nobody here may say what became of a payment."""

STANDS: Final = "approved"
RECOVERED: Final = "recovered"


class Agreement(Enum):
    """What a comparison says of one payment."""

    SAME = "same"
    RECOVERED = "recovered"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    DIFFERS = "differs"
    UNFINISHED = "unfinished"


AGREED: Final = frozenset({Agreement.SAME, Agreement.RECOVERED})


class OwnPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment of the books here, or a recovered receipt (its phase says so)."""

    batch: str
    stan: str
    kind: str
    phase: str
    code: str
    amount_minor: int
    currency: str
    card: str
    rrn: str
    authorisation: str

    @property
    def is_another(self) -> bool:
        """True when the host never took this one: what it has under the number is not ours."""
        return self.phase == "not_sent" or (self.phase, self.code) == ("declined", DUPLICATE)


class CopyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of a comparison, masked: `here` and `there` say what it is on either side.

    `differing` names what the two sides tell otherwise.
    """

    batch: str
    stan: str
    kind: str
    agreement: str
    amount_minor: int
    currency: str
    card: str
    rrn: str
    here: str = ""
    there: str = ""
    differing: tuple[str, ...] = ()


def compare(theirs: Sequence[KnownPayment], ours: Sequence[OwnPayment]) -> tuple[CopyLine, ...]:
    """Compare both sides, in the order of batch and STAN; what came to nothing on both is left out.

    `theirs` is all that the host has of the batch, or the one payment that was asked for.
    """
    there = {(one.batch, one.stan): one for one in theirs}
    here = {(one.batch, one.stan): one for one in ours}
    return tuple(_lines(there, here))


def judge(theirs: KnownPayment | None, ours: OwnPayment | None) -> Agreement | None:
    """Return the row of the table above, None for the last."""
    stands = theirs is not None and theirs.stands
    if ours is not None and ours.is_another:
        ours = None
    if ours is None:
        return Agreement.ONLY_THERE if stands else None
    if ours.phase in UNDECIDED:
        return Agreement.UNFINISHED if stands or theirs is None else Agreement.DIFFERS
    if ours.phase not in (STANDS, RECOVERED):
        return Agreement.DIFFERS if stands else None
    if theirs is None:
        return Agreement.ONLY_HERE if ours.phase == STANDS else Agreement.DIFFERS
    if not stands or differing(theirs, ours):
        return Agreement.DIFFERS
    return Agreement.RECOVERED if ours.phase == RECOVERED else Agreement.SAME


def differing(theirs: KnownPayment, ours: OwnPayment) -> tuple[str, ...]:
    """Name what both sides tell otherwise of one payment."""
    pairs = {
        "state": (theirs.stands, ours.phase in (STANDS, RECOVERED)),
        "kind": (theirs.kind.value, ours.kind),
        "amount": (theirs.amount.minor, ours.amount_minor),
        "currency": (theirs.amount.currency, ours.currency),
        "card": (theirs.card, ours.card),
        "rrn": (theirs.rrn, ours.rrn or theirs.rrn),
        "authorisation": (theirs.authorisation, ours.authorisation or theirs.authorisation),
    }
    return tuple(name for name, (there, here) in pairs.items() if there != here)


def _lines(
    there: Mapping[tuple[str, str], KnownPayment], here: Mapping[tuple[str, str], OwnPayment]
) -> Iterator[CopyLine]:
    for key in sorted(there.keys() | here.keys()):
        theirs, ours = there.get(key), here.get(key)
        agreement = judge(theirs, ours)
        if agreement is not None:
            yield _line(theirs, ours, agreement)


def _line(theirs: KnownPayment | None, ours: OwnPayment | None, agreement: Agreement) -> CopyLine:
    if theirs is None:
        assert ours is not None, "one of the two sides has it"
        return CopyLine(
            batch=ours.batch,
            stan=ours.stan,
            kind=ours.kind,
            agreement=agreement.value,
            amount_minor=ours.amount_minor,
            currency=ours.currency,
            card=ours.card,
            rrn=ours.rrn,
            here=ours.phase,
        )
    told = agreement is Agreement.DIFFERS and ours is not None
    return CopyLine(
        batch=theirs.batch,
        stan=theirs.stan,
        kind=theirs.kind.value,
        agreement=agreement.value,
        amount_minor=theirs.amount.minor,
        currency=theirs.amount.currency,
        card=theirs.card,
        rrn=theirs.rrn,
        here=ours.phase if ours is not None else "",
        there=theirs.state.value,
        differing=differing(theirs, ours) if told and ours is not None else (),
    )
