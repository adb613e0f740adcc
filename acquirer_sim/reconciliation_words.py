"""The reconciliation report in words, in English and Chinese, and as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from acquirer_sim.reconciliation import Cause, Difference, Finding, Report
from protocol.amount import EXPONENTS, format_minor
from protocol.kinds import PaymentKind
from protocol.operations import Totals

Language = Literal["en", "zh"]


class Words(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    en: str
    zh: str

    def of(self, language: Language) -> str:
        """Return it in one of them."""
        return self.zh if language == "zh" else self.en


class ReportView(Report, frozen=True):
    """A report for programs: `words` tells every finding and cause in it to a person."""

    words: dict[str, Words]


FINDINGS: Final[Mapping[Finding, Words]] = {
    Finding.ONLY_HOST: Words("only the host has it", "仅主机有"),
    Finding.ONLY_TERMINAL: Words("only the terminal has it", "仅终端有"),
    Finding.AMOUNT_DIFFERS: Words("the amounts differ", "金额不一致"),
    Finding.REVERSED_ON_HOST: Words("reversed on the host", "主机已冲正"),
    Finding.DUPLICATE: Words("listed more than once", "重复上送"),
    Finding.KIND_DIFFERS: Words("the kinds differ", "交易类型不一致"),
    Finding.CARD_DIFFERS: Words("the cards differ", "卡号不一致"),
}

CAUSES: Final[Mapping[Cause, Words]] = {
    Cause.REPLY_LOST: Words(
        "the approval did not reach the terminal and its reversal did not reach the host",
        "应答未到达终端，且冲正未到达主机",
    ),
    Cause.NEVER_ARRIVED: Words(
        "the host has no trace of it: another batch, another host, or taken offline",
        "主机无此交易：可能属于其他批次、发往其他主机或为脱机交易",
    ),
    Cause.DECLINED_HERE: Words(
        "the host declined it, the terminal kept it as approved",
        "主机已拒绝，终端却记为成功",
    ),
    Cause.OVERTAKEN: Words(
        "its reversal came first, so the host declined it; the terminal kept it",
        "冲正先于交易到达，主机已拒绝，终端仍保留该交易",
    ),
    Cause.AMOUNT_CHANGED: Words(
        "the two sides recorded different amounts for one payment",
        "同一笔交易双方记录的金额不同",
    ),
    Cause.REVERSAL_LATE: Words(
        "its reversal was still waiting at the terminal when the batch was settled",
        "结算时终端仍有该交易的冲正未上送",
    ),
    Cause.REVERSED_BEFORE: Words(
        "reversed before the settlement, yet the terminal still counts it",
        "结算前已冲正，终端仍计入",
    ),
    Cause.REVERSED_AFTER: Words(
        "reversed after the host had frozen the batch: booked as an adjustment",
        "主机冻结批次后才冲正，已作调账处理",
    ),
    Cause.LISTED_TWICE: Words(
        "the terminal listed one payment more than once", "终端将同一笔交易上送多次"
    ),
    Cause.KIND_CONFUSED: Words(
        "one number stands for two kinds of payment", "同一流水号对应两种交易"
    ),
    Cause.UNDONE_HERE: Words(
        "it counts in no totals here: its money was released", "主机不计入：资金已解冻退回"
    ),
    Cause.NUMBER_REUSED: Words(
        "one number stands for two payments: cards differ", "同一流水号对应两张卡的交易"
    ),
    Cause.NOT_CAPTURED: Words(
        "approved, but not in the terminal's upload: its money was released",
        "已授权但终端未上送请款，资金已退回持卡人",
    ),
}


def view(report: Report) -> ReportView:
    """Return a report with the words that explain it."""
    found = {one.finding.value: FINDINGS[one.finding] for one in report.differences}
    likely = {one.cause.value: CAUSES[one.cause] for one in report.differences}
    return ReportView(**msgspec.structs.asdict(report), words=found | likely)


class Labels(msgspec.Struct, frozen=True):
    """What stands around the figures."""

    heading: str
    batch: str
    columns: tuple[str, str, str, str]
    terminal: str
    host: str
    summary: str
    sides: str
    likely: str
    unexplained: str


LABELS: Final[Mapping[Language, Labels]] = {
    "en": Labels(
        "RECONCILIATION  terminal {}  merchant {}",
        "batch {}  reported {}",
        ("debits", "amount", "credits", "amount"),
        "terminal",
        "host",
        "uploaded {} of {} announced, {} agree, {} differences",
        "terminal {}, host {}",
        "likely: {}",
        "These differences do not add up to the difference of the totals.",
    ),
    "zh": Labels(
        "对账报告  终端 {}  商户 {}",
        "批次 {}  时间 {}",
        ("借记笔数", "金额", "贷记笔数", "金额"),
        "终端",
        "主机",
        "应上送 {1} 笔，实收 {0} 笔，一致 {2} 笔，差异 {3} 笔",
        "终端 {}，主机 {}",
        "可能原因：{}",
        "以上差异不足以解释总额之差，请人工核对。",
    ),
}


def render(report: Report, language: Language = "en") -> str:
    """Return the report as lines of text for a person."""
    exponent, label = EXPONENTS.get(report.currency, 2), LABELS[language]
    head, counted = _padded("", 10), label.columns
    lines = [
        label.heading.format(report.terminal, report.merchant),
        label.batch.format(report.batch, report.reported_at),
        "",
        head + "".join(_right(one, width) for one, width in zip(counted, WIDTHS, strict=True)),
        _figures(label.terminal, report.terminal_totals, exponent),
        _figures(label.host, report.host_totals, exponent),
        "",
        label.summary.format(
            report.uploaded_count,
            report.announced_count,
            report.matched_count,
            len(report.differences),
        ),
    ]
    for difference in report.differences:
        lines += _lines(difference, exponent, language)
    if not report.explained:
        lines += ["", label.unexplained]
    return "\n".join(lines) + "\n"


WIDTHS: Final = (9, 16, 9, 16)


def _wide(text: str) -> int:
    """Return how many columns a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _wide(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _wide(text)) + text


def _figures(side: str, totals: Totals, exponent: int) -> str:
    cells = (
        str(totals.debit_count),
        format_minor(totals.debit_amount, exponent),
        str(totals.credit_count),
        format_minor(totals.credit_amount, exponent),
    )
    row = "".join(_right(cell, width) for cell, width in zip(cells, WIDTHS, strict=True))
    return _padded(side, 10) + row


def _lines(difference: Difference, exponent: int, language: Language) -> list[str]:
    label = LABELS[language]
    terminal = _told(difference.terminal_kind, difference.terminal_minor, exponent)
    host = _told(difference.host_kind, difference.host_minor, exponent)
    return [
        "",
        f"{difference.stan}  {difference.card}  {FINDINGS[difference.finding].of(language)}",
        "    " + label.sides.format(terminal, host),
        "    " + label.likely.format(CAUSES[difference.cause].of(language)),
    ]


def _told(kind: PaymentKind | None, minor: int | None, exponent: int) -> str:
    if kind is None or minor is None:
        return "-"
    return f"{kind.value.replace('_', ' ')} {format_minor(minor, exponent)}"
