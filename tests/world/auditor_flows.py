"""How payments may hang together, on both sides' books. Written from the invariants.

A void takes back one payment, whole, and both are counted; refunds give back what was paid at
most, tips and all; a completion takes what was held at most, and what was held is let go once.
Undoing any of them leaves everything as if it had never been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.world.auditor_books import HostBooks, PaymentKey, TerminalBooks

SALES: Final = ("sale", "completion", "offline_sale")
SPEAKS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "void": ("sale",),
    "completion_void": ("completion",),
    "preauthorisation_void": ("preauthorisation",),
    "completion": ("preauthorisation",),
    "completion_advice": ("preauthorisation",),
    "refund": SALES,
    "adjustment": ("sale", "offline_sale"),
}
"""Of which kinds a kind may speak (messages page, section 2)."""

VOIDS: Final = ("void", "completion_void", "preauthorisation_void")
COMPLETIONS: Final = ("completion", "completion_advice")
TOLD_KINDS: Final = ("refund", "completion_advice", "offline_sale", "adjustment")
"""What is told instead of asked."""

COMPLETION_PERCENT_MAX: Final = 115


class _Family:
    """An approved payment, and what stands of all that speaks of it."""

    def __init__(self, key: PaymentKey, kind: str, minor: int) -> None:
        self.key, self.kind, self.minor = key, kind, minor
        self.voids: list[int] = []
        self.refunds: list[int] = []
        self.tips: list[int] = []
        self.completions: list[int] = []

    @property
    def name(self) -> str:
        """Return the payment's name in a sentence."""
        return f"{self.kind} {self.key[1]} of batch {self.key[0]}"


def _families(books: TerminalBooks | HostBooks) -> list[_Family]:
    found = {key: _Family(key, *stands) for key, stands in sorted(books.approved.items())}
    voids = [key for key, stands in books.approved.items() if stands.kind in VOIDS]
    voided = {books.links.get(key) for key in voids}
    for key, stands in books.approved.items():
        original = found.get(books.links.get(key, key))
        if original is None:
            continue
        if stands.kind in VOIDS:
            original.voids.append(stands.minor)
        elif stands.kind == "refund":
            original.refunds.append(stands.minor)
        elif stands.kind == "adjustment":
            original.tips.append(stands.minor)
        elif stands.kind in COMPLETIONS and key not in voided:
            original.completions.append(stands.minor)
    return list(found.values())


def both_say_the_same_original(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """What speaks of another payment speaks of the same one on each side; a sale of none."""
    for key, stands in sorted(terminal.approved.items()):
        ours, theirs = terminal.links.get(key), host.links.get(key)
        if stands.kind in SPEAKS_OF and (ours is None or ours != theirs):
            yield f"F1: {stands.kind} {key} speaks of {ours} here, of {theirs} at the host"
        if stands.kind not in SPEAKS_OF and (ours or theirs):
            yield f"F1: {stands.kind} {key} speaks of {ours or theirs}"


def originals_stand(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """What stands speaks of what stands, and of a kind that it may speak of."""
    for books in (terminal, host):
        for key, original in sorted(books.links.items()):
            stands, of = books.approved.get(key), books.approved.get(original)
            if stands is None or of is None or of.kind not in SPEAKS_OF.get(stands.kind, ()):
                yield f"F2: {stands} {key} speaks of {of} {original}"


def voids_are_whole_and_one(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """A payment is voided once, by its whole amount, and nothing else is made of it then."""
    for books in (terminal, host):
        for one in _families(books):
            if one.voids not in ([], [one.minor]):
                yield f"F3: {one.name} over {one.minor} is voided by {one.voids}"
            if one.voids and (one.refunds or one.completions or one.tips):
                yield f"F3: {one.name} is voided, and refunded, adjusted or completed"


def refunds_give_back_what_was_paid(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """Refunds of a payment together are no more than it and its tips."""
    for books in (terminal, host):
        for one in _families(books):
            if sum(one.refunds) > one.minor + sum(one.tips):
                paid = f"{one.minor} and {one.tips}"
                yield f"F4: {one.name} over {paid} is refunded by {one.refunds}"


def completions_take_what_was_held(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """A hold is completed once, for as much as it allows."""
    for books in (terminal, host):
        for one in _families(books):
            if len(one.completions) > 1:
                yield f"F5: {one.name} is completed by {one.completions}"
            if sum(one.completions) * 100 > one.minor * COMPLETION_PERCENT_MAX:
                yield f"F5: {one.name} over {one.minor} is completed by {one.completions}"


def holds_are_released_once(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """A hold's account holds its amount while it stands alone, and nothing afterwards."""
    alone = {
        one.key: one.minor
        for one in _families(host)
        if one.kind == "preauthorisation" and not one.voids and not one.completions
    }
    for key, minor in sorted(host.held.items()):
        if minor != alone.get(key, 0):
            yield f"F6: {minor} is held for {key}, but {alone.get(key, 0)} stands to be held"


def marks_are_what_stands(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """What is ended, refunded or adjusted at the host is so because of a payment that stands."""
    families = _families(host)
    ended = {one.key for one in families if one.voids or one.completions}
    if ended != host.ended:
        odd = sorted(ended ^ host.ended)
        yield f"F7: marked as ended, or not, against what stands: {odd}"
    refunded = {one.key: sum(one.refunds) for one in families if one.refunds}
    if refunded != dict(host.refunded):
        yield f"F7: refunds of {refunded} stand, {dict(host.refunded)} are marked"
    tipped = {one.key: sum(one.tips) for one in families if one.tips}
    if tipped != dict(host.adjusted):
        yield f"F7: tips of {tipped} stand, {dict(host.adjusted)} are marked"


def refused_advices_are_named(terminal: TerminalBooks, host: HostBooks) -> Iterator[str]:
    """What was sold offline is with the host when its batch closes, or on the slip by name."""
    for (batch, stan), stands in sorted(terminal.refused.items()):
        named = terminal.named.get(batch, ())
        if batch in terminal.closed and not any(line.startswith(stan) for line in named):
            yield f"F8: {stands.kind} {stan} of batch {batch} was refused, and no slip says so"


FlowRule = Callable[[TerminalBooks, HostBooks], Iterator[str]]

RULES: Final[tuple[FlowRule, ...]] = (
    both_say_the_same_original,
    originals_stand,
    voids_are_whole_and_one,
    refunds_give_back_what_was_paid,
    completions_take_what_was_held,
    holds_are_released_once,
    marks_are_what_stands,
    refused_advices_are_named,
)


def audit_flows(terminal: TerminalBooks, host: HostBooks) -> list[str]:
    """Return where payments hang together as they must not, in words."""
    return [problem for rule in RULES for problem in rule(terminal, host)]
