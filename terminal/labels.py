"""The words on paper, in both languages. Layout decides where they stand, never what they say."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from protocol.kinds import PaymentKind
from terminal.documents import Balance, CopyKind, FaultReason


class Language(Enum):
    """Which words a paper shows. English alone is pure ASCII but for what the shop filled in."""

    BOTH = "both"
    CHINESE = "chinese"
    ENGLISH = "english"


class Words(NamedTuple):
    """One thing said twice."""

    zh: str
    en: str

    def label(self, language: Language) -> str:
        """Return it as the label of a value: 批次号(BATCH NO):"""
        match language:
            case Language.BOTH:
                return f"{self.zh}({self.en}):"
            case Language.CHINESE:
                return f"{self.zh}:"
            case Language.ENGLISH:
                return f"{self.en}:"

    def name(self, language: Language) -> str:
        """Return it as a name: 消费/SALE."""
        match language:
            case Language.BOTH:
                return f"{self.zh}/{self.en}"
            case Language.CHINESE:
                return self.zh
            case Language.ENGLISH:
                return self.en

    def followed_by(self, other: Words) -> Words:
        """Return both as one: 终端内卡, TERMINAL DOMESTIC."""
        return Words(self.zh + other.zh, f"{self.en} {other.en}")

    def apart(self, language: Language) -> tuple[str, ...]:
        """Return it as one text per language shown."""
        match language:
            case Language.BOTH:
                return (self.zh, self.en)
            case Language.CHINESE:
                return (self.zh,)
            case Language.ENGLISH:
                return (self.en,)


RECEIPT: Final = Words("POS签购单", "POS SALES SLIP")
SETTLEMENT: Final = Words("POS结算总计单", "SETTLEMENT SUMMARY")
FAULT: Final = Words("故障报告单", "FAULT REPORT")
NOT_A_RECEIPT: Final = Words("非交易凭证", "NOT A RECEIPT")

DUPLICATE: Final = Words("重打印", "DUPLICATE")
ELECTRONIC: Final = Words("电子副本", "ELECTRONIC COPY")
EXPORTED: Final = Words("导出时间", "EXPORTED")
REPRINTED: Final = Words("重打印时间", "REPRINTED")
RECOVERED: Final = Words("补录", "RECOVERED")
SOURCE: Final = Words("来源", "SOURCE")
RECOVERED_AT: Final = Words("补录时间", "RECOVERED AT")
NOT_COUNTED: Final = Words("补录未计", "RECOVERED, UNCOUNTED")
TESTING: Final = Words("测试 凭证无效", "TESTING - NOT VALID")
TESTING_BOTH: Final = "测试/TESTING 凭证无效"

MERCHANT_NAME: Final = Words("商户名称", "MERCHANT NAME")
MERCHANT_NO: Final = Words("商户编号", "MERCHANT NO")
TERMINAL_NO: Final = Words("终端编号", "TERMINAL NO")
OPERATOR: Final = Words("操作员", "OPERATOR")
ISSUER: Final = Words("发卡行", "ISSUER")
ACQUIRER: Final = Words("收单行", "ACQUIRER")
CARD_NO: Final = Words("卡号", "CARD NO")
EXP_DATE: Final = Words("有效期", "EXP DATE")
EXPIRY_STARS: Final = "****"
SOURCES: Final = {"acquirer": ACQUIRER}
"""Whose record a receipt was rebuilt from."""

TYPE: Final = Words("交易类型", "TXN TYPE")
BATCH_NO: Final = Words("批次号", "BATCH NO")
VOUCHER_NO: Final = Words("凭证号", "VOUCHER NO")
AUTH_NO: Final = Words("授权码", "AUTH NO")
REFER_NO: Final = Words("参考号", "REFER NO")
DATE_TIME: Final = Words("日期时间", "DATE/TIME")
AMOUNT: Final = Words("金额", "AMOUNT")
REFERENCE: Final = Words("备注", "REFERENCE")
OFFLINE: Final = Words("脱机交易", "OFFLINE")
ORIGINAL_VOUCHER: Final = Words("原凭证号", "ORIG VOUCHER")
ORIGINAL_REFERENCE: Final = Words("原参考号", "ORIG REFER NO")
ORIGINAL_DATE: Final = Words("原日期", "ORIG DATE")
SIGNATURE: Final = Words("持卡人签名", "CARDHOLDER SIGNATURE")
ACKNOWLEDGEMENT: Final = Words(
    "本人确认以上交易，同意将其记入本卡账户",
    "I ACKNOWLEDGE SATISFACTORY RECEIPT OF RELATIVE GOODS/SERVICES",
)

SETTLED_AT: Final = Words("结算时间", "DATE/TIME")
SETTLE_DATE: Final = Words("清算日期", "SETTLE DATE")
ROW_TYPE: Final = Words("类型", "TYPE")
ROW_COUNT: Final = Words("笔数", "SUM")
ROW_AMOUNT: Final = Words("金额", "AMOUNT")
TOTAL: Final = Words("总计", "TOTAL")
TERMINAL_SIDE: Final = Words("终端", "TERMINAL")
HOST_SIDE: Final = Words("主机", "HOST")
DIFFERENCE: Final = Words("差额(终端-主机)", "DIFFERENCE")
NOT_RETURNED: Final = Words("未返回", "NOT RETURNED")
DOMESTIC_CARDS: Final = Words("内卡", "DOMESTIC")
FOREIGN_CARDS: Final = Words("外卡", "FOREIGN")
DEBIT: Final = Words("借记", "DEBIT")
CREDIT: Final = Words("贷记", "CREDIT")
UPLOADED: Final = Words("批上送笔数", "UPLOADED")
EXCEPTIONS: Final = Words("异常/待人工", "EXCEPTIONS")
REVERSALS_PENDING: Final = Words("冲正未决", "REVERSALS")
NONE: Final = Words("无", "NONE")

REASON: Final = Words("原因", "REASON")
RESPONSE: Final = Words("主机应答", "RESPONSE")
HOTLINE: Final = Words("服务热线", "HOTLINE")

TOTALS: Final = Words("交易汇总", "TXN TOTALS")
RECORDS: Final = Words("手工登记单", "MANUAL RECORD SHEET")
RECORDED_BY: Final = Words("登记人", "RECORDED BY")
CHECKED_BY: Final = Words("复核人", "CHECKED BY")
TOLD_CUSTOMER: Final = Words("已告知顾客交易成功", "customer was told: approved")
CONFIGURATION: Final = Words("终端参数单", "CONFIGURATION")
SELF_TEST: Final = Words("打印机自检", "PRINTER SELF-TEST")
PRINTER: Final = Words("打印机", "PRINTER")
COLUMNS: Final = Words("列数", "COLUMNS")
BOLD: Final = Words("加粗", "bold")
WIDE: Final = Words("倍宽", "wide")
TALL: Final = Words("倍高", "tall")
BIG: Final = Words("加粗放大", "big")
ALIGNED: Final = {
    "left": Words("居左", "left"),
    "centre": Words("居中", "centre"),
    "right": Words("居右", "right"),
}
SELF_TEST_END: Final = Words("自检结束", "END OF SELF-TEST")
VOID_PAPER: Final = Words("此联作废", "THIS PAPER IS VOID")
PAYMENT_STANDS: Final = Words("仅作废纸联，交易不变", "THE PAYMENT IS NOT CHANGED")
DOCUMENT: Final = Words("凭证", "DOCUMENT")
COPY: Final = Words("联", "COPY")
COPY_NUMBER: Final = Words("第几次打印", "COPY NO")
ORIGINAL: Final = Words("原件", "ORIGINAL")
DETAIL: Final = Words("交易明细", "TXN LIST")
UNSUCCESSFUL: Final = Words("未成功上送", "UNSUCC LIST")
DENIED: Final = Words("被拒绝", "DENIED LIST")
NOT_UPLOADED: Final = Words("尚未上送", "not sent yet")
NOT_A_SLIP: Final = Words("非结算单", "NOT A SETTLEMENT SLIP")
DAY: Final = Words("日期", "DATE")
FIRST_DAY: Final = Words("起始日期", "FROM")
LAST_DAY: Final = Words("截止日期", "TO")
BATCHES: Final = Words("批次数", "BATCHES")
BATCH_COUNT: Final = Words("笔数", "COUNT")
PERIODS: Final = {
    "day": Words("日结报表", "DAY REPORT"),
    "week": Words("周结报表", "WEEK REPORT"),
    "month": Words("月结报表", "MONTH REPORT"),
}

COPIES: Final[dict[CopyKind, Words]] = {
    CopyKind.MERCHANT: Words("商户存根", "MERCHANT COPY"),
    CopyKind.CARDHOLDER: Words("持卡人存根", "CARDHOLDER COPY"),
    CopyKind.ACQUIRER: Words("银行存根", "BANK COPY"),
    CopyKind.SETTLEMENT: Words("商户存根", "MERCHANT COPY"),
    CopyKind.FAULT: Words("商户存根", "MERCHANT COPY"),
}

PAYMENTS: Final[dict[PaymentKind, Words]] = {
    PaymentKind.SALE: Words("消费", "SALE"),
    PaymentKind.VOID: Words("撤销", "VOID"),
    PaymentKind.REFUND: Words("退货", "REFUND"),
    PaymentKind.PREAUTHORISATION: Words("预授权", "AUTH"),
    PaymentKind.PREAUTHORISATION_VOID: Words("撤预", "AUTH VOID"),
    PaymentKind.COMPLETION: Words("完成", "COMPLETE"),
    PaymentKind.COMPLETION_VOID: Words("撤完成", "COMP.VD"),
    PaymentKind.COMPLETION_ADVICE: Words("完成", "ADVICE"),
    PaymentKind.OFFLINE_SALE: Words("离线", "OFFLINE"),
    PaymentKind.ADJUSTMENT: Words("调整", "ADJUST"),
    PaymentKind.BALANCE: Words("查询", "BALANCE"),
}
"""At most 14 columns in both languages: the first column of a settlement slip."""

RESULTS: Final[dict[Balance, Words]] = {
    Balance.BALANCED: Words("对账平", "BALANCED"),
    Balance.UNBALANCED: Words("对账不平", "OUT OF BALANCE"),
    Balance.ERROR: Words("对账错", "ERROR"),
    Balance.UNKNOWN: Words("对账结果未知", "RESULT UNKNOWN"),
    Balance.FORCED: Words("强制结账", "FORCED CLOSE"),
}

REASONS: Final[dict[FaultReason, Words]] = {
    FaultReason.REVERSAL_FAILED: Words(
        "冲正不成功，请人工处理", "REVERSAL NOT CONFIRMED. PLEASE CONTACT THE ACQUIRER"
    ),
    FaultReason.ADVICE_REFUSED: Words(
        "主机拒绝入账，请人工处理", "REFUSED BY THE HOST. PLEASE CONTACT THE ACQUIRER"
    ),
}
