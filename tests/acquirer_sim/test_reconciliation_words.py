from __future__ import annotations

import msgspec

from acquirer_sim.reconciliation import Cause, Finding, Report
from acquirer_sim.reconciliation_words import CAUSES, FINDINGS, render, view
from acquirer_sim.rows import Capture
from tests.acquirer_sim.asking import Books, end, item, purchase, settlement

EXPECTED = """\
对账报告  终端 T0000001  商户 M00000000000001
批次 000001  时间 2026-11-20T11:34:25+00:00

           借记笔数            金额 贷记笔数            金额
终端              2           21.00        0            0.00
主机              1           12.34        0            0.00

应上送 2 笔，实收 1 笔，一致 0 笔，差异 1 笔

000001  411111******1111  金额不一致
    终端 sale 20.00，主机 sale 12.34
    可能原因：同一笔交易双方记录的金额不同

以上差异不足以解释总额之差，请人工核对。
"""


def report_of(books: Books) -> Report:
    return msgspec.json.decode(books.rows("SELECT body FROM report")[0][0], type=Report)


def test_every_finding_and_cause_has_words_in_both_languages() -> None:
    assert (set(Finding), set(Cause)) == (set(FINDINGS), set(CAUSES))
    for words in (*FINDINGS.values(), *CAUSES.values()):
        assert words.en.isascii()
        assert not words.zh.isascii()


def test_report_reads_well_in_chinese(books: Books) -> None:
    books.ask(purchase(1), settlement(2, 2100), item(1, 2000), end(2))

    assert EXPECTED == render(report_of(books), "zh")


def test_view_says_what_its_codes_mean(books: Books) -> None:
    """Programs get codes and sentences; the report itself is kept without sentences."""
    books.ask(purchase(1), settlement(0, 0), end(0))
    report = report_of(books)
    told = msgspec.to_builtins(view(report))

    assert {"only_host", "reply_lost"} == set(told["words"])
    assert "应答未到达终端，且冲正未到达主机" == told["words"]["reply_lost"]["zh"]
    assert msgspec.to_builtins(report) == {key: told[key] for key in told if key != "words"}


def test_what_a_terminal_did_not_capture_is_named(books: Books) -> None:
    books.believe(capture=Capture.TERMINAL)
    books.ask(purchase(1), purchase(2, 66), settlement(1, 1234), item(1), end(1))
    report = report_of(books)

    assert [("000002", Cause.NOT_CAPTURED)] == [(one.stan, one.cause) for one in report.differences]
    assert report.explained
