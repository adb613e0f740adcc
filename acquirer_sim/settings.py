"""Words that the acquirer's settings share: what a code, an amount or a card number looks like."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec
from msgspec import Meta

ResponseCode = Annotated[str, Meta(pattern=r"^[0-9A-Z]{2}$")]
Digits = Annotated[str, Meta(pattern=r"^[0-9]+$")]
Mti = Annotated[str, Meta(pattern=r"^[0-9]{4}$")]
SixDigits = Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
Percent = Annotated[int, Meta(ge=0, le=100)]
Minor = Annotated[int, Meta(ge=0, le=999_999_999_999)]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all: keys that are not here are refused."""


class RequestName(Enum):
    """What a request asks for, in every dialect."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    SETTLEMENT = "settlement"
    UPLOAD_ITEM = "upload_item"
    UPLOAD_CHIP = "upload_chip"
    UPLOAD_END = "upload_end"
    SIGN_ON = "sign_on"
    SIGN_OFF = "sign_off"
    ECHO = "echo"
    INQUIRY = "inquiry"
    PAYMENT_INQUIRY = "payment_inquiry"
