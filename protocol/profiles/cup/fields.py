"""Field values that both directions of the cup profile share."""

from __future__ import annotations

from typing import Final

from protocol.kinds import KINDS, PaymentKind
from protocol.operations import (
    KeyForm,
    ReconciliationResult,
)
from protocol.secrets import Pan
from protocol.structures.batch_data import BatchData
from protocol.uploads import ChipOutcome

SIGN_OFF: Final = "002"
ECHO: Final = "301"
SETTLEMENT_STATUS: Final = "982"
"""Our own: no standard asks where a batch stands."""

SETTLEMENT: Final = "201"
"""F60.3 of an 0500, and of an 0320 that carries payments."""

UPLOAD_ENDS: Final = {"202": False, "207": True}
"""F60.3 of the upload's end: whether the 0510 had been in balance."""

CHIP_UPLOADS: Final = {
    "203": (ChipOutcome.APPROVED, True),
    "204": (ChipOutcome.FAILED, True),
    "205": (ChipOutcome.APPROVED, False),
    "206": (ChipOutcome.FAILED, False),
}
"""F60.3 of an 0320 with chip data: what became of the payment, and whether the batch balanced.

204 and 206 are also those of a payment whose host did not prove itself to the chip.
"""

CHIP_CODES: Final = {meaning: code for code, meaning in CHIP_UPLOADS.items()}

KEY_FORMS: Final = {form.value: form for form in KeyForm}

NO_TYPE: Final = "00"
"""F60.1 of what is no payment."""

NO_BATCH: Final = "000000"
NO_STAN: Final = "000000"

KIND_OF: Final = {row.message_type: kind for kind, row in KINDS.items()} | {
    "34": PaymentKind.ADJUSTMENT
}
"""F60.1 says the kind; 34 is an adjustment made of a tip."""

ADJUSTMENT_PROCESSING: Final = "000000"
"""Here an adjustment is a payment like any other; iso87 has 02 for it."""

REFUND_CODE: Final = "000"
"""F63 of a refund: any card organisation."""

SWIPED: Final = "02"
"""The first two digits of F22 when the card number was read from the track."""

BALANCE_ACCOUNT: Final = "10"
"""F54.1 of a balance: the card's own account."""

CODES: Final = {
    ReconciliationResult.IN_BALANCE: "00",
    ReconciliationResult.OUT_OF_BALANCE: "95",
    ReconciliationResult.ERROR: "12",
}
"""What F39 would be, had an 0510 one."""


def processing_of(kind: PaymentKind) -> str:
    """Return F3."""
    return ADJUSTMENT_PROCESSING if kind is PaymentKind.ADJUSTMENT else KINDS[kind].processing


def batch_data(message_type: str, batch: str | None, network_code: str = "000") -> str:
    """Return F60. Raises ValueError."""
    data = BatchData(message_type=message_type, batch=batch or NO_BATCH, network_code=network_code)
    return data.build()


def travels(pan: Pan | None, entry_mode: str) -> bool:
    """True when F2 is there: a swiped card's number travels in the track alone."""
    return pan is not None and not entry_mode.startswith(SWIPED)
