"""From a message to its operation: one function per MTI, one table.

A decoder reads fields by `fields[n]`; a missing one is a KeyError, which `decode` turns into a
ProfileError with the number. What is there but means nothing is refused here, by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

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
from protocol.profiles.iso87.fields import (
    ECHO,
    KIND_OF,
    REPEATS,
    SETTLEMENT_STATUS,
    SIGN_OFF,
    SIGN_ON,
    TOTALS_FIELDS,
    UPLOAD_ENDS,
    net_settlement,
    read_balance,
)
from protocol.profiles.iso87.inquiry import read_inquiry, read_page
from protocol.profiles.values import (
    KIND_OF_REFUSAL,
    Fields,
    optional,
    read_amount,
    read_card,
    read_chip,
    read_pan,
    read_pin,
    read_reply_amount,
    read_status,
    text,
)

# A look into an enumeration runs code of Python 3.11's own.
SALE: Final = PaymentKind.SALE


def _who(fields: Fields) -> dict[str, Any]:
    """Return who says it, under which number, and when: the head of every operation."""
    return {
        "origin": Origin(fields[41], fields[42]),
        "stan": fields[11],
        "stamp": Stamp(fields[7], fields[12], fields[13]),
    }


def _batch(mti: str, fields: Fields) -> str:
    batch: str = fields[60]
    if len(batch) != 6 or not batch.isdigit():
        raise ProfileError(mti, "the batch is six digits", 60)
    return batch


def _reply_batch(mti: str, fields: Fields) -> str | None:
    return _batch(mti, fields) if 60 in fields else None


def _keys(mti: str, fields: Fields) -> bytes | None:
    text = optional(fields, 62)
    if text is None:
        return None
    if len(text) % 2 or not set(text) <= set("0123456789ABCDEFabcdef"):
        raise ProfileError(mti, "keys are pairs of hexadecimal digits", 62)
    return bytes.fromhex(text)


def _read_original(mti: str, fields: Fields) -> OriginalReference:
    digits = text(fields, 90)
    if digits[4:10] == "000000":
        raise ProfileError(mti, "names no original", 90)
    return OriginalReference(digits[0:4], digits[4:10], digits[10:20], digits[20:31], digits[31:42])


def _read_totals(mti: str, fields: Fields) -> Totals:
    totals = Totals(*[int(fields[number]) for number in TOTALS_FIELDS])
    if 97 in fields and text(fields, 97)[1:] != net_settlement(totals)[1:]:
        raise ProfileError(mti, "the net does not follow from F74-F89", 97)
    return totals


def _read_network_management(mti: str, fields: Fields) -> Operation:
    if fields[70] == ECHO:
        return Echo(**_who(fields))
    if fields[70] == SIGN_OFF:
        return SignOff(**_who(fields))
    if fields[70] == SIGN_ON:
        return SignOn(**_who(fields), batch=_batch(mti, fields))
    if fields[70] == SETTLEMENT_STATUS:
        batch = _batch(mti, fields)
        return SettlementInquiry(**_who(fields), batch=batch)
    raise ProfileError(mti, "no such network management code here", 70)


def _read_network_management_reply(mti: str, fields: Fields) -> Operation:
    code = text(fields, 39)
    if fields[70] == ECHO:
        return EchoReply(**_who(fields), code=code)
    if fields[70] == SIGN_OFF:
        return SignOffReply(**_who(fields), code=code)
    if fields[70] == SIGN_ON:
        return SignOnReply(
            **_who(fields),
            code=code,
            batch=_reply_batch(mti, fields),
            keys=_keys(mti, fields),
        )
    if fields[70] == SETTLEMENT_STATUS:
        status = read_status(fields, code)
        return SettlementStatus(
            **_who(fields),
            code=code,
            batch=_reply_batch(mti, fields),
            state=status.state,
            result=status.result,
        )
    raise ProfileError(mti, "no such network management code here", 70)


def _kind(mti: str, fields: Fields) -> PaymentKind:
    """Return what MTI, F3 and F25 say together; a host may leave F25 out of a reply."""
    kind = KIND_OF.get((mti, text(fields, 3), fields.get(25, "00")))
    if kind is None:
        raise ProfileError(mti, "no such processing code here", 3)
    return kind


def _read_original_payment(mti: str, fields: Fields) -> OriginalPayment:
    reference = _read_original(mti, fields)
    batch = text(fields, 61)
    if len(batch) != 6 or not batch.isdigit():
        raise ProfileError(mti, "the original's batch is six digits", 61)
    return OriginalPayment(
        mti=reference.mti,
        stan=reference.stan,
        transmission=reference.transmission,
        batch=batch,
        rrn=optional(fields, 37),
        authorisation=optional(fields, 38),
    )


def _read_payment(mti: str, fields: Fields) -> Operation:
    first = REPEATS.get(mti, mti)
    kind = KIND_OF.get((first, fields[3], fields[25])) or _kind(first, fields)
    if kind is SALE and 52 not in fields and 55 not in fields:
        # The payment of which there are millions: what it does not have is not said.
        return PaymentRequest(
            **_who(fields),
            batch=_batch(mti, fields),
            card=read_card(mti, fields),
            amount=read_amount(fields),
        )
    return PaymentRequest(
        **_who(fields),
        batch=_batch(mti, fields),
        card=read_card(mti, fields),
        amount=Amount(0, text(fields, 49)) if kind is PaymentKind.BALANCE else read_amount(fields),
        kind=kind,
        original=_read_original_payment(mti, fields) if KINDS[kind].wants else None,
        pin=read_pin(fields),
        chip=read_chip(mti, fields),
        repeat=mti != first,
    )


def _read_payment_reply(mti: str, fields: Fields) -> Operation:
    code = text(fields, 39)
    asked = f"{int(mti) - 10:04d}"
    kind = _kind(asked, fields) if 3 in fields else KIND_OF_REFUSAL[asked]
    needed = code == APPROVED and kind is not PaymentKind.BALANCE
    if needed and 4 not in fields:
        raise ProfileError(mti, "missing from an approval", 4)
    return PaymentReply(
        **_who(fields),
        code=code,
        kind=kind,
        batch=_reply_batch(mti, fields),
        amount=read_reply_amount(fields),
        rrn=optional(fields, 37),
        authorisation=optional(fields, 38),
        settlement_date=optional(fields, 15),
        balance=read_balance(text(fields, 54)) if 54 in fields else None,
    )


def _read_reversal(mti: str, fields: Fields) -> Operation:
    original = _read_original(mti, fields)
    first = REPEATS.get(mti, mti)
    return Reversal(
        **_who(fields),
        batch=_batch(mti, fields),
        amount=read_amount(fields),
        pan=read_pan(mti, text(fields, 2), 2),
        original=original,
        kind=_kind(original.mti, fields),
        entry_mode=text(fields, 22),
        authorisation=optional(fields, 38),
        reason=text(fields, 39),
        repeat=mti != first,
        advice=first == "0420",
    )


def _read_reversal_reply(mti: str, fields: Fields) -> Operation:
    return ReversalReply(
        **_who(fields),
        code=text(fields, 39),
        batch=_reply_batch(mti, fields),
        amount=read_reply_amount(fields),
        rrn=optional(fields, 37),
        advice=mti == "0430",
    )


def _read_settlement(mti: str, fields: Fields) -> Operation:
    return Settlement(
        **_who(fields),
        batch=_batch(mti, fields),
        totals=_read_totals(mti, fields),
        settlement_date=text(fields, 15),
        currency=text(fields, 50),
        institution=optional(fields, 99) or "0",
        repeat=mti == "0501",
    )


def _read_settlement_reply(mti: str, fields: Fields) -> Operation:
    result = _RESULTS.get(text(fields, 66)) if 66 in fields else ReconciliationResult.ERROR
    if result is None:
        raise ProfileError(mti, "1, 2 or 3 is the verdict", 66)
    complete = all(number in fields for number in TOTALS_FIELDS)
    if not complete and result is not ReconciliationResult.ERROR:
        raise ProfileError(mti, "a verdict comes with the host's totals", 74)
    return SettlementReply(
        **_who(fields),
        code=text(fields, 39),
        result=result,
        batch=_reply_batch(mti, fields),
        totals=_read_totals(mti, fields) if complete else None,
        settlement_date=optional(fields, 15),
        currency=optional(fields, 50),
        institution=optional(fields, 99),
    )


def _read_upload(mti: str, fields: Fields) -> Operation:
    batch = _batch(mti, fields)
    count = int(fields[72])
    if 70 in fields:
        balanced = UPLOAD_ENDS.get(text(fields, 70))
        if balanced is None:
            raise ProfileError(mti, "202 or 207 ends an upload", 70)
        return UploadEnd(**_who(fields), batch=batch, count=count, balanced=balanced)
    original = _read_original(mti, fields)
    return UploadItem(
        **_who(fields),
        batch=batch,
        number=int(fields[71]),
        count=count,
        original=original,
        amount=read_amount(fields),
        pan=read_pan(mti, text(fields, 2), 2),
        kind=_kind(original.mti, fields),
        rrn=optional(fields, 37),
        authorisation=optional(fields, 38),
    )


def _read_upload_reply(mti: str, fields: Fields) -> Operation:
    code, batch = text(fields, 39), _reply_batch(mti, fields)
    return UploadReply(**_who(fields), code=code, batch=batch)


_RESULTS: Final = {result.value: result for result in ReconciliationResult}

DECODERS: Final[dict[str, Callable[[str, Fields], Operation]]] = {
    "0800": _read_network_management,
    "0810": _read_network_management_reply,
    "0100": _read_payment,
    "0110": _read_payment_reply,
    "0200": _read_payment,
    "0210": _read_payment_reply,
    "0220": _read_payment,
    "0221": _read_payment,
    "0230": _read_payment_reply,
    "0400": _read_reversal,
    "0401": _read_reversal,
    "0410": _read_reversal_reply,
    "0420": _read_reversal,
    "0421": _read_reversal,
    "0430": _read_reversal_reply,
    "0500": _read_settlement,
    "0501": _read_settlement,
    "0510": _read_settlement_reply,
    "0320": _read_upload,
    "0330": _read_upload_reply,
    "0600": read_inquiry,
    "0610": read_page,
}
