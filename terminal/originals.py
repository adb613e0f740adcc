"""The earlier payment that a void, refund, completion or adjustment speaks of, and its rules.

Pure: `choose` picks the one that a voucher names, `objection` says why it may not be done. Each
refusal has its own code, and none of them sends anything or uses up a number (REQ 004-04).

| kind | batch | amount |
|---|---|---|
| void, completion void | the open one (else L11: refund instead) | the original's (L12) |
| pre-authorisation void | any: it is never settled | the original's (L12) |
| completion, its advice | any | at most what was authorised, by a percentage (L63) |
| refund | any | at most what is left of the original, with its tips (L62) |
| adjustment | the open one | its own |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from protocol.kinds import KINDS, PaymentKind

VOIDS: Final = frozenset(
    {PaymentKind.VOID, PaymentKind.PREAUTHORISATION_VOID, PaymentKind.COMPLETION_VOID}
)
COMPLETIONS: Final = frozenset({PaymentKind.COMPLETION, PaymentKind.COMPLETION_ADVICE})
GONE: Final = frozenset({"declined", "not_sent", "reversed"})
"""Phases of payments that came to nothing: no person means one of these."""

UNTOLD: Final = frozenset({"waiting", "telling"})
"""Phases of an advice that the host has not answered yet."""


class Bound(Enum):
    """What the amount of a follow-up is measured against."""

    EQUAL = "the original's amount"
    LEFT = "what is left to refund"
    HELD = "what was authorised"
    FREE = "nothing"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table above."""

    same_batch: bool
    bound: Bound


_K = PaymentKind

RULES: Final[Mapping[PaymentKind, Rule]] = {
    _K.VOID: Rule(same_batch=True, bound=Bound.EQUAL),
    _K.COMPLETION_VOID: Rule(same_batch=True, bound=Bound.EQUAL),
    _K.PREAUTHORISATION_VOID: Rule(same_batch=False, bound=Bound.EQUAL),
    _K.COMPLETION: Rule(same_batch=False, bound=Bound.HELD),
    _K.COMPLETION_ADVICE: Rule(same_batch=False, bound=Bound.HELD),
    _K.REFUND: Rule(same_batch=False, bound=Bound.LEFT),
    _K.ADJUSTMENT: Rule(same_batch=True, bound=Bound.FREE),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later payment that speaks of the original and came to something, or may yet."""

    kind: PaymentKind
    phase: str
    amount_minor: int
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier payment, with all that speaks of it."""

    batch: str
    stan: str
    kind: PaymentKind
    phase: str
    amount_minor: int
    currency: str
    card_lookup: str
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def left_minor(self) -> int:
        """Return what may still be refunded, with the tips that the host has taken.

        Refunds whose end is unknown count too.
        """
        tips = self._sum(_K.ADJUSTMENT, but=UNTOLD)
        return self.amount_minor + tips - self._sum(_K.REFUND)

    @property
    def untold_minor(self) -> int:
        """Return the tips that the host has not answered yet."""
        return self._sum(_K.ADJUSTMENT) - self._sum(_K.ADJUSTMENT, but=UNTOLD)

    def _sum(self, kind: PaymentKind, *, but: frozenset[str] = frozenset()) -> int:
        return sum(
            one.amount_minor for one in self.follow_ups if one.kind is kind and one.phase not in but
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What is wanted of the original; None where nothing was said."""

    kind: PaymentKind
    amount_minor: int | None = None
    card_lookup: str | None = None

    def minor(self, original: Original) -> int | None:
        """Return the amount that is meant: what was said, or all that may be."""
        if self.amount_minor is not None:
            return self.amount_minor
        match RULES[self.kind].bound:
            case Bound.EQUAL | Bound.HELD:
                return original.amount_minor
            case Bound.LEFT:
                return original.left_minor
            case Bound.FREE:
                return None


def choose(
    found: Sequence[Original], kind: PaymentKind, open_batch: str
) -> tuple[Original | None, str]:
    """Return the one that is meant, or the code that says why none is: L08, L09 or L11."""
    wanted = [one for one in found if one.phase not in GONE]
    suited = [one for one in wanted if one.kind in KINDS[kind].wants] or wanted
    here = [one for one in suited if one.batch == open_batch]
    if RULES[kind].same_batch and here:
        suited = here
    if not suited:
        return None, "L08"
    if len(suited) > 1:
        return None, "L11" if RULES[kind].same_batch and not here else "L09"
    return suited[0], ""


def objection(original: Original, claim: Claim, *, open_batch: str, held_percent_max: int) -> str:
    """Return the code that forbids the claim, "" when it may be asked of the host."""
    if original.kind not in KINDS[claim.kind].wants:
        return "L60"
    if original.phase in UNTOLD:
        return "L61"
    if original.phase != "approved":
        return "L05"
    if claim.card_lookup not in (None, original.card_lookup):
        return "L13"
    return (
        _taken_back(original)
        or ("L11" if _too_late(original, claim, open_batch) else "")
        or _spoken_for(original, claim)
        or _beyond(original, claim, held_percent_max)
    )


def _taken_back(original: Original) -> str:
    phases = [one.phase for one in original.follow_ups if one.kind in VOIDS]
    if "approved" in phases:
        return "L10"
    return "L05" if phases else ""


def _too_late(original: Original, claim: Claim, open_batch: str) -> bool:
    return RULES[claim.kind].same_batch and original.batch != open_batch


def _spoken_for(original: Original, claim: Claim) -> str:
    """Say what already hangs on the original, so that this would count it twice."""
    standing = [one for one in original.follow_ups if not one.voided]
    if original.kind is _K.PREAUTHORISATION:
        return "L64" if any(one.kind in COMPLETIONS for one in standing) else ""
    return "L65" if claim.kind in VOIDS and standing else ""


def _beyond(original: Original, claim: Claim, held_percent_max: int) -> str:
    minor = claim.minor(original)
    match RULES[claim.kind].bound:
        case Bound.EQUAL:
            return "" if minor == original.amount_minor else "L12"
        case Bound.LEFT:
            assert minor is not None, "what is left is an amount"
            if 0 < minor <= original.left_minor:
                return ""
            # With a tip that is still to be told it may be enough, and the host would refuse.
            waits = 0 < minor <= original.left_minor + original.untold_minor
            return "L61" if waits else "L62"
        case Bound.HELD:
            held = original.amount_minor * held_percent_max
            return "" if minor is not None and minor * 100 <= held else "L63"
        case Bound.FREE:
            return ""
