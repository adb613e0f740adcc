"""From a message to its operation: one function per MTI, one table.

A missing field is a KeyError and a wrong structure a StructureError; `decode` makes a ProfileError
of both. What is there but means nothing is refused here, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.amount import Amount
from protocol.errors import ProfileError
from protocol.kinds import KINDS, PaymentKind
from protocol.operations import (
    APPROVED,
    Echo,
    EchoReply,
    Operation,
    Origin,
    OriginalPayment,
    OriginalReference,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementInquiry,
    SettlementReply,
    SettlementStatus,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Stamp,
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.profiles.cup.fields import (
    CODES,
    ECHO,
    KEY_FORMS,
    KIND_OF,
    NO_BATCH,
    SETTLEMENT,
    SETTLEMENT_STATUS,
    SIGN_OFF,
    UPLOAD_ENDS,
    processing_of,
)
from protocol.profiles.values import (
    KIND_OF_REFUSAL,
    Fields,
    optional,
    read_amount,
    read_card,
    read_pan,
    read_reply_amount,
    read_status,
    text,
)
from protocol.secrets import ChipData, PinBlock
from protocol.structures.balances import AmountType, Balances, Sign
from protocol.structures.batch_data import BatchData
from protocol.structures.card_organisation import CardOrganisation
from protocol.structures.original_data import OriginalData
from protocol.structures.totals import CardTotals, SettlementTotals
from protocol.structures.upload import UploadCount, UploadDetail
from protocol.structures.working_keys import WorkingKeys


def _who(fields: Fields) -> tuple[Origin, str, Stamp]:
    stamp = Stamp("", fields.get(12, ""), fields.get(13, ""))
    return Origin(fields[41], fields[42]), fields[11], stamp


def _batch_data(fields: Fields) -> BatchData:
    return BatchData.parse(text(fields, 60))


def _reply_batch(fields: Fields) -> str | None:
    batch = _batch_data(fields).batch if 60 in fields else NO_BATCH
    return batch if batch != NO_BATCH else None


def _kind(mti: str, fields: Fields, data: BatchData) -> PaymentKind:
    kind = KIND_OF.get(data.message_type)
    if kind is None:
        raise ProfileError(mti, "60.1 is no payment's type", 60)
    if text(fields, 3) != processing_of(kind):
        raise ProfileError(mti, "not the processing code of 60.1", 3)
    return kind


def _read_sign_on(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    data = _batch_data(fields)
    form = KEY_FORMS.get(data.network_code)
    if form is None:
        raise ProfileError(mti, "60.3 asks for no keys that are known here", 60)
    operator = CardOrganisation.parse(fields[63]).code
    return SignOn(
        origin=origin, stan=stan, stamp=stamp, batch=data.batch, keys=form, operator=operator
    )


def _read_sign_on_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    keys = fields.get(62)
    if keys is not None:
        WorkingKeys.parse(keys)
    return SignOnReply(
        origin=origin,
        stan=stan,
        stamp=stamp,
        code=text(fields, 39),
        batch=_reply_batch(fields),
        keys=keys,
    )


def _read_network_management(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    data = _batch_data(fields)
    code = data.network_code
    if code == ECHO:
        return Echo(origin=origin, stan=stan, stamp=stamp)
    if code == SIGN_OFF:
        return SignOff(origin=origin, stan=stan, stamp=stamp)
    if code == SETTLEMENT_STATUS:
        return SettlementInquiry(origin=origin, stan=stan, stamp=stamp, batch=data.batch)
    raise ProfileError(mti, "60.3 is no network management code here", 60)


def _read_network_management_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    code, network_code = text(fields, 39), _batch_data(fields).network_code
    if network_code == ECHO:
        return EchoReply(origin=origin, stan=stan, stamp=stamp, code=code)
    if network_code == SIGN_OFF:
        return SignOffReply(origin=origin, stan=stan, stamp=stamp, code=code)
    if network_code == SETTLEMENT_STATUS:
        status, batch = read_status(fields, code), _reply_batch(fields)
        return SettlementStatus(
            origin=origin,
            stan=stan,
            stamp=stamp,
            code=code,
            batch=batch,
            state=status.state,
            result=status.result,
        )
    raise ProfileError(mti, "60.3 is no network management code here", 60)


def _read_original(fields: Fields, kind: PaymentKind, *, spoken: bool) -> OriginalPayment:
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


def _read_payment(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    data = _batch_data(fields)
    kind = _kind(mti, fields, data)
    if (mti, text(fields, 25)) != (KINDS[kind].mti, KINDS[kind].condition):
        raise ProfileError(mti, "60.1 belongs to another message", 60)
    pin, chip = fields.get(52), fields.get(55)
    balance = kind is PaymentKind.BALANCE
    return PaymentRequest(
        origin=origin,
        stan=stan,
        stamp=stamp,
        batch=data.batch,
        card=read_card(mti, fields),
        amount=Amount(0, text(fields, 49)) if balance else read_amount(fields),
        kind=kind,
        original=_read_original(fields, kind, spoken=True) if KINDS[kind].wants else None,
        pin=None if pin is None else PinBlock(pin),
        chip=None if chip is None else ChipData(chip),
    )


def _read_payment_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    code = text(fields, 39)
    refused = KIND_OF_REFUSAL[f"{int(mti) - 10:04d}"]
    kind = _kind(mti, fields, _batch_data(fields)) if 60 in fields else refused
    if code == APPROVED and kind is not PaymentKind.BALANCE and 4 not in fields:
        raise ProfileError(mti, "missing from an approval", 4)
    return PaymentReply(
        origin=origin,
        stan=stan,
        stamp=stamp,
        code=code,
        kind=kind,
        batch=_reply_batch(fields),
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


def _read_reversal(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    data = _batch_data(fields)
    kind = _kind(mti, fields, data)
    speaks = 61 in fields and KINDS[kind].wants
    return Reversal(
        origin=origin,
        stan=stan,
        stamp=stamp,
        batch=data.batch,
        amount=read_amount(fields),
        pan=read_pan(mti, fields[2], 2) if 2 in fields else None,
        original=OriginalReference(KINDS[kind].mti, stan, ""),
        kind=kind,
        entry_mode=text(fields, 22),
        authorisation=optional(fields, 38),
        reason=text(fields, 39),
        advice=mti == "0420",
        earlier=_read_original(fields, kind, spoken=False) if speaks else None,
    )


def _read_reversal_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    return ReversalReply(
        origin=origin,
        stan=stan,
        stamp=stamp,
        code=text(fields, 39),
        batch=_reply_batch(fields),
        amount=read_reply_amount(fields),
        rrn=optional(fields, 37),
        advice=mti == "0430",
    )


def _read_settlement(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    data = _batch_data(fields)
    if data.network_code != SETTLEMENT:
        raise ProfileError(mti, "60.3 of a settlement is 201", 60)
    return Settlement(
        origin=origin,
        stan=stan,
        stamp=stamp,
        batch=data.batch,
        totals=_totals(SettlementTotals.parse(text(fields, 48))),
        settlement_date="",
        currency=text(fields, 49),
    )


def _read_settlement_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    answer = SettlementTotals.parse(text(fields, 48))
    result = _verdict(answer.domestic, answer.foreign)
    return SettlementReply(
        origin=origin,
        stan=stan,
        stamp=stamp,
        code=fields.get(39, CODES[result]),
        result=result,
        batch=_reply_batch(fields),
        totals=_totals(answer),
        settlement_date=optional(fields, 15),
    )


def _verdict(*sides: CardTotals) -> ReconciliationResult:
    """Return the worse of two verdicts; a digit that is none closes no batch."""
    found = [side.result or ReconciliationResult.ERROR for side in sides]
    return max(found, key=_WORSE.index)


_WORSE: Final = (
    ReconciliationResult.IN_BALANCE,
    ReconciliationResult.OUT_OF_BALANCE,
    ReconciliationResult.ERROR,
)


def _totals(both: SettlementTotals) -> Totals:
    sides = (both.domestic, both.foreign)
    return Totals(
        credit_count=sum(side.credit_count for side in sides),
        debit_count=sum(side.debit_count for side in sides),
        credit_amount=sum(side.credit_amount for side in sides),
        debit_amount=sum(side.debit_amount for side in sides),
    )


def _read_upload(mti: str, fields: Fields) -> Operation:
    data = _batch_data(fields)
    if 48 not in fields:
        return _read_advice(mti, fields, data)
    origin, stan, stamp = _who(fields)
    if data.network_code in UPLOAD_ENDS:
        return UploadEnd(
            origin=origin,
            stan=stan,
            stamp=stamp,
            batch=data.batch,
            count=UploadCount.parse(text(fields, 48)).count,
            balanced=UPLOAD_ENDS[data.network_code],
        )
    if data.network_code != SETTLEMENT:
        raise ProfileError(mti, "60.3 of an upload is 201, 202 or 207 here", 60)
    payments = UploadDetail.parse(text(fields, 48)).payments
    if len(payments) != 1:
        raise ProfileError(mti, "one payment in a message here", 48)
    return UploadItem(
        origin=origin,
        stan=stan,
        stamp=stamp,
        batch=data.batch,
        number=0,
        count=0,
        original=OriginalReference(KINDS[PaymentKind.SALE].mti, payments[0].stan, ""),
        amount=Amount(payments[0].amount),
        pan=payments[0].pan,
    )


def _read_advice(mti: str, fields: Fields, data: BatchData) -> Operation:
    origin, stan, stamp = _who(fields)
    kind = _kind(mti, fields, data)
    if not KINDS[kind].is_advice:
        raise ProfileError(mti, "60.1 is no advice's type", 60)
    return UploadItem(
        origin=origin,
        stan=stan,
        stamp=stamp,
        batch=data.batch,
        number=0,
        count=0,
        original=OriginalReference(KINDS[kind].mti, stan, ""),
        amount=read_amount(fields),
        pan=read_pan(mti, text(fields, 2), 2),
        kind=kind,
        rrn=optional(fields, 37),
        authorisation=optional(fields, 38),
    )


def _read_upload_reply(mti: str, fields: Fields) -> Operation:
    origin, stan, stamp = _who(fields)
    return UploadReply(
        origin=origin, stan=stan, stamp=stamp, code=text(fields, 39), batch=_reply_batch(fields)
    )


DECODERS: Final[dict[str, Callable[[str, Fields], Operation]]] = {
    "0800": _read_sign_on,
    "0810": _read_sign_on_reply,
    "0820": _read_network_management,
    "0830": _read_network_management_reply,
    "0100": _read_payment,
    "0110": _read_payment_reply,
    "0200": _read_payment,
    "0210": _read_payment_reply,
    "0220": _read_payment,
    "0230": _read_payment_reply,
    "0400": _read_reversal,
    "0410": _read_reversal_reply,
    "0420": _read_reversal,
    "0430": _read_reversal_reply,
    "0500": _read_settlement,
    "0510": _read_settlement_reply,
    "0320": _read_upload,
    "0330": _read_upload_reply,
}
