"""What the terminal believes a batch holds, frozen when its settlement begins.

Totals and item list are taken once, in the commit that starts the settlement (S3), and are never
computed again for that batch: the 0500 and all its repeats, the upload and the slip show the same
figures. `items_hash` proves later that the list has not changed under them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec

from protocol.kinds import KINDS, PaymentKind, Side
from protocol.operations import Totals

COUNTED: Final = tuple(kind for kind, facts in KINDS.items() if facts.side is not Side.NEITHER)
"""The kinds that a batch is settled for; a pre-authorisation outlives it."""

UPLOAD_ORDER: Final = (
    (PaymentKind.OFFLINE_SALE, PaymentKind.ADJUSTMENT),
    (PaymentKind.SALE, PaymentKind.VOID, PaymentKind.COMPLETION, PaymentKind.COMPLETION_VOID),
    (PaymentKind.REFUND,),
    (PaymentKind.COMPLETION_ADVICE,),
)
"""Offline, online detail, refunds, completion advices (messages page, section 5)."""

COUNT_MAX: Final = 999
"""A side of a batch has at most three digits' worth of payments."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One approved payment of the batch."""

    stan: str
    kind: str
    amount_minor: int
    rrn: str


def total(items: Iterable[Item]) -> Totals:
    """Add up approved payments by the side of their kind.

    A voided sale and its void count both, one on each side; what was reversed counts nowhere.
    """
    debits: list[int] = []
    credits: list[int] = []
    for item in items:
        side = KINDS[PaymentKind(item.kind)].side
        assert side is not Side.NEITHER, "what does not count is no item of a batch"
        (debits if side is Side.DEBIT else credits).append(item.amount_minor)
    assert max(len(debits), len(credits)) <= COUNT_MAX, "the storage limit keeps a side below that"
    return Totals(
        debit_count=len(debits),
        debit_amount=sum(debits),
        credit_count=len(credits),
        credit_amount=sum(credits),
    )


def upload_rank(kind: PaymentKind) -> int:
    """Return the place of a kind in the upload; within one place STANs decide."""
    return next(rank for rank, kinds in enumerate(UPLOAD_ORDER) if kind in kinds)


def hash_items(items: Iterable[Item]) -> str:
    """Return the SHA-256 of the item list in the order of its STANs."""
    ordered = sorted(items, key=lambda item: item.stan)
    return hashlib.sha256(msgspec.json.encode(ordered)).hexdigest()
