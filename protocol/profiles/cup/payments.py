"""Payments of every kind, asked (0100, 0200) or told (0220), and their answers."""

from __future__ import annotations

from typing import Final

from protocol.amount import Amount
from protocol.errors import ProfileError
from protocol.kinds import KINDS, PaymentKind
from protocol.message import Message
from protocol.operations import (
    APPROVED,
    Card,
    Operation,
    PaymentReply,
    PaymentRequest,
)
from protocol.profiles.cup.fields import (
    BALANCE_ACCOUNT,
    REFUND_CODE,
    batch_data,
    processing_of,
    travels,
)
from protocol.profiles.cup.heads import (
    base,
    original_data,
    read_batch_data,
    read_kind,
    read_original,
    reply_base,
    reply_batch,
    who,
)
from protocol.profiles.translation import Decoders, Encoders
from protocol.profiles.values import (
    KIND_OF_REFUSAL,
    Fields,
    optional,
    put,
    put_amount,
    put_pin,
    read_amount,
    read_card,
    read_chip,
    read_pin,
    read_reply_amount,
    text,
)
from protocol.structures.balances import AmountType, Balance, Balances, Sign
from protocol.structures.card_organisation import CardOrganisation


def payment(operation: PaymentRequest) -> Message:
    """Return the request of a payment, by its kind."""
    kind = KINDS[operation.kind]
    fields = base(operation)
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    if operation.kind is PaymentKind.BALANCE:
        del fields[4]
    _put_card(fields, operation.card)
    fields[25] = kind.condition
    if operation.original is not None:
        put(fields, 37, operation.original.rrn)
        put(fields, 38, operation.original.authorisation)
        fields[61] = original_data(operation.original, operation.kind)
    put_pin(fields, operation.pin)
    if operation.chip is not None:
        fields[55] = operation.chip.reveal()
    fields[60] = batch_data(kind.message_type, operation.batch)
    if operation.kind is PaymentKind.REFUND:
        fields[63] = CardOrganisation(REFUND_CODE).build()
    return Message(kind.mti, fields)


def _put_card(fields: Fields, card: Card) -> None:
    if card.track2 is None or travels(card.pan, card.entry_mode):
        fields[2] = card.pan.reveal()
    put(fields, 14, card.expiry)
    fields[22] = card.entry_mode
    if card.track2 is not None:
        fields[35] = card.track2.reveal()


def _payment_reply(operation: PaymentReply) -> Message:
    kind = KINDS[operation.kind]
    fields = reply_base(operation)
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    put(fields, 15, operation.settlement_date)
    fields[25] = kind.condition
    put(fields, 37, operation.rrn)
    put(fields, 38, operation.authorisation)
    if operation.balance is not None:
        balance = Balance(amount=operation.balance, account_type=BALANCE_ACCOUNT)
        fields[54] = Balances((balance,)).build()
    fields[60] = batch_data(kind.message_type, operation.batch)
    return Message(f"{int(kind.mti) + 10:04d}", fields)


def _read_payment(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    kind = read_kind(mti, fields, data)
    if (mti, text(fields, 25)) != (KINDS[kind].mti, KINDS[kind].condition):
        raise ProfileError(mti, "60.1 belongs to another message", 60)
    balance = kind is PaymentKind.BALANCE
    return PaymentRequest(
        **who(fields),
        batch=data.batch,
        card=read_card(mti, fields),
        amount=Amount(0, text(fields, 49)) if balance else read_amount(fields),
        kind=kind,
        original=read_original(fields, kind, spoken=True) if KINDS[kind].wants else None,
        pin=read_pin(fields),
        chip=read_chip(mti, fields),
    )


def _read_payment_reply(mti: str, fields: Fields) -> Operation:
    code = text(fields, 39)
    refused = KIND_OF_REFUSAL[f"{int(mti) - 10:04d}"]
    kind = read_kind(mti, fields, read_batch_data(fields)) if 60 in fields else refused
    if code == APPROVED and kind is not PaymentKind.BALANCE and 4 not in fields:
        raise ProfileError(mti, "missing from an approval", 4)
    return PaymentReply(
        **who(fields),
        code=code,
        kind=kind,
        batch=reply_batch(fields),
        amount=read_reply_amount(fields),
        rrn=optional(fields, 37),
        authorisation=optional(fields, 38),
        settlement_date=optional(fields, 15),
        balance=_read_balance(text(fields, 54)) if 54 in fields else None,
    )


def _read_balance(value: str) -> Amount | None:
    """Return what may be spent, or None when it is less than nothing."""
    wanted = AmountType.AVAILABLE_BALANCE.value
    for balance in Balances.parse(value).balances:
        if balance.amount_type == wanted and balance.sign is Sign.CREDIT:
            return balance.amount
    return None


ENCODERS: Final[Encoders] = {
    PaymentRequest: payment,
    PaymentReply: _payment_reply,
}

DECODERS: Final[Decoders] = {
    "0100": _read_payment,
    "0110": _read_payment_reply,
    "0200": _read_payment,
    "0210": _read_payment_reply,
    "0220": _read_payment,
    "0230": _read_payment_reply,
}
