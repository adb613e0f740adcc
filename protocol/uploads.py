"""What some dialects upload besides single payments: several in one message, and chip data.

The words of `protocol.operations`, continued; a profile that has no message for one of these says
so (`says`), and then the terminal never does.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.operations import OriginalReference, Request
from protocol.secrets import ChipData, Pan


class UploadLine(msgspec.Struct, frozen=True, gc=False):
    """One payment among several in a message: all that such a message says of it."""

    stan: str
    pan: Pan
    amount: Amount
    foreign: bool = False


class UploadDetails(Request, frozen=True, kw_only=True, gc=False):
    """0320: several payments of a batch in one message, in dialects that have it.

    Each is known by (batch, STAN) like an `UploadItem`; one answer is about all of them. What
    kind of payment each was, the message does not say.
    """

    batch: str
    lines: tuple[UploadLine, ...]


class ChipOutcome(Enum):
    """What became of a chip payment: a certificate (TC), or none."""

    APPROVED = "approved"
    FAILED = "failed"


class ChipUpload(Request, frozen=True, kw_only=True, gc=False):
    """0320: what the chip said of one payment, sent before the end of an upload.

    `balanced` is the verdict of the batch's settlement, which the message repeats. `chip` holds
    no card number and no track.
    """

    batch: str
    number: int
    original: OriginalReference
    amount: Amount
    pan: Pan
    chip: ChipData
    kind: PaymentKind = PaymentKind.SALE
    entry_mode: str = "051"
    outcome: ChipOutcome = ChipOutcome.APPROVED
    balanced: bool = False
