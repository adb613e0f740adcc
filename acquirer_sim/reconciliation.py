"""Why a batch did not balance: both sides' payments, compared one by one.

`reconcile` takes the host's payments and the uploaded items of one batch and names every
difference with its likely cause. The report is frozen into the ledger when the upload ends;
`reconciliation_words.py` tells it to a person. It holds masked card numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Final

import msgspec

from acquirer_sim.figures import totals_of, unpack_totals
from acquirer_sim.rows import Batch, Item, Payment, PaymentStatus, Reversal, ReversalEffect
from protocol.kinds import KINDS, PaymentKind, Side
from protocol.operations import Totals


class Finding(Enum):
    """The kinds of difference, most serious first."""

    ONLY_HOST = "only_host"
    ONLY_TERMINAL = "only_terminal"
    AMOUNT_DIFFERS = "amount_differs"
    REVERSED_ON_HOST = "reversed_on_host"
    DUPLICATE = "duplicate"
    KIND_DIFFERS = "kind_differs"
    CARD_DIFFERS = "card_differs"


class Cause(Enum):
    """The likely reason of a difference; its sentences are in `reconciliation_words.py`."""

    REPLY_LOST = "reply_lost"
    NEVER_ARRIVED = "never_arrived"
    DECLINED_HERE = "declined_here"
    OVERTAKEN = "overtaken"
    AMOUNT_CHANGED = "amount_changed"
    REVERSAL_LATE = "reversal_late"
    REVERSED_BEFORE = "reversed_before"
    REVERSED_AFTER = "reversed_after"
    LISTED_TWICE = "listed_twice"
    KIND_CONFUSED = "kind_confused"
    UNDONE_HERE = "undone_here"
    NUMBER_REUSED = "number_reused"
    NOT_CAPTURED = "not_captured"


class Difference(msgspec.Struct, frozen=True):
    """One payment on which the sides disagree.

    A side that does not count the payment has neither its kind nor its amount.
    """

    finding: Finding
    cause: Cause
    stan: str
    card: str
    terminal_minor: int | None
    host_minor: int | None
    terminal_kind: PaymentKind | None
    host_kind: PaymentKind | None


class Report(msgspec.Struct, frozen=True):
    """The comparison of one batch, as stored. Amounts are minor units of `currency`."""

    terminal: str
    merchant: str
    batch: str
    currency: str
    reported_at: str
    terminal_totals: Totals
    host_totals: Totals
    uploaded_count: int
    announced_count: int
    matched_count: int
    differences: tuple[Difference, ...]
    explained: bool
    """True when the differences add up to the difference of the two nets."""


def reconcile(
    batch: Batch,
    payments: Iterable[Payment],
    items: Iterable[Item],
    reversals: Iterable[Reversal],
    *,
    announced: int,
    reported_at: str,
    listed: Callable[[Payment], bool] = lambda payment: True,
) -> Report:
    """Compare one batch; `announced` is the count of the upload's trailer.

    `listed` tells which payments the upload is about: one side of the totals may have been in
    balance, and then none of it goes up.
    """
    host = {row.stan: row for row in payments}
    told = {row.stan: row for row in items}
    adjusted = {row.stan for row in reversals if row.effect is ReversalEffect.ADJUSTED}
    differences = tuple(
        difference
        for stan in sorted(host.keys() | told.keys())
        for difference in _compare(host.get(stan), told.get(stan), adjusted, listed)
    )
    assert batch.asked is not None, "compared after the settlement only"
    asked, kept = unpack_totals(batch.asked), totals_of(batch)
    return Report(
        terminal=batch.terminal,
        merchant=batch.merchant,
        batch=batch.batch,
        currency=batch.currency,
        reported_at=reported_at,
        terminal_totals=asked,
        host_totals=kept,
        uploaded_count=len(told),
        announced_count=announced,
        matched_count=len(told) - len({row.stan for row in differences if row.stan in told}),
        differences=differences,
        explained=sum(map(_effect, differences)) == asked.net - kept.net,
    )


def _compare(
    payment: Payment | None,
    item: Item | None,
    adjusted: set[str],
    listed: Callable[[Payment], bool],
) -> Iterator[Difference]:
    """Yield what differs in one payment, seen from both sides."""
    if payment is None:
        assert item is not None, "one side has it"
        yield _difference(Finding.ONLY_TERMINAL, Cause.NEVER_ARRIVED, None, item)
        return
    stands = payment.status is PaymentStatus.APPROVED or payment.stan in adjusted
    counted = stands and KINDS[payment.kind].side is not Side.NEITHER
    if item is None:
        if _is_released(payment):
            yield _difference(Finding.ONLY_HOST, Cause.NOT_CAPTURED, payment, None)
        if counted and listed(payment):
            late = payment.stan in adjusted
            cause = Cause.REVERSAL_LATE if late else Cause.REPLY_LOST
            yield _difference(Finding.ONLY_HOST, cause, payment, None)
        return
    if item.conflicts:
        yield _difference(Finding.DUPLICATE, Cause.LISTED_TWICE, payment, item)
    if payment.status is PaymentStatus.APPROVED:
        yield from _compare_approved(payment, item)
    else:
        finding, cause = _NOT_STANDING[payment.status]
        if payment.stan in adjusted:
            cause = Cause.REVERSED_AFTER
        yield _difference(finding, cause, payment if counted else None, item)


def _is_released(payment: Payment) -> bool:
    """Return whether it was to be captured, and no upload told of it."""
    side = KINDS[payment.kind].side
    return payment.status is PaymentStatus.EXPIRED and side is not Side.NEITHER


_NOT_STANDING: Final = {
    PaymentStatus.REVERSED: (Finding.REVERSED_ON_HOST, Cause.REVERSED_BEFORE),
    PaymentStatus.DECLINED: (Finding.ONLY_TERMINAL, Cause.DECLINED_HERE),
    PaymentStatus.TOMBSTONE: (Finding.ONLY_TERMINAL, Cause.OVERTAKEN),
    PaymentStatus.BURIED: (Finding.ONLY_TERMINAL, Cause.OVERTAKEN),
    PaymentStatus.EXPIRED: (Finding.ONLY_TERMINAL, Cause.UNDONE_HERE),
}


def _compare_approved(payment: Payment, item: Item) -> Iterator[Difference]:
    if payment.kind is not item.kind:
        yield _difference(Finding.KIND_DIFFERS, Cause.KIND_CONFUSED, payment, item)
    elif payment.token != item.token:
        yield _difference(Finding.CARD_DIFFERS, Cause.NUMBER_REUSED, payment, item)
    elif payment.minor != item.minor:
        yield _difference(Finding.AMOUNT_DIFFERS, Cause.AMOUNT_CHANGED, payment, item)


def _difference(
    finding: Finding, cause: Cause, payment: Payment | None, item: Item | None
) -> Difference:
    """Name one difference, as far as each side counts the payment."""
    shown = item or payment
    assert shown is not None, "one side has it"
    return Difference(
        finding=finding,
        cause=cause,
        stan=shown.stan,
        card=shown.card,
        terminal_minor=item.minor if item else None,
        host_minor=payment.minor if payment else None,
        terminal_kind=item.kind if item else None,
        host_kind=payment.kind if payment else None,
    )


def _effect(difference: Difference) -> int:
    """Return what the difference adds to the terminal's net.

    A list entry twice adds nothing, nor what this side has let go.
    """
    if difference.finding is Finding.DUPLICATE or difference.cause is Cause.NOT_CAPTURED:
        return 0
    told = _signed(difference.terminal_kind, difference.terminal_minor)
    return told - _signed(difference.host_kind, difference.host_minor)


def _signed(kind: PaymentKind | None, minor: int | None) -> int:
    """Return what a payment adds to the net of its side: debits positive, credits negative."""
    if kind is None or minor is None:
        return 0
    return _SIGNS[KINDS[kind].side] * minor


_SIGNS: Final = {Side.DEBIT: 1, Side.CREDIT: -1, Side.NEITHER: 0}
