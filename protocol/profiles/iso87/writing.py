"""From an operation to its message: one function per operation, one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.inquiries import PaymentInquiry, PaymentPage
from protocol.kinds import KINDS, PaymentKind
from protocol.message import Message
from protocol.operations import (
    Echo,
    EchoReply,
    Operation,
    OriginalPayment,
    OriginalReference,
    PaymentReply,
    PaymentRequest,
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
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.profiles.iso87.fields import (
    ECHO,
    SETTLEMENT_STATUS,
    SIGN_OFF,
    SIGN_ON,
    balance_field,
    net_settlement,
)
from protocol.profiles.iso87.inquiry import write_inquiry, write_page
from protocol.profiles.values import Fields, put, put_amount, put_pin
from protocol.structures.status import BatchStatus


def _base(operation: Operation) -> Fields:
    stamp, origin = operation.stamp, operation.origin
    return {
        7: stamp.transmission,
        11: operation.stan,
        12: stamp.time,
        13: stamp.date,
        41: origin.terminal_id,
        42: origin.merchant_id,
    }


def _sign_on(operation: SignOn) -> Message:
    return Message("0800", {**_base(operation), 60: operation.batch, 70: SIGN_ON})


def _sign_on_reply(operation: SignOnReply) -> Message:
    fields = {**_base(operation), 39: operation.code, 70: SIGN_ON}
    put(fields, 60, operation.batch)
    if operation.keys is not None:
        fields[62] = operation.keys.hex().upper()
    return Message("0810", fields)


def _echo(operation: Echo) -> Message:
    return Message("0800", {**_base(operation), 70: ECHO})


def _echo_reply(operation: EchoReply) -> Message:
    return Message("0810", {**_base(operation), 39: operation.code, 70: ECHO})


def _sign_off(operation: SignOff) -> Message:
    return Message("0800", {**_base(operation), 70: SIGN_OFF})


def _sign_off_reply(operation: SignOffReply) -> Message:
    return Message("0810", {**_base(operation), 39: operation.code, 70: SIGN_OFF})


def _payment(operation: PaymentRequest) -> Message:
    card, kind = operation.card, KINDS[operation.kind]
    fields = _base(operation)
    fields[2] = card.pan.reveal()
    fields[3] = kind.processing
    put_amount(fields, operation.amount)
    if operation.kind is PaymentKind.BALANCE:
        del fields[4]
    put(fields, 14, card.expiry)
    fields[22] = card.entry_mode
    fields[25] = kind.condition
    if card.track2 is not None:
        fields[35] = card.track2.reveal()
    if operation.original is not None:
        _put_original(fields, operation.original)
    put_pin(fields, operation.pin)
    if operation.chip is not None:
        fields[55] = operation.chip.reveal()
    fields[60] = operation.batch
    return Message("0221" if operation.repeat and kind.is_advice else kind.mti, fields)


def _put_original(fields: Fields, original: OriginalPayment) -> None:
    put(fields, 37, original.rrn)
    put(fields, 38, original.authorisation)
    fields[61] = original.batch
    fields[90] = f"{original.mti}{original.stan}{original.transmission}{'0' * 22}"


def _payment_reply(operation: PaymentReply) -> Message:
    stamp, origin, kind = operation.stamp, operation.origin, KINDS[operation.kind]
    fields: Fields = {
        3: kind.processing,
        7: stamp.transmission,
        11: operation.stan,
        12: stamp.time,
        13: stamp.date,
        25: kind.condition,
        39: operation.code,
        41: origin.terminal_id,
        42: origin.merchant_id,
    }
    put_amount(fields, operation.amount)
    if operation.settlement_date is not None:
        fields[15] = operation.settlement_date
    if operation.rrn is not None:
        fields[37] = operation.rrn
    if operation.authorisation is not None:
        fields[38] = operation.authorisation
    if operation.balance is not None:
        fields[54] = balance_field(operation.balance)
    if operation.batch is not None:
        fields[60] = operation.batch
    return Message(_REPLY_MTI[kind.mti], fields)


_REPLY_MTI: Final = {"0100": "0110", "0200": "0210", "0220": "0230"}


def _reversal(operation: Reversal) -> Message:
    kind = KINDS[operation.kind]
    fields = _base(operation)
    if operation.pan is not None:
        fields[2] = operation.pan.reveal()
    fields[3] = kind.processing
    put_amount(fields, operation.amount)
    fields[22] = operation.entry_mode
    fields[25] = kind.condition
    put(fields, 38, operation.authorisation)
    fields[39] = operation.reason
    fields[60] = operation.batch
    fields[90] = _original(operation.original)
    return Message(_REVERSAL_MTI[operation.advice, operation.repeat], fields)


_REVERSAL_MTI: Final = {
    (False, False): "0400",
    (False, True): "0401",
    (True, False): "0420",
    (True, True): "0421",
}


def _reversal_reply(operation: ReversalReply) -> Message:
    fields = {**_base(operation), 39: operation.code}
    put_amount(fields, operation.amount)
    put(fields, 37, operation.rrn)
    put(fields, 60, operation.batch)
    return Message("0430" if operation.advice else "0410", fields)


def _settlement(operation: Settlement) -> Message:
    fields = _base(operation)
    fields[15] = operation.settlement_date
    fields[50] = operation.currency
    fields[60] = operation.batch
    _put_totals(fields, operation.totals)
    fields[99] = operation.institution
    return Message("0501" if operation.repeat else "0500", fields)


def _settlement_reply(operation: SettlementReply) -> Message:
    fields = {**_base(operation), 39: operation.code, 66: operation.result.value}
    put(fields, 15, operation.settlement_date)
    put(fields, 50, operation.currency)
    put(fields, 60, operation.batch)
    put(fields, 99, operation.institution)
    if operation.totals is not None:
        _put_totals(fields, operation.totals)
    return Message("0510", fields)


def _settlement_inquiry(operation: SettlementInquiry) -> Message:
    fields = {**_base(operation), 60: operation.batch, 70: SETTLEMENT_STATUS}
    return Message("0800", fields)


def _settlement_status(operation: SettlementStatus) -> Message:
    fields = {**_base(operation), 39: operation.code, 70: SETTLEMENT_STATUS}
    fields[48] = BatchStatus(state=operation.state, result=operation.result).build()
    put(fields, 60, operation.batch)
    return Message("0810", fields)


def _upload_item(operation: UploadItem) -> Message:
    fields = _base(operation)
    fields[2] = operation.pan.reveal()
    fields[3] = KINDS[operation.kind].processing
    put_amount(fields, operation.amount)
    fields[25] = KINDS[operation.kind].condition
    put(fields, 37, operation.rrn)
    put(fields, 38, operation.authorisation)
    fields[60] = operation.batch
    fields[71] = f"{operation.number:04d}"
    fields[72] = f"{operation.count:04d}"
    fields[90] = _original(operation.original)
    return Message("0320", fields)


def _upload_end(operation: UploadEnd) -> Message:
    fields = _base(operation)
    fields[60] = operation.batch
    fields[70] = "207" if operation.balanced else "202"
    fields[72] = f"{operation.count:04d}"
    return Message("0320", fields)


def _upload_reply(operation: UploadReply) -> Message:
    fields = {**_base(operation), 39: operation.code}
    put(fields, 60, operation.batch)
    return Message("0330", fields)


def _original(reference: OriginalReference) -> str:
    return (
        f"{reference.mti}{reference.stan}{reference.transmission}"
        f"{reference.acquirer}{reference.forwarder}"
    )


def _put_totals(fields: Fields, totals: Totals) -> None:
    fields[74] = f"{totals.credit_count:010d}"
    fields[75] = f"{totals.credit_reversal_count:010d}"
    fields[76] = f"{totals.debit_count:010d}"
    fields[77] = f"{totals.debit_reversal_count:010d}"
    fields[86] = f"{totals.credit_amount:016d}"
    fields[87] = f"{totals.credit_reversal_amount:016d}"
    fields[88] = f"{totals.debit_amount:016d}"
    fields[89] = f"{totals.debit_reversal_amount:016d}"
    fields[97] = net_settlement(totals)


ENCODERS: Final[dict[type[Operation], Callable[..., Message]]] = {
    SignOn: _sign_on,
    SignOnReply: _sign_on_reply,
    Echo: _echo,
    EchoReply: _echo_reply,
    SignOff: _sign_off,
    SignOffReply: _sign_off_reply,
    PaymentRequest: _payment,
    PaymentReply: _payment_reply,
    Reversal: _reversal,
    ReversalReply: _reversal_reply,
    Settlement: _settlement,
    SettlementReply: _settlement_reply,
    SettlementInquiry: _settlement_inquiry,
    SettlementStatus: _settlement_status,
    UploadItem: _upload_item,
    UploadEnd: _upload_end,
    UploadReply: _upload_reply,
    PaymentInquiry: write_inquiry,
    PaymentPage: write_page,
}
