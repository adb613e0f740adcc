"""The settlement of a batch: totals and verdict stand in F48."""

from __future__ import annotations

from typing import Final

from protocol.errors import ProfileError
from protocol.message import Message
from protocol.operations import (
    Operation,
    ReconciliationResult,
    Settlement,
    SettlementReply,
    Totals,
)
from protocol.profiles.cup.fields import (
    CODES,
    NO_TYPE,
    SETTLEMENT,
    batch_data,
)
from protocol.profiles.cup.heads import (
    base,
    read_batch_data,
    reply_base,
    reply_batch,
    who,
)
from protocol.profiles.translation import Decoders, Encoders
from protocol.profiles.values import (
    Fields,
    optional,
    put,
    text,
)
from protocol.structures.card_organisation import CardOrganisation
from protocol.structures.totals import CardTotals, SettlementTotals

VERDICT_CODES: Final = {
    ReconciliationResult.IN_BALANCE: "1",
    ReconciliationResult.OUT_OF_BALANCE: "2",
    ReconciliationResult.ERROR: "3",
}


IN_BALANCE: Final = VERDICT_CODES[ReconciliationResult.IN_BALANCE]


def _settlement(operation: Settlement) -> Message:
    fields = base(operation)
    fields[48] = SettlementTotals(domestic=_card_totals(operation.totals)).build()
    fields[49] = operation.currency
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    fields[63] = CardOrganisation("01").build()
    return Message("0500", fields)


def _settlement_reply(operation: SettlementReply) -> Message:
    fields = reply_base(operation)
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


def _read_settlement(mti: str, fields: Fields) -> Operation:
    data = read_batch_data(fields)
    if data.network_code != SETTLEMENT:
        raise ProfileError(mti, "60.3 of a settlement is 201", 60)
    return Settlement(
        **who(fields),
        batch=data.batch,
        totals=_totals(SettlementTotals.parse(text(fields, 48))),
        settlement_date="",
        currency=text(fields, 49),
    )


def _read_settlement_reply(mti: str, fields: Fields) -> Operation:
    answer = SettlementTotals.parse(text(fields, 48))
    result = _verdict(answer.domestic, answer.foreign)
    return SettlementReply(
        **who(fields),
        code=fields.get(39, CODES[result]),
        result=result,
        batch=reply_batch(fields),
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


ENCODERS: Final[Encoders] = {
    Settlement: _settlement,
    SettlementReply: _settlement_reply,
}

DECODERS: Final[Decoders] = {
    "0500": _read_settlement,
    "0510": _read_settlement_reply,
}
