"""Reversals, asked (0400) or told (0420), and their answers."""

from __future__ import annotations

from typing import Final

from protocol.kinds import KINDS
from protocol.message import Message
from protocol.operations import (
    Operation,
    OriginalReference,
    Reversal,
    ReversalReply,
)
from protocol.profiles.cup.fields import (
    NO_TYPE,
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
    Fields,
    optional,
    put,
    put_amount,
    read_amount,
    read_pan,
    read_reply_amount,
    text,
)


def _reversal(operation: Reversal) -> Message:
    kind = KINDS[operation.kind]
    fields = base(operation)
    if operation.pan is not None and travels(operation.pan, operation.entry_mode):
        fields[2] = operation.pan.reveal()
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    fields[22] = operation.entry_mode
    fields[25] = kind.condition
    put(fields, 38, operation.authorisation)
    fields[39] = operation.reason
    fields[60] = batch_data(kind.message_type, operation.batch)
    if operation.earlier is not None:
        fields[61] = original_data(operation.earlier, operation.kind)
    return Message("0420" if operation.advice else "0400", fields)


def _reversal_reply(operation: ReversalReply) -> Message:
    fields = reply_base(operation)
    put_amount(fields, operation.amount)
    put(fields, 37, operation.rrn)
    fields[60] = batch_data(NO_TYPE, operation.batch)
    return Message("0430" if operation.advice else "0410", fields)


def _read_reversal(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    kind = read_kind(mti, fields, data)
    speaks = 61 in fields and KINDS[kind].wants
    return Reversal(
        **who(fields),
        batch=data.batch,
        amount=read_amount(fields),
        pan=read_pan(mti, fields[2], 2) if 2 in fields else None,
        original=OriginalReference(KINDS[kind].mti, text(fields, 11), ""),
        kind=kind,
        entry_mode=text(fields, 22),
        authorisation=optional(fields, 38),
        reason=text(fields, 39),
        advice=mti == "0420",
        earlier=read_original(fields, kind, spoken=False) if speaks else None,
    )


def _read_reversal_reply(mti: str, fields: Fields) -> Operation:
    return ReversalReply(
        **who(fields),
        code=text(fields, 39),
        batch=reply_batch(fields),
        amount=read_reply_amount(fields),
        rrn=optional(fields, 37),
        advice=mti == "0430",
    )


ENCODERS: Final[Encoders] = {
    Reversal: _reversal,
    ReversalReply: _reversal_reply,
}

DECODERS: Final[Decoders] = {
    "0400": _read_reversal,
    "0410": _read_reversal_reply,
    "0420": _read_reversal,
    "0430": _read_reversal_reply,
}
