"""From an operation to its message: one function per operation, one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.amount import Amount
from protocol.message import Message
from protocol.operations import (
    Echo,
    EchoReply,
    Operation,
    OriginalReference,
    Purchase,
    PurchaseReply,
    Reversal,
    ReversalReply,
    Settlement,
    SettlementReply,
    SignOn,
    SignOnReply,
    Totals,
    UploadEnd,
    UploadItem,
    UploadReply,
)
from protocol.profiles.iso87.fields import (
    ECHO,
    PURCHASE_PROCESSING,
    SIGN_ON,
    Fields,
    net_settlement,
)


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


def _put(fields: Fields, number: int, value: str | None) -> None:
    if value is not None:
        fields[number] = value


def _put_amount(fields: Fields, amount: Amount | None) -> None:
    if amount is not None:
        fields[4] = f"{amount.minor:012d}"
        fields[49] = amount.currency


def _sign_on(operation: SignOn) -> Message:
    return Message("0800", {**_base(operation), 60: operation.batch, 70: SIGN_ON})


def _sign_on_reply(operation: SignOnReply) -> Message:
    fields = {**_base(operation), 39: operation.code, 70: SIGN_ON}
    _put(fields, 60, operation.batch)
    return Message("0810", fields)


def _echo(operation: Echo) -> Message:
    return Message("0800", {**_base(operation), 70: ECHO})


def _echo_reply(operation: EchoReply) -> Message:
    return Message("0810", {**_base(operation), 39: operation.code, 70: ECHO})


def _purchase(operation: Purchase) -> Message:
    card = operation.card
    fields = _base(operation)
    fields[2] = card.pan.reveal()
    fields[3] = PURCHASE_PROCESSING
    _put_amount(fields, operation.amount)
    _put(fields, 14, card.expiry)
    fields[22] = card.entry_mode
    fields[25] = operation.condition
    if card.track2 is not None:
        fields[35] = card.track2.reveal()
    fields[60] = operation.batch
    return Message("0200", fields)


def _purchase_reply(operation: PurchaseReply) -> Message:
    stamp, origin = operation.stamp, operation.origin
    fields: Fields = {
        3: PURCHASE_PROCESSING,
        7: stamp.transmission,
        11: operation.stan,
        12: stamp.time,
        13: stamp.date,
        39: operation.code,
        41: origin.terminal_id,
        42: origin.merchant_id,
    }
    _put_amount(fields, operation.amount)
    _put(fields, 15, operation.settlement_date)
    _put(fields, 37, operation.rrn)
    _put(fields, 38, operation.authorisation)
    _put(fields, 60, operation.batch)
    return Message("0210", fields)


def _reversal(operation: Reversal) -> Message:
    fields = _base(operation)
    fields[2] = operation.pan.reveal()
    fields[3] = operation.processing
    _put_amount(fields, operation.amount)
    fields[22] = operation.entry_mode
    fields[25] = operation.condition
    _put(fields, 38, operation.authorisation)
    fields[39] = operation.reason
    fields[60] = operation.batch
    fields[90] = _original(operation.original)
    return Message("0401" if operation.repeat else "0400", fields)


def _reversal_reply(operation: ReversalReply) -> Message:
    fields = {**_base(operation), 39: operation.code}
    _put_amount(fields, operation.amount)
    _put(fields, 37, operation.rrn)
    _put(fields, 60, operation.batch)
    return Message("0410", fields)


def _settlement(operation: Settlement) -> Message:
    fields = _base(operation)
    fields[15] = operation.settlement_date
    fields[50] = operation.currency
    fields[60] = operation.batch
    _put_totals(fields, operation.totals)
    fields[99] = "0"
    return Message("0501" if operation.repeat else "0500", fields)


def _settlement_reply(operation: SettlementReply) -> Message:
    fields = {**_base(operation), 39: operation.code, 66: operation.result.value}
    _put(fields, 15, operation.settlement_date)
    _put(fields, 60, operation.batch)
    if operation.totals is not None:
        _put_totals(fields, operation.totals)
    return Message("0510", fields)


def _upload_item(operation: UploadItem) -> Message:
    fields = _base(operation)
    fields[2] = operation.pan.reveal()
    fields[3] = operation.processing
    _put_amount(fields, operation.amount)
    _put(fields, 37, operation.rrn)
    _put(fields, 38, operation.authorisation)
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
    _put(fields, 60, operation.batch)
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
    Purchase: _purchase,
    PurchaseReply: _purchase_reply,
    Reversal: _reversal,
    ReversalReply: _reversal_reply,
    Settlement: _settlement,
    SettlementReply: _settlement_reply,
    UploadItem: _upload_item,
    UploadEnd: _upload_end,
    UploadReply: _upload_reply,
}
