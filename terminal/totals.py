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

from protocol.operations import Totals

COUNT_MAX: Final = 999
"""A side of a batch has at most three digits' worth of payments."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One approved payment of the batch."""

    stan: str
    kind: str
    amount_minor: int
    rrn: str


def total(items: Iterable[Item]) -> Totals:
    """Add up approved payments. A payment that was reversed is in none of the figures."""
    listed = tuple(items)
    assert len(listed) <= COUNT_MAX, "the storage limit keeps a batch below a thousand"
    assert all(item.kind == "sale" for item in listed), "only sales exist so far"
    return Totals(debit_count=len(listed), debit_amount=sum(item.amount_minor for item in listed))


def hash_items(items: Iterable[Item]) -> str:
    """Return the SHA-256 of the item list in the order of its STANs."""
    ordered = sorted(items, key=lambda item: item.stan)
    return hashlib.sha256(msgspec.json.encode(ordered)).hexdigest()
