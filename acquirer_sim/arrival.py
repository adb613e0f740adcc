"""A request as rules and faults see it: what may be asked of it, and nothing else."""

from __future__ import annotations

from typing import Final

import msgspec

from acquirer_sim.settings import RequestName
from protocol.inquiries import PaymentInquiry
from protocol.kinds import PaymentKind
from protocol.message import Message
from protocol.operations import (
    Echo,
    PaymentRequest,
    Request,
    Reversal,
    Settlement,
    SettlementInquiry,
    SignOff,
    SignOn,
    UploadEnd,
    UploadItem,
)
from protocol.secrets import Pan
from protocol.uploads import ChipUpload, UploadDetails

NAMES: Final = {
    PaymentRequest: RequestName.PAYMENT,
    Reversal: RequestName.REVERSAL,
    Settlement: RequestName.SETTLEMENT,
    UploadItem: RequestName.UPLOAD_ITEM,
    UploadDetails: RequestName.UPLOAD_ITEM,
    ChipUpload: RequestName.UPLOAD_CHIP,
    UploadEnd: RequestName.UPLOAD_END,
    SignOn: RequestName.SIGN_ON,
    SignOff: RequestName.SIGN_OFF,
    Echo: RequestName.ECHO,
    SettlementInquiry: RequestName.INQUIRY,
    PaymentInquiry: RequestName.PAYMENT_INQUIRY,
}


class Arrival(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a trigger may look at in a request: MTI, F3, F41, F42, F60, F11, F4, F2, F64 or F128.

    A member is "" or None where the message has no such thing.
    """

    mti: str
    request: RequestName | None = None
    kind: PaymentKind | None = None
    processing: str = ""
    terminal: str = ""
    merchant: str = ""
    batch: str = ""
    stan: str = ""
    minor: int | None = None
    card: Pan | None = None
    signed: bool = False


def arrival_of(message: Message, request: Request) -> Arrival:
    """Return what may be asked of a message that was read as `request`."""
    minor = message.get(4)
    return Arrival(
        mti=message.mti,
        request=NAMES.get(type(request)),
        kind=getattr(request, "kind", None),
        processing=message.get(3),
        terminal=request.origin.terminal_id.rstrip(),
        merchant=request.origin.merchant_id.rstrip(),
        batch=getattr(request, "batch", ""),
        stan=request.stan,
        minor=int(minor) if minor.isdigit() else None,
        card=_card(request),
        signed=64 in message.fields or 128 in message.fields,
    )


def _card(request: Request) -> Pan | None:
    match request:
        case PaymentRequest():
            return request.card.pan
        case Reversal() | UploadItem():
            return request.pan
        case _:
            return None
