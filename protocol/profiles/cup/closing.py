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
from protocol.structures.totals import CardTotals, SettlementTotals, less

VERDICT_CODES: Final = {
    ReconciliationResult.IN_BALANCE: "1",
    ReconciliationResult.OUT_OF_BALANCE: "2",
    ReconciliationResult.ERROR: "3",
}


IN_BALANCE: Final = VERDICT_CODES[ReconciliationResult.IN_BALANCE]


def _settlement(operation: Settlement) -> Message:
    fields = base(operation)
    fields[48] = _both(operation.totals, operation.foreign, ("0", "0")).build()
    fields[49] = operation.currency
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    fields[63] = CardOrganisation("01").build()
    return Message("0500", fields)


def _settlement_reply(operation: SettlementReply) -> Message:
    fields = reply_base(operation)
    del fields[39]
    put(fields, 15, operation.settlement_date)
    codes = (VERDICT_CODES[operation.result], _foreign_code(operation.result))
    if operation.sides is not None:
        domestic, foreign = operation.sides
        codes = (VERDICT_CODES[domestic], VERDICT_CODES[foreign])
    fields[48] = _both(operation.totals or Totals(), operation.foreign, codes).build()
    fields[60] = batch_data(NO_TYPE, operation.batch, SETTLEMENT)
    return Message("0510", fields)


def _foreign_code(result: ReconciliationResult) -> str:
    """Return the verdict on foreign cards of a reply that tells no cards apart."""
    return VERDICT_CODES[result] if result is ReconciliationResult.ERROR else IN_BALANCE


def _both(totals: Totals, foreign: Totals | None, codes: tuple[str, str]) -> SettlementTotals:
    """Return both halves of F48; all of the totals are domestic but what is foreign."""
    part = foreign or Totals()
    return SettlementTotals(
        domestic=_card_totals(less(totals, part) if foreign else totals, codes[0]),
        foreign=_card_totals(part, codes[1]),
    )


def _card_totals(totals: Totals, reply_code: str) -> CardTotals:
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
    told = SettlementTotals.parse(text(fields, 48))
    return Settlement(
        **who(fields),
        batch=data.batch,
        totals=_totals(told.domestic, told.foreign),
        foreign=_totals(told.foreign),
        settlement_date="",
        currency=text(fields, 49),
    )


def _read_settlement_reply(mti: str, fields: Fields) -> Operation:
    answer = SettlementTotals.parse(text(fields, 48))
    sides = (_verdict(answer.domestic), _verdict(answer.foreign))
    result = max(sides, key=_WORSE.index)
    return SettlementReply(
        **who(fields),
        code=fields.get(39, CODES[result]),
        result=result,
        batch=reply_batch(fields),
        totals=_totals(answer.domestic, answer.foreign),
        settlement_date=optional(fields, 15),
        foreign=_totals(answer.foreign),
        sides=sides,
    )


def _verdict(side: CardTotals) -> ReconciliationResult:
    """Return the verdict on one side; a digit that is none closes no batch."""
    return side.result or ReconciliationResult.ERROR


_WORSE: Final = (
    ReconciliationResult.IN_BALANCE,
    ReconciliationResult.OUT_OF_BALANCE,
    ReconciliationResult.ERROR,
)
"""The worse of two verdicts holds."""


def _totals(*sides: CardTotals) -> Totals:
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
