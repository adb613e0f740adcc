"""What each response code (F39) means, as data: category, words, what the terminal does.

Source: practice of the trade. Published lists differ in the category
of 13, 14, 42, 55 and 98; this table is the one place to change. A code that is not listed is a
failure shown as 交易失败.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec


class Category(Enum):
    """How the trade sorts response codes."""

    SUCCESS = "A"
    MAY_RETRY = "B"
    DO_NOT_RETRY = "C"
    OPERATOR = "D"
    SYSTEM = "E"


class Action(Enum):
    """What the terminal does with a payment's reply."""

    RECORD = "record"
    RECORD_AND_NOTE = "record and note"
    UNDO = "ask: the part that was approved is taken, or the payment is reversed"
    DECLINE = "decline"
    RETRY_ALLOWED = "decline, may be tried again with a new STAN"
    ENTER_AGAIN = "decline, enter the data again"
    KEEP_CARD = "decline, the operator acts on the card"
    SIGN_ON = "decline, sign on before the next payment"
    STOP = "decline, the terminal's registration must be put right"


class Response(msgspec.Struct, frozen=True):
    """One response code: F39, category, action, Chinese and English words."""

    code: str
    category: Category
    action: Action
    zh: str
    en: str

    @property
    def success(self) -> bool:
        """True when the whole payment stands."""
        return self.action in (Action.RECORD, Action.RECORD_AND_NOTE)


REVERSAL_DONE: Final = frozenset({"00", "12", "25"})
"""A reversal's reply that leaves nothing to undo: done, never approved, not found."""

UPLOAD_TAKEN: Final = frozenset({"00", "94"})
"""An upload's reply that needs no repeat: taken, or taken before."""

_A, _B, _C, _D, _E = Category

RESPONSES: Final[dict[str, Response]] = {
    code: Response(code, category, action, zh, en)
    for code, category, action, zh, en in (
        ("00", _A, Action.RECORD, "交易成功", "approved"),
        ("01", _C, Action.DECLINE, "请联系发卡行", "refer to the issuer"),
        ("02", _C, Action.DECLINE, "请联系发卡行", "refer to the issuer, special conditions"),
        ("03", _C, Action.STOP, "商户未登记", "merchant not registered"),
        ("04", _D, Action.KEEP_CARD, "没收卡", "keep the card"),
        ("05", _C, Action.DECLINE, "不予承兑", "do not honour"),
        ("06", _E, Action.DECLINE, "发卡行故障", "error at the issuer"),
        ("07", _D, Action.KEEP_CARD, "没收卡", "keep the card, special conditions"),
        ("09", _B, Action.RETRY_ALLOWED, "请重新提交交易", "in progress, submit again"),
        ("10", _A, Action.UNDO, "部分金额批准", "approved for part of the amount"),
        ("11", _A, Action.RECORD, "VIP 批准", "approved, VIP"),
        ("12", _C, Action.DECLINE, "无效交易", "invalid transaction"),
        ("13", _B, Action.ENTER_AGAIN, "金额无效", "invalid amount"),
        ("14", _B, Action.ENTER_AGAIN, "无效卡号", "invalid card number"),
        ("15", _C, Action.DECLINE, "此卡不能受理", "no such issuer"),
        ("22", _C, Action.SIGN_ON, "操作有误，请重新签到", "suspected malfunction, sign on"),
        ("25", _C, Action.DECLINE, "未找到原始交易", "original not found"),
        ("30", _C, Action.DECLINE, "报文格式错", "format error"),
        ("31", _C, Action.DECLINE, "此卡不能受理", "bank not supported"),
        ("33", _D, Action.KEEP_CARD, "过期卡，请没收", "expired card, keep it"),
        ("34", _D, Action.KEEP_CARD, "作弊卡，请没收", "suspected fraud, keep the card"),
        ("35", _D, Action.KEEP_CARD, "没收卡，请联系收单行", "keep the card, call the acquirer"),
        ("36", _C, Action.DECLINE, "受限制的卡", "restricted card"),
        ("37", _D, Action.KEEP_CARD, "没收卡，请联系安全部门", "keep the card, call security"),
        ("38", _D, Action.KEEP_CARD, "密码次数超限", "too many PIN tries"),
        ("40", _C, Action.DECLINE, "交易不支持", "function not supported"),
        ("41", _D, Action.KEEP_CARD, "挂失卡，请没收", "lost card, keep it"),
        ("42", _C, Action.DECLINE, "无效账户", "no such account"),
        ("43", _D, Action.KEEP_CARD, "被窃卡，请没收", "stolen card, keep it"),
        ("51", _C, Action.DECLINE, "余额不足", "insufficient funds"),
        ("54", _C, Action.DECLINE, "过期卡", "expired card"),
        ("55", _B, Action.ENTER_AGAIN, "密码错", "wrong PIN"),
        ("57", _C, Action.DECLINE, "不允许持卡人进行的交易", "not permitted to this cardholder"),
        ("58", _C, Action.DECLINE, "终端无效", "not permitted to this terminal"),
        ("59", _C, Action.DECLINE, "有作弊嫌疑", "suspected fraud"),
        ("61", _C, Action.DECLINE, "超出金额限制", "amount limit exceeded"),
        ("62", _C, Action.DECLINE, "受限制的卡", "restricted card"),
        ("63", _C, Action.DECLINE, "违反安全规定", "security violation"),
        ("64", _C, Action.DECLINE, "原始金额不正确", "original amount incorrect"),
        ("65", _C, Action.DECLINE, "超出次数限制", "too many withdrawals"),
        ("66", _C, Action.DECLINE, "请联系收单行安全部门", "call the acquirer's security"),
        ("67", _D, Action.KEEP_CARD, "没收卡", "keep the card"),
        ("68", _C, Action.DECLINE, "发卡行超时", "the issuer did not answer in time"),
        ("75", _D, Action.KEEP_CARD, "密码次数超限", "too many PIN tries"),
        (
            "77",
            _D,
            Action.SIGN_ON,
            "批次不一致，请重新签到",
            "batch differs from the host's, sign on",
        ),
        ("78", _D, Action.DECLINE, "中心需要向终端下载数据", "the host wants to download data"),
        ("79", _C, Action.DECLINE, "脱机交易对账不平", "offline totals differ"),
        ("90", _C, Action.RETRY_ALLOWED, "日切处理中，请稍后重试", "cut-over under way, try later"),
        ("91", _C, Action.RETRY_ALLOWED, "发卡方不能操作", "the issuer is not available"),
        ("92", _C, Action.RETRY_ALLOWED, "网络不能操作", "the network is not available"),
        ("94", _C, Action.DECLINE, "重复交易", "duplicate"),
        ("95", _C, Action.DECLINE, "对账不平", "totals differ"),
        ("96", _C, Action.DECLINE, "系统故障", "system malfunction"),
        ("97", _D, Action.STOP, "终端未登记", "terminal not registered"),
        ("98", _E, Action.DECLINE, "收不到发卡行应答", "no answer from the issuer"),
        ("99", _B, Action.SIGN_ON, "PIN 格式错，请重新签到", "PIN format error, sign on"),
        ("A0", _B, Action.SIGN_ON, "MAC 校验错，请重新签到", "MAC error, sign on"),
        ("A1", _C, Action.DECLINE, "转账货币不一致", "currencies differ"),
        ("A2", _A, Action.RECORD_AND_NOTE, "交易成功，请向发卡行确认", "approved, ask the issuer"),
        ("A4", _A, Action.RECORD_AND_NOTE, "交易成功，请向发卡行确认", "approved, ask the issuer"),
        ("A5", _A, Action.RECORD_AND_NOTE, "交易成功，请向发卡行确认", "approved, ask the issuer"),
        ("A6", _A, Action.RECORD_AND_NOTE, "交易成功，请向发卡行确认", "approved, ask the issuer"),
        ("A7", _C, Action.DECLINE, "安全处理失败", "security processing failed"),
    )
}


def response(code: str) -> Response:
    """Return what a response code means; one that is not listed is a plain failure."""
    known = RESPONSES.get(code)
    return known or Response(code, Category.DO_NOT_RETRY, Action.DECLINE, "交易失败", "failed")
