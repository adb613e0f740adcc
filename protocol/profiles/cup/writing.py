"""From an operation to its message: one function per operation, one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.kinds import KINDS, PaymentKind
from protocol.message import Message
from protocol.operations import (
    Card,
    Echo,
    EchoReply,
    Operation,
    OriginalPayment,
    PaymentReply,
    PaymentRequest,
    ReconciliationResult,
    Reply,
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
from protocol.profiles.cup.fields import (
    BALANCE_ACCOUNT,
    ECHO,
    NO_BATCH,
    NO_STAN,
    NO_TYPE,
    PIN_LENGTH_MAX,
    PIN_SECURITY,
    REFUND_CODE,
    SETTLEMENT,
    SETTLEMENT_STATUS,
    SIGN_OFF,
    batch_data,
    processing_of,
    travels,
)
from protocol.profiles.values import Fields, put, put_amount
from protocol.structures.balances import Balance, Balances
from protocol.structures.card_organisation import CardOrganisation
from protocol.structures.original_data import OriginalData
from protocol.structures.status import BatchStatus
from protocol.structures.totals import CardTotals, SettlementTotals
from protocol.structures.upload import UploadCount, UploadDetail, UploadedPayment
from protocol.structures.working_keys import NETWORK_CODES

VERDICT_CODES: Final = {
    ReconciliationResult.IN_BALANCE: "1",
    ReconciliationResult.OUT_OF_BALANCE: "2",
    ReconciliationResult.ERROR: "3",
}
IN_BALANCE: Final = VERDICT_CODES[ReconciliationResult.IN_BALANCE]


def _base(operation: Operation) -> Fields:
    origin = operation.origin
    return {11: operation.stan, 41: origin.terminal_id, 42: origin.merchant_id}


def _reply_base(operation: Reply) -> Fields:
    fields = _base(operation)
    put(fields, 12, operation.stamp.time or None)
    put(fields, 13, operation.stamp.date or None)
    fields[39] = operation.code
    return fields


def _sign_on(operation: SignOn) -> Message:
    fields = _base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, operation.keys.value)
    fields[63] = CardOrganisation(operation.operator).build()
    return Message("0800", fields)


def _sign_on_reply(operation: SignOnReply) -> Message:
    keys = operation.keys
    fields = _reply_base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, NETWORK_CODES.get(len(keys or b""), "003"))
    if keys is not None:
        fields[62] = keys
    return Message("0810", fields)


def _echo(operation: Echo) -> Message:
    return Message("0820", {**_base(operation), 60: batch_data(NO_TYPE, None, ECHO)})


def _echo_reply(operation: EchoReply) -> Message:
    return Message("0830", {**_reply_base(operation), 60: batch_data(NO_TYPE, None, ECHO)})


def _sign_off(operation: SignOff) -> Message:
    return Message("0820", {**_base(operation), 60: batch_data(NO_TYPE, None, SIGN_OFF)})


def _sign_off_reply(operation: SignOffReply) -> Message:
    return Message("0830", {**_reply_base(operation), 60: batch_data(NO_TYPE, None, SIGN_OFF)})


def _payment(operation: PaymentRequest) -> Message:
    kind = KINDS[operation.kind]
    fields = _base(operation)
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    if operation.kind is PaymentKind.BALANCE:
        del fields[4]
    _put_card(fields, operation.card)
    fields[25] = kind.condition
    if operation.original is not None:
        put(fields, 37, operation.original.rrn)
        put(fields, 38, operation.original.authorisation)
        fields[61] = _original_data(operation.original, operation.kind)
    if operation.pin is not None:
        fields[26], fields[52], fields[53] = PIN_LENGTH_MAX, operation.pin.reveal(), PIN_SECURITY
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


def _original_data(original: OriginalPayment, kind: PaymentKind) -> str:
    """Return F61: a refund names its original by RRN and date alone."""
    date = original.date or original.transmission[:4]
    if kind is PaymentKind.REFUND:
        return OriginalData(batch=NO_BATCH, stan=NO_STAN, date=date).build()
    return OriginalData(batch=original.batch, stan=original.stan, date=date).build()


def _payment_reply(operation: PaymentReply) -> Message:
    kind = KINDS[operation.kind]
    fields = _reply_base(operation)
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


def _reversal(operation: Reversal) -> Message:
    kind = KINDS[operation.kind]
    fields = _base(operation)
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
        fields[61] = _original_data(operation.earlier, operation.kind)
    return Message("0420" if operation.advice else "0400", fields)


def _reversal_reply(operation: ReversalReply) -> Message:
    fields = _reply_base(operation)
    put_amount(fields, operation.amount)
    put(fields, 37, operation.rrn)
    fields[60] = batch_data(NO_TYPE, operation.batch)
    return Message("0430" if operation.advice else "0410", fields)


def _settlement(operation: Settlement) -> Message:
    fields = _base(operation)
    fields[48] = SettlementTotals(domestic=_card_totals(operation.totals)).build()
    fields[49] = operation.currency
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    fields[63] = CardOrganisation("01").build()
    return Message("0500", fields)


def _settlement_reply(operation: SettlementReply) -> Message:
    fields = _reply_base(operation)
    del fields[39]
    put(fields, 15, operation.settlement_date)
    code = VERDICT_CODES[operation.result]
    foreign = code if operation.result is ReconciliationResult.ERROR else IN_BALANCE
    fields[48] = SettlementTotals(
        domestic=_card_totals(operation.totals or Totals(), code),
        foreign=CardTotals(reply_code=foreign),
    ).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0510", fields)


def _settlement_inquiry(operation: SettlementInquiry) -> Message:
    data = batch_data(NO_TYPE, operation.batch, SETTLEMENT_STATUS)
    return Message("0820", {**_base(operation), 60: data})


def _settlement_status(operation: SettlementStatus) -> Message:
    fields = _reply_base(operation)
    fields[48] = BatchStatus(state=operation.state, result=operation.result).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT_STATUS)
    return Message("0830", fields)


def _card_totals(totals: Totals, reply_code: str = "0") -> CardTotals:
    reversals = (
        totals.credit_reversal_count,
        totals.credit_reversal_amount,
        totals.debit_reversal_count,
        totals.debit_reversal_amount,
    )
    if any(reversals):
        raise ValueError("F48 has no room for reversals: what was reversed is in no figure")
    return CardTotals(
        debit_amount=totals.debit_amount,
        debit_count=totals.debit_count,
        credit_amount=totals.credit_amount,
        credit_count=totals.credit_count,
        reply_code=reply_code,
    )


def _upload_item(operation: UploadItem) -> Message:
    if KINDS[operation.kind].is_advice:
        return _upload_advice(operation)
    payment = UploadedPayment(
        stan=operation.original.stan, pan=operation.pan, amount=operation.amount.minor
    )
    fields = _base(operation)
    fields[48] = UploadDetail((payment,)).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0320", fields)


def _upload_advice(operation: UploadItem) -> Message:
    """Return the original 0220 under another MTI; F11 is the original's, as all of it is."""
    kind = KINDS[operation.kind]
    fields = _base(operation)
    fields[11] = operation.original.stan
    fields[2] = operation.pan.reveal()
    fields[3] = processing_of(operation.kind)
    put_amount(fields, operation.amount)
    fields[25] = kind.condition
    put(fields, 37, operation.rrn)
    put(fields, 38, operation.authorisation)
    fields[60] = batch_data(kind.message_type, operation.batch)
    return Message("0320", fields)


def _upload_end(operation: UploadEnd) -> Message:
    fields = _base(operation)
    fields[48] = UploadCount(operation.count).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, "207" if operation.balanced else "202")
    return Message("0320", fields)


def _upload_reply(operation: UploadReply) -> Message:
    fields = _reply_base(operation)
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0330", fields)


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
}
