"""What messages of several nouns begin with, and the earlier payment they speak of."""

from __future__ import annotations

from typing import Any

from protocol.errors import ProfileError
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import (
    Operation,
    Origin,
    OriginalPayment,
    Reply,
    Stamp,
)
from protocol.profiles.cup.fields import (
    KIND_OF,
    NO_BATCH,
    NO_STAN,
    processing_of,
)
from protocol.profiles.values import (
    Fields,
    optional,
    put,
    text,
)
from protocol.structures.batch_data import BatchData
from protocol.structures.original_data import OriginalData


def base(operation: Operation) -> Fields:
    """Return what every message has: F11, F41, F42."""
    origin = operation.origin
    return {11: operation.stan, 41: origin.terminal_id, 42: origin.merchant_id}


def reply_base(operation: Reply) -> Fields:
    """Return what every reply has besides: the host's time, and F39."""
    fields = base(operation)
    put(fields, 12, operation.stamp.time or None)
    put(fields, 13, operation.stamp.date or None)
    fields[39] = operation.code
    return fields


def original_data(original: OriginalPayment, kind: PaymentKind) -> str:
    """Return F61: a refund names its original by RRN and date alone."""
    date = original.date or original.transmission[:4]
    if kind is PaymentKind.REFUND:
        return OriginalData(batch=NO_BATCH, stan=NO_STAN, date=date).build()
    return OriginalData(batch=original.batch, stan=original.stan, date=date).build()


def who(fields: Fields) -> dict[str, Any]:
    """Return who says it, under which number, and when: the head of every operation."""
    return {
        "origin": Origin(fields[41], fields[42]),
        "stan": fields[11],
        "stamp": Stamp("", fields.get(12, ""), fields.get(13, "")),
    }


def read_batch_data(fields: Fields) -> BatchData:
    """Return F60. Raises StructureError."""
    return BatchData.parse(text(fields, 60))


def reply_batch(fields: Fields) -> str | None:
    """Return 60.2 of a reply, None where it names no batch."""
    batch = read_batch_data(fields).batch if 60 in fields else NO_BATCH
    return batch if batch != NO_BATCH else None


def read_kind(mti: str, fields: Fields, data: BatchData) -> PaymentKind:
    """Return the kind that 60.1 says and F3 confirms. Raises ProfileError."""
    kind = KIND_OF.get(data.message_type)
    if kind is None:
        raise ProfileError(mti, "60.1 is no payment's type", 60)
    if text(fields, 3) != processing_of(kind):
        raise ProfileError(mti, "not the processing code of 60.1", 3)
    return kind


def read_original(fields: Fields, kind: PaymentKind, *, spoken: bool) -> OriginalPayment:
    """Return F61 as a payment; F37 and F38 are its own only where a payment speaks of it."""
    data = OriginalData.parse(text(fields, 61))
    return OriginalPayment(
        mti=KINDS[KINDS[kind].wants[0]].mti,
        stan=data.stan,
        transmission="",
        batch=data.batch,
        rrn=optional(fields, 37) if spoken else None,
        authorisation=optional(fields, 38) if spoken else None,
        date=data.date,
    )
