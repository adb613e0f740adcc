"""A card as it lies on the counter, with what only this payment may see: its PIN and its chip data.

The PIN becomes a block for F52 when the request is made and is never stored; the chip data goes
into F55 as it came. Of that, what no disk may hold is gone with the answer (`terminal.chips`).
Advices and reversals carry neither.
"""

from __future__ import annotations

from protocol.operations import Card
from protocol.pin_block import Pin
from protocol.secrets import ChipData


class Presented(Card, frozen=True, gc=False):
    """A card with the PIN that was keyed in and the chip data that was read, if any."""

    pin: Pin | None = None
    chip: ChipData | None = None


def plain(card: Card) -> Card:
    """Return what travels in the card's own fields (F2, F14, F22, F35)."""
    return Card(card.pan, card.expiry, card.entry_mode, card.track2)


def without_track(card: Card) -> Card:
    """Return what of a card may be told later: no track."""
    return Card(card.pan, card.expiry, card.entry_mode)


def chip_of(card: Card) -> ChipData | None:
    """Return F55, whole."""
    return card.chip if isinstance(card, Presented) else None


def pin_of(card: Card) -> Pin | None:
    """Return the PIN that was keyed in, if any."""
    return card.pin if isinstance(card, Presented) else None
