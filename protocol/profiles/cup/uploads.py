"""The upload of a batch: its payments, advices, chip data, its end, and their answers.

All are 0320; F60.3 and F48 tell which. Payments that were asked for travel in F48, one to eight
in a message; what was told travels as it was, and so does chip data, with F11 of the original.
"""

from __future__ import annotations

from typing import Final

from protocol.amount import Amount
from protocol.errors import ProfileError
from protocol.kinds import KINDS
from protocol.message import Message
from protocol.operations import (
    Card,
    Operation,
    OriginalReference,
    PaymentRequest,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.profiles.cup.fields import (
    CHIP_CODES,
    CHIP_UPLOADS,
    NO_TYPE,
    SETTLEMENT,
    UPLOAD_ENDS,
    batch_data,
    processing_of,
)
from protocol.profiles.cup.heads import (
    base,
    read_batch_data,
    read_kind,
    read_original,
    reply_base,
    reply_batch,
    who,
)
from protocol.profiles.cup.payments import payment
from protocol.profiles.translation import Decoders, Encoders
from protocol.profiles.values import (
    Fields,
    put_amount,
    read_amount,
    read_chip,
    read_pan,
    text,
)
from protocol.structures.batch_data import BatchData
from protocol.structures.upload import CardOrigin, UploadCount, UploadDetail, UploadedPayment
from protocol.uploads import ChipUpload, UploadDetails, UploadLine


def _upload_item(operation: UploadItem) -> Message:
    if KINDS[operation.kind].is_advice:
        return _upload_advice(operation)
    line = UploadLine(operation.original.stan, operation.pan, operation.amount, operation.foreign)
    return _upload_details(
        UploadDetails(
            origin=operation.origin,
            stan=operation.stan,
            stamp=operation.stamp,
            batch=operation.batch,
            lines=(line,),
        )
    )


def _upload_details(operation: UploadDetails) -> Message:
    payments = tuple(
        UploadedPayment(
            stan=line.stan,
            pan=line.pan,
            amount=line.amount.minor,
            origin=CardOrigin.FOREIGN if line.foreign else CardOrigin.DOMESTIC,
        )
        for line in operation.lines
    )
    fields = base(operation)
    fields[48] = UploadDetail(payments).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0320", fields)


def _upload_advice(operation: UploadItem) -> Message:
    """Return the original 0220 under another MTI; F11 is the original's, as all of it is."""
    told = PaymentRequest(
        origin=operation.origin,
        stan=operation.original.stan,
        stamp=operation.stamp,
        batch=operation.batch,
        amount=operation.amount,
        card=Card(operation.pan, entry_mode=operation.entry_mode),
        kind=operation.kind,
        original=operation.earlier,
    )
    return Message("0320", payment(told).fields)


def _chip_upload(operation: ChipUpload) -> Message:
    fields = base(operation)
    fields[11] = operation.original.stan
    fields[2] = operation.pan.reveal()
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    fields[22] = operation.entry_mode
    fields[55] = operation.chip.reveal()
    code = CHIP_CODES[operation.outcome, operation.balanced]
    fields[60] = batch_data(KINDS[operation.kind].message_type, operation.batch, code)
    return Message("0320", fields)


def _upload_end(operation: UploadEnd) -> Message:
    fields = base(operation)
    fields[48] = UploadCount(operation.count).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, "207" if operation.balanced else "202")
    return Message("0320", fields)


def _upload_reply(operation: UploadReply) -> Message:
    fields = reply_base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0330", fields)


def _read_upload(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    if data.network_code in CHIP_UPLOADS:
        return _read_chip_upload(mti, fields, data)
    if 48 not in fields:
        return _read_advice(mti, fields, data)
    if data.network_code in UPLOAD_ENDS:
        return UploadEnd(
            **who(fields),
            batch=data.batch,
            count=UploadCount.parse(text(fields, 48)).count,
            balanced=UPLOAD_ENDS[data.network_code],
        )
    if data.network_code != SETTLEMENT:
        raise ProfileError(mti, "60.3 of an upload is 201 to 207", 60)
    payments = UploadDetail.parse(text(fields, 48)).payments
    return UploadDetails(
        **who(fields),
        batch=data.batch,
        lines=tuple(
            UploadLine(one.stan, one.pan, Amount(one.amount), one.origin is CardOrigin.FOREIGN)
            for one in payments
        ),
    )


def _read_chip_upload(mti: str, fields: Fields, data: BatchData) -> Operation:
    kind = read_kind(mti, fields, data)
    outcome, balanced = CHIP_UPLOADS[data.network_code]
    chip = read_chip(mti, fields)
    if chip is None:
        raise ProfileError(mti, "missing", 55)
    return ChipUpload(
        **who(fields),
        batch=data.batch,
        number=0,
        original=OriginalReference(KINDS[kind].mti, text(fields, 11), ""),
        amount=read_amount(fields),
        pan=read_pan(mti, text(fields, 2), 2),
        chip=chip,
        kind=kind,
        entry_mode=text(fields, 22),
        outcome=outcome,
        balanced=balanced,
    )


def _read_advice(mti: str, fields: Fields, data: BatchData) -> Operation:
    kind = read_kind(mti, fields, data)
    if not KINDS[kind].is_advice:
        raise ProfileError(mti, "60.1 is no advice's type", 60)
    return UploadItem(
        **who(fields),
        batch=data.batch,
        number=0,
        count=0,
        original=OriginalReference(KINDS[kind].mti, text(fields, 11), ""),
        amount=read_amount(fields),
        pan=read_pan(mti, text(fields, 2), 2),
        kind=kind,
        entry_mode=text(fields, 22),
        earlier=read_original(fields, kind, spoken=True) if 61 in fields else None,
    )


def _read_upload_reply(mti: str, fields: Fields) -> Operation:
    return UploadReply(**who(fields), code=text(fields, 39), batch=reply_batch(fields))


ENCODERS: Final[Encoders] = {
    UploadItem: _upload_item,
    UploadDetails: _upload_details,
    ChipUpload: _chip_upload,
    UploadEnd: _upload_end,
    UploadReply: _upload_reply,
}

DECODERS: Final[Decoders] = {
    "0320": _read_upload,
    "0330": _read_upload_reply,
}
