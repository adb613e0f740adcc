"""What is said of the acquirer's copy and of recovered receipts: L90 to L98 of `terminal.texts`."""

from __future__ import annotations

from typing import Final

from terminal.text import Text

RECOVERY_TEXTS: Final[dict[str, Text]] = {
    "L90": Text(
        "交易查询未启用",
        "The payment inquiry is switched off",
        "收单方支持时才可启用",
        "Set payment_inquiry = true if the acquirer has it",
    ),
    "L91": Text(
        "主机：无此交易或批次",
        "The acquirer knows no such payment or batch",
        "请核对参考号、凭证号或批次号",
        "Check the reference, the voucher or the batch number",
    ),
    "L92": Text(
        "本机已有该笔交易",
        "The books here have this payment: nothing was lost",
        "请直接重打印",
        "Reprint its receipt",
    ),
    "L93": Text(
        "该笔凭证已补录",
        "This receipt was recovered before",
        "请直接重打印",
        "Reprint it",
    ),
    "L94": Text(
        "主机：该笔交易未成功或已冲正",
        "At the acquirer the payment came to nothing: there is no receipt for it",
        "无需补录",
        "Nothing was charged; sell again if the goods are wanted",
    ),
    "L95": Text(
        "补录完成，账务不变",
        "The receipts were rebuilt from the acquirer's record; no money was moved",
        "可重打印或导出",
        "Reprint or export them like any other",
    ),
    "L96": Text(
        "与主机记录一致",
        "The acquirer's copy is the same",
        "无需处理",
        "Nothing to do",
    ),
    "L97": Text(
        "与主机记录不一致",
        "The acquirer's copy differs",
        "只在主机的可补录凭证，其余请联系收单方",
        "Recover the receipts of what is only there; call the acquirer about the rest",
    ),
    "L98": Text(
        "本机与主机对该笔交易记录不同，不补录",
        "The books here tell otherwise of this payment: it is not recovered",
        "请先结算，再联系收单方",
        "Finish or settle first; then call the acquirer",
    ),
}
