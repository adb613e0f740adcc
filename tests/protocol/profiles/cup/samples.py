"""One of every message of the dialect cup, as two sides of one shop's day would say it."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.kinds import PaymentKind
from protocol.message import Message
from protocol.operations import (
    Card,
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
    SettlementReply,
    SignOn,
    SignOnReply,
    Stamp,
    Totals,
    UploadItem,
    UploadReply,
)
from protocol.profiles import cup
from protocol.secrets import Pan
from tests.protocol.golden import golden

CODEC = Codec(builtin_dialect("cup"))
GOLDEN: Final = {name: wire for name, _, wire, _ in golden("cup")}
WHO: Final = Origin("10000001", "104100000000001")
UNTIMED: Final = Stamp("", "", "")
TIMED: Final = Stamp("", "112201", "1120")


SALE: Final = PaymentRequest(
    origin=WHO,
    stan="000123",
    stamp=Stamp("1120032201", "112201", "1120"),
    batch="000001",
    amount=Amount(12345),
    card=Card(Pan("6200000000000005"), "2912"),
)
ORIGINAL: Final = OriginalPayment(
    "0200", "000123", "1120032201", "000001", "000000000007", "123456", "1120"
)
VOID: Final = structs.replace(SALE, stan="000124", kind=PaymentKind.VOID, original=ORIGINAL)
REFUND: Final = structs.replace(VOID, kind=PaymentKind.REFUND)
REVERSAL: Final = Reversal(
    origin=WHO,
    stan="000124",
    stamp=SALE.stamp,
    batch="000001",
    amount=SALE.amount,
    pan=SALE.card.pan,
    original=OriginalReference("0200", "000124", "1120032201"),
    kind=PaymentKind.VOID,
    entry_mode="021",
    authorisation="123456",
    earlier=ORIGINAL,
)
SETTLEMENT: Final = Settlement(
    origin=WHO,
    stan="000125",
    stamp=SALE.stamp,
    batch="000001",
    totals=Totals(debit_count=2, debit_amount=50_000, credit_count=1, credit_amount=200),
    settlement_date="1120",
)
SIGN_ON: Final = SignOn(origin=WHO, stan="000001", stamp=SALE.stamp, batch="000001")
ITEM: Final = UploadItem(
    origin=WHO,
    stan="000126",
    stamp=SALE.stamp,
    batch="000001",
    number=1,
    count=1,
    original=OriginalReference("0200", "000123", "1120032201"),
    amount=SALE.amount,
    pan=SALE.card.pan,
)


def answered(asked: Message, reply: Operation) -> Message:
    return cup.complete(
        cup.encode(reply), asked, stamp=Stamp("", "112202", "1120"), institution="00010000"
    )


def echoes(
    request: PaymentRequest | Reversal | Settlement | SignOn | UploadItem,
) -> dict[str, object]:
    return {"origin": WHO, "stan": request.stan, "stamp": UNTIMED, "batch": request.batch}


MESSAGES: Final = {
    "0800": cup.encode(SIGN_ON),
    "0810": answered(
        cup.encode(SIGN_ON), SignOnReply(**echoes(SIGN_ON), code="00", keys=bytes(40))
    ),
    "0200 sale": cup.encode(SALE),
    "0210": answered(
        cup.encode(SALE),
        PaymentReply(**echoes(SALE), code="00", amount=SALE.amount, rrn="000000000007"),
    ),
    "0200 void": cup.encode(VOID),
    "0220 refund": cup.encode(REFUND),
    "0400": cup.encode(REVERSAL),
    "0410": answered(
        cup.encode(structs.replace(REVERSAL, entry_mode="012")),
        ReversalReply(**echoes(REVERSAL), code="00", amount=SALE.amount),
    ),
    "0500": cup.encode(SETTLEMENT),
    "0510": answered(
        cup.encode(SETTLEMENT),
        SettlementReply(
            **echoes(SETTLEMENT),
            code="00",
            result=ReconciliationResult.IN_BALANCE,
            totals=SETTLEMENT.totals,
        ),
    ),
    "0320": cup.encode(ITEM),
    "0330": answered(cup.encode(ITEM), UploadReply(**echoes(ITEM), code="00")),
}
