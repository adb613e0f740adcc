"""What a chip said of a payment, as far as it may be kept: for the upload before a batch ends.

The terminal has no card in its slot any more when a batch is uploaded, so what travelled in F55 is
kept with the answer: without the card number, the track and the name, which no disk may hold. An
approval's data is its certificate; a decline's is that of a payment that failed.
"""

from __future__ import annotations

from protocol.operations import PaymentRequest
from protocol.tlv import TlvError, scrub
from terminal.attempt import Purpose
from terminal.facts import Fact


class ChipKept(Fact, frozen=True, kw_only=True):
    """Chip data of one answered payment, scrubbed; `purpose` is what its upload is about."""

    batch: str
    stan: str
    chip: bytes
    purpose: Purpose


def chip_facts(purchase: PaymentRequest, purpose: Purpose) -> tuple[Fact, ...]:
    """Return what is kept of a payment's chip data; nothing of what cannot be scrubbed."""
    if purchase.chip is None:
        return ()
    try:
        chip = scrub(purchase.chip.reveal())
    except TlvError:
        return ()
    kept = ChipKept(batch=purchase.batch, stan=purchase.stan, chip=chip, purpose=purpose)
    return (kept,) if chip else ()
