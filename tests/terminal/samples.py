"""Documents that the paper tests print: one shop, one sale, one batch, one fault."""

from __future__ import annotations

from typing import Any, Final

from protocol.kinds import PaymentKind
from terminal.chip_marks import ChipMarks
from terminal.documents import (
    Balance,
    FaultReason,
    FaultSlip,
    Figures,
    Receipt,
    Remark,
    SettlementSlip,
    Shop,
    SlipRow,
)

SHOP: Final = Shop(
    merchant_name="幸福里便利店（人民路店）",
    merchant_id="123456789012345",
    terminal_id="12345678",
    operator="01",
)


EARLIER: Final = (
    Remark("原凭证号", "ORIG VOUCHER", "000011-000344"),
    Remark("原参考号", "ORIG REFER NO", "600210000344"),
    Remark("原日期", "ORIG DATE", "01/01"),
)
"""What a refund says of the sale that it gives back."""
REFUSED: Final = Remark("000347 离线 51 余额不足", "000347 OFFLINE 51 insufficient funds")


CHIP: Final = ChipMarks(
    aid="A000000333010101",
    label="PBOC DEBIT",
    kind="TC",
    cryptogram="A1B2C3D4E5F60718",
    tvr="0080048000",
    tsi="E800",
    atc="001C",
)
"""What the chip of a published test card says."""


def receipt(**changes: Any) -> Receipt:
    """Return an approved sale of 123.45."""
    values: dict[str, Any] = {
        "shop": SHOP,
        "kind": PaymentKind.SALE,
        "batch": "000012",
        "stan": "000345",
        "at": "2026/01/02 10:15:09",
        "amount_minor": 12345,
        "card": "411111******1111",
        "entry": "I",
        "issuer": "测试银行",
        "acquirer": "演示收单行",
        "authorisation": "123456",
        "rrn": "600210000345",
    }
    return Receipt(**(values | changes))


def settlement(**changes: Any) -> SettlementSlip:
    """Return a batch of twelve sales, a void and a refund, on which both sides agree."""
    figures = Figures(debit_count=12, debit_minor=123450, credit_count=2, credit_minor=12000)
    values: dict[str, Any] = {
        "shop": SHOP,
        "batch": "000012",
        "at": "2026/01/02 22:01:30",
        "result": Balance.BALANCED,
        "rows": (
            SlipRow(PaymentKind.SALE, 12, 123450),
            SlipRow(PaymentKind.VOID, 1, -10000),
            SlipRow(PaymentKind.REFUND, 1, -2000),
        ),
        "terminal": figures,
        "host": figures,
        "settlement_date": "0103",
    }
    return SettlementSlip(**(values | changes))


def fault(**changes: Any) -> FaultSlip:
    """Return a reversal that nobody could finish."""
    values: dict[str, Any] = {
        "shop": SHOP,
        "kind": PaymentKind.SALE,
        "reason": FaultReason.REVERSAL_FAILED,
        "batch": "000012",
        "stan": "000346",
        "at": "2026/01/02 10:20:00",
        "amount_minor": 5000,
        "card": "411111******1111",
        "hotline": "400-000-0000",
    }
    return FaultSlip(**(values | changes))
