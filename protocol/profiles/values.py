"""Field values that mean the same in every profile: cards, amounts, what may be missing.

A reader takes a mandatory field by `fields[n]`: a missing one is a KeyError, which a profile's
`decode` turns into a ProfileError with the number.
"""

from __future__ import annotations

from typing import Any, Final

from protocol.amount import Amount
from protocol.errors import ProfileError
from protocol.kinds import PaymentKind
from protocol.operations import APPROVED, Card, SettlementState
from protocol.secrets import ChipData, Pan, PinBlock, Track2
from protocol.structures.sealed_pin import SealedPin, SecurityControl
from protocol.structures.status import BatchStatus

Fields = dict[int, Any]
"""Text, or bytes where the dialect says binary."""

KIND_OF_REFUSAL: Final = {
    "0100": PaymentKind.PREAUTHORISATION,
    "0200": PaymentKind.SALE,
    "0220": PaymentKind.OFFLINE_SALE,
}
"""A format error may come without F3; which kind was refused, only the asking side knows."""

PIN_LENGTH_MAX: Final = "12"
"""F26: how many digits the PIN pad takes (ISO 9564-1, 6.1)."""


def put(fields: Fields, number: int, value: str | None) -> None:
    """Write a field that may be missing."""
    if value is not None:
        fields[number] = value


def put_amount(fields: Fields, amount: Amount | None) -> None:
    """Write F4 and F49, if there is an amount."""
    if amount is not None:
        fields[4] = f"{amount.minor:012d}"
        fields[49] = amount.currency


def put_pin(fields: Fields, pin: SealedPin | None) -> None:
    """Write F26, F52 and what F53 says of it, if there is a PIN."""
    if pin is None:
        return
    fields[26], fields[52] = PIN_LENGTH_MAX, pin.block.reveal()
    if pin.control is not None:
        fields[53] = pin.control.build()


def read_pin(fields: Fields) -> SealedPin | None:
    """Return F52 with what F53 says of it. Raises StructureError."""
    if 52 not in fields:
        return None
    control = SecurityControl.parse(fields[53]) if 53 in fields else None
    return SealedPin(PinBlock(fields[52]), control)


def text(fields: Fields, number: int) -> str:
    """Return a mandatory text field."""
    value: str = fields[number]
    return value


def optional(fields: Fields, number: int) -> str | None:
    """Return a text field that may be missing."""
    return fields.get(number)


def read_amount(fields: Fields) -> Amount:
    """Return F4 in F49."""
    return Amount(int(fields[4]), fields[49])


def read_reply_amount(fields: Fields) -> Amount | None:
    """Return F4 in F49; None from a refusal that lacks one of them."""
    return read_amount(fields) if 4 in fields and 49 in fields else None


def read_pan(mti: str, digits: str, field: int) -> Pan:
    """Return a card number found in `field`. Raises ProfileError."""
    try:
        return Pan(digits)
    except ValueError as error:
        problem = str(error)
    raise ProfileError(mti, problem, field)


def read_card(mti: str, fields: Fields) -> Card:
    """Return the card of F2, or of F35 alone when it was swiped. Raises ProfileError."""
    track2 = fields.get(35)
    if track2 is None:
        return Card(read_pan(mti, fields[2], 2), fields.get(14), fields[22])
    if 2 in fields:
        pan = read_pan(mti, fields[2], 2)
    else:
        pan = read_pan(mti, track2.replace("D", "=").partition("=")[0], 35)
    return Card(pan, fields.get(14), fields[22], Track2(track2))


def read_chip(mti: str, fields: Fields) -> ChipData | None:
    """Return F55, whole, once it is chip data at all. Raises ProfileError."""
    raw: bytes | None = fields.get(55)
    if raw is None:
        return None
    from protocol.tlv import TlvError, parse  # few messages have chip data

    try:
        parse(raw)
    except TlvError as error:
        problem = str(error)
    else:
        return ChipData(raw)
    raise ProfileError(mti, problem, 55)


def read_status(fields: Fields, code: str) -> BatchStatus:
    """Return what F48 says of a batch; a host that refuses may leave it out.

    Raises StructureError.
    """
    if code != APPROVED and 48 not in fields:
        return BatchStatus(state=SettlementState.UNKNOWN)
    return BatchStatus.parse(text(fields, 48))
