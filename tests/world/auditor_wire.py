"""What the bytes on the wire must never show, whatever the weather. Written from the invariants.

Each rule takes the frames as they entered the wire, decoded by the reference codec, and returns
sentences about what is wrong. A rule knows nothing of the programs at either end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from protocol.message import Message

ASKED = ("0100", "0200")
TOLD = ("0220", "0221")
PAYMENTS = (*ASKED, *TOLD)
ANSWERS = ("0110", "0210", "0230")
INQUIRY = "31"
"""How F3 of a balance inquiry begins: it moves nothing, so silence leaves nothing to undo."""
REVERSALS = ("0400", "0401", "0420", "0421")
SETTLEMENTS = ("0500", "0501")
REFUSED = "refuse"
"""A switch answered this request itself: the host never saw it."""
DELIVERED = ("carry", "twice", "late", "reset after", "power cut")


@dataclass(frozen=True, slots=True)
class Heard:
    """One decoded frame: when, which way, what, and what the weather did to it."""

    at_s: float
    upstream: bool
    message: Message
    fate: str

    @property
    def who(self) -> str:
        """Return the terminal (F41)."""
        return self.message.get(41)

    @property
    def stan(self) -> str:
        """Return F11."""
        return self.message.get(11)

    @property
    def batch(self) -> str:
        """Return F60."""
        return self.message.get(60)

    @property
    def mti(self) -> str:
        """Return the message type."""
        return self.message.mti

    @property
    def arrived(self) -> bool:
        """True when the weather let the whole frame through."""
        return self.fate in DELIVERED

    @property
    def asks_only(self) -> bool:
        """True for a balance inquiry and its answer: a payment's message that moves nothing."""
        return self.mti in ("0200", "0210") and self.message.get(3).startswith(INQUIRY)

    def same_content(self, other: Heard, *, but: tuple[int, ...] = ()) -> bool:
        """True when all fields except `but` are equal."""
        mine, theirs = self.message.fields, other.message.fields
        return {n: v for n, v in mine.items() if n not in but} == {
            n: v for n, v in theirs.items() if n not in but
        }


def stan_never_reused(heard: Sequence[Heard]) -> Iterator[str]:
    """I8, T6: what is asked leaves once; its STAN never comes again in the batch."""
    seen: set[tuple[str, str, str]] = set()
    for one in heard:
        key = (one.who, one.batch, one.stan)
        if one.upstream and one.mti in ASKED:
            if key in seen:
                yield f"I8: purchase {one.stan} of batch {one.batch} left twice"
            seen.add(key)


def advices_repeat_identically(heard: Sequence[Heard]) -> Iterator[str]:
    """An advice is told again with every field as it was, and says from then on that it is one."""
    first: dict[tuple[str, str, str], Heard] = {}
    for one in heard:
        if not one.upstream or one.mti not in TOLD:
            continue
        key = (one.who, one.batch, one.stan)
        if one.mti == "0220" and key in first:
            yield f"A: advice {one.stan} of batch {one.batch} was sent as new a second time"
        if not one.same_content(first.setdefault(key, one)):
            yield f"A: advice {one.stan} of batch {one.batch} was repeated with other fields"


def only_what_was_asked_is_undone(heard: Sequence[Heard]) -> Iterator[str]:
    """A reversal is for what was asked: never for an advice, an inquiry, a settlement."""
    for one in heard:
        if not one.upstream or one.mti not in REVERSALS:
            continue
        asked = one.message.get(90)[:4]
        if asked not in ASKED or one.message.get(3).startswith(INQUIRY):
            yield f"R: reversal {one.stan} undoes an {asked} with F3 {one.message.get(3)}"


def reversals_repeat_identically(heard: Sequence[Heard]) -> Iterator[str]:
    """R2: every reversal of a payment has the same business fields; the reason may worsen."""
    first: dict[tuple[str, str, str], Heard] = {}
    for one in heard:
        if not one.upstream or one.mti not in REVERSALS:
            continue
        before = first.setdefault((one.who, one.batch, one.stan), one)
        if not one.same_content(before, but=(39,)):
            yield f"R2: reversal {one.stan} of batch {one.batch} was repeated with other fields"


def reversals_name_their_purchase(heard: Sequence[Heard]) -> Iterator[str]:
    """T4-T7: a reversal has the STAN, batch, amount and card of the purchase that left, if any."""
    sent = {(o.who, o.batch, o.stan): o for o in heard if o.upstream and o.mti in ASKED}
    for one in heard:
        original = sent.get((one.who, one.batch, one.stan))
        if not one.upstream or one.mti not in REVERSALS or original is None:
            continue
        for number in (2, 3, 4, 41, 42, 49):
            if one.message.get(number) != original.message.get(number):
                yield f"R: reversal {one.stan} differs from its purchase in F{number}"
        named = f"{original.mti}{one.stan}{original.message.get(7)}"
        if not one.message.get(90).startswith(named):
            yield f"R: F90 of reversal {one.stan} does not name its purchase"


def settlements_repeat_identically(heard: Sequence[Heard]) -> Iterator[str]:
    """Uncertain settlement 2: every 0500/0501 of a batch is the same, and a repeat is a 0501."""
    first: dict[tuple[str, str], Heard] = {}
    for one in heard:
        if not one.upstream or one.mti not in SETTLEMENTS:
            continue
        key = (one.who, one.batch)
        before = first.get(key)
        if before is None:
            first[key] = one
        elif not one.same_content(before):
            yield f"H3: settlement of batch {one.batch} was repeated with other content"
        elif one.mti == "0500":
            yield f"S6: settlement of batch {one.batch} was sent as new a second time"


def answers_never_change(heard: Sequence[Heard]) -> Iterator[str]:
    """I2, H2: the stored reply to a settlement and to a payment is the same each time."""
    first: dict[tuple[str, str, str, str], Heard] = {}
    for one in heard:
        if one.upstream or one.mti not in ("0510", *ANSWERS):
            continue
        before = first.setdefault((one.mti, one.who, one.batch, one.stan), one)
        if not one.same_content(before):
            yield f"H2: {one.mti} {one.stan} of batch {one.batch} was answered differently"


def nothing_sold_while_settling(heard: Sequence[Heard]) -> Iterator[str]:
    """I9: after the first 0500 of a batch no payment of any kind leaves in it, ever."""
    settling: set[tuple[str, str]] = set()
    for one in heard:
        if not one.upstream:
            continue
        key = (one.who, one.batch)
        if one.mti in SETTLEMENTS:
            settling.add(key)
        elif one.mti in PAYMENTS and key in settling and not one.asks_only:
            yield f"I9: {one.mti} {one.stan} left in batch {one.batch} after its 0500"


def _open_purchases(heard: Sequence[Heard]) -> Iterator[tuple[Heard, set[str]]]:
    """Yield each upstream frame with the purchases of that terminal nobody answered yet."""
    unanswered: dict[str, set[str]] = {}
    for one in heard:
        mine = unanswered.setdefault(one.who, set())
        if one.upstream:
            yield one, mine
            if one.mti in ASKED and one.fate != REFUSED and not one.asks_only:
                mine.add(one.stan)
        elif one.arrived and one.mti in ("0110", "0210", "0410", "0430"):
            mine.discard(one.stan)


def nothing_new_over_an_unanswered_purchase(heard: Sequence[Heard]) -> Iterator[str]:
    """REVERSAL_PENDING: while a purchase is unanswered neither a sale nor a 0500 may leave."""
    for one, unanswered in _open_purchases(heard):
        if one.mti in (*ASKED, "0500") and unanswered and not one.asks_only:
            stans = ", ".join(sorted(unanswered))
            yield f"S1: {one.mti} {one.stan} left while {stans} had no answer"


def nothing_is_settled_untold(heard: Sequence[Heard]) -> Iterator[str]:
    """S1: no 0500 leaves while the host has not answered an advice of its batch."""
    untold: dict[tuple[str, str], set[str]] = {}
    for one in heard:
        batch = untold.setdefault((one.who, one.batch), set())
        answered = one.mti == "0230" and one.arrived
        if answered or (one.mti in TOLD and one.fate == REFUSED):
            batch.discard(one.stan)
        elif one.mti in TOLD:
            batch.add(one.stan)
        elif one.mti == "0500" and batch:
            stans = ", ".join(sorted(batch))
            yield f"S1: 0500 {one.stan} left while advice {stans} had no answer"


Rule = Callable[[Sequence[Heard]], Iterator[str]]

RULES: tuple[Rule, ...] = (
    stan_never_reused,
    advices_repeat_identically,
    only_what_was_asked_is_undone,
    reversals_repeat_identically,
    reversals_name_their_purchase,
    settlements_repeat_identically,
    answers_never_change,
    nothing_sold_while_settling,
    nothing_new_over_an_unanswered_purchase,
    nothing_is_settled_untold,
)


def audit_wire(heard: Sequence[Heard]) -> list[str]:
    """Return what the wire shows against the invariants, in words."""
    return [problem for rule in RULES for problem in rule(heard)]
