from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.kinds import PaymentKind
from protocol.secrets import luhn_valid
from terminal.documents import (
    Balance,
    CopyKind,
    Document,
    FaultReason,
    FaultSlip,
    Figures,
    Receipt,
    Remark,
    SettlementSlip,
    Shop,
    SlipRow,
)
from terminal.labels import Language
from terminal.layout import lay_out, render_text
from terminal.lines import text_width
from terminal.paper import ORIGINAL, PAPER_58_MM, Marks, Paper
from terminal.totals import COUNTED
from tests.terminal.samples import CHIP, EARLIER, REFUSED, SHOP, fault, receipt, settlement

GOLDEN = Path(__file__).parent / "golden"
MARKS = Marks(2, "2026/01/03 09:30:00")
UNBALANCED = settlement(
    result=Balance.UNBALANCED,
    host=Figures(debit_count=11, debit_minor=113450, credit_count=2, credit_minor=12000),
    uploaded=14,
)
FILE = Marks(0, "2026/01/03 09:30:00", electronic=True)
VOID = receipt(kind=PaymentKind.VOID, remarks=EARLIER[:1])
REFUND = receipt(kind=PaymentKind.REFUND, remarks=EARLIER)
OFFLINE = receipt(
    kind=PaymentKind.OFFLINE_SALE,
    authorisation="",
    rrn="",
    remarks=(Remark("脱机交易", "OFFLINE"),),
)
UNKNOWN = settlement(
    host=None, result=Balance.UNKNOWN, exceptions=2, reversals_pending=1, remarks=(REFUSED,)
)
FOREIGN = settlement(
    terminal_foreign=Figures(debit_count=3, debit_minor=30000),
    host_foreign=Figures(debit_count=3, debit_minor=30000),
)
CHIPPED = receipt(chip=CHIP, expiry_line=True)
ZEROES = settlement(
    rows=tuple(
        SlipRow(kind, *((12, 123450) if kind is PaymentKind.SALE else (0, 0))) for kind in COUNTED
    )
)
REFUSAL = fault(kind=PaymentKind.OFFLINE_SALE, reason=FaultReason.ADVICE_REFUSED, code="51")
CASES: dict[str, tuple[Document, CopyKind, Marks, Paper]] = {
    "receipt-merchant": (receipt(), CopyKind.MERCHANT, Marks(), Paper()),
    "receipt-cardholder-duplicate": (receipt(), CopyKind.CARDHOLDER, MARKS, Paper()),
    "receipt-48": (receipt(), CopyKind.MERCHANT, Marks(), Paper(columns=48)),
    "receipt-ascii": (receipt(), CopyKind.MERCHANT, MARKS, Paper(ascii_only=True)),
    "receipt-chinese": (receipt(), CopyKind.CARDHOLDER, MARKS, Paper(language=Language.CHINESE)),
    "receipt-english": (REFUND, CopyKind.CARDHOLDER, MARKS, Paper(language=Language.ENGLISH)),
    "receipt-refund": (REFUND, CopyKind.MERCHANT, Marks(), Paper()),
    "receipt-void-48": (VOID, CopyKind.MERCHANT, MARKS, Paper(columns=48)),
    "receipt-offline": (OFFLINE, CopyKind.CARDHOLDER, Marks(), Paper()),
    "receipt-bank": (receipt(kind=PaymentKind.COMPLETION), CopyKind.ACQUIRER, Marks(), Paper()),
    "receipt-chip": (CHIPPED, CopyKind.MERCHANT, Marks(), Paper()),
    "receipt-chip-48": (CHIPPED, CopyKind.CARDHOLDER, MARKS, Paper(columns=48)),
    "receipt-chip-chinese": (
        CHIPPED,
        CopyKind.CARDHOLDER,
        Marks(),
        Paper(language=Language.CHINESE),
    ),
    "settlement-foreign": (FOREIGN, CopyKind.SETTLEMENT, Marks(), Paper()),
    "settlement-zero-rows": (ZEROES, CopyKind.SETTLEMENT, Marks(), Paper()),
    "receipt-electronic": (receipt(), CopyKind.CARDHOLDER, FILE, Paper()),
    "settlement-unknown": (UNKNOWN, CopyKind.SETTLEMENT, MARKS, Paper()),
    "settlement-48": (UNBALANCED, CopyKind.SETTLEMENT, Marks(), Paper(columns=48)),
    "settlement-ascii": (UNKNOWN, CopyKind.SETTLEMENT, Marks(), Paper(ascii_only=True)),
    "settlement-chinese": (
        settlement(),
        CopyKind.SETTLEMENT,
        Marks(),
        Paper(language=Language.CHINESE),
    ),
    "fault-refused": (REFUSAL, CopyKind.FAULT, MARKS, Paper()),
    "fault-ascii": (REFUSAL, CopyKind.FAULT, Marks(), Paper(ascii_only=True)),
    "settlement": (settlement(), CopyKind.SETTLEMENT, Marks(), Paper()),
    "settlement-unbalanced": (UNBALANCED, CopyKind.SETTLEMENT, Marks(), Paper()),
    "fault": (fault(), CopyKind.FAULT, Marks(), Paper()),
}


def text_of(
    document: Document, copy: CopyKind, *, marks: Marks = ORIGINAL, paper: Paper = PAPER_58_MM
) -> str:
    return render_text(lay_out(document, copy, marks=marks, paper=paper), paper.columns)


@pytest.mark.parametrize("name", CASES)
def test_layout_is_as_looked_at(name: str) -> None:
    """REQ 000-15, 001-10: the golden text of every paper; look at the diff, then write it."""
    document, copy, marks, paper = CASES[name]

    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert expected == text_of(document, copy, marks=marks, paper=paper)


@pytest.mark.parametrize(
    ("document", "copy"),
    [
        (receipt(), CopyKind.MERCHANT),
        (receipt(recovered_from="主机"), CopyKind.CARDHOLDER),
        (settlement(), CopyKind.SETTLEMENT),
        (fault(), CopyKind.FAULT),
    ],
)
def test_reprint_differs_in_its_mark_lines_only(document: Document, copy: CopyKind) -> None:
    """REQ 000-03."""
    original = text_of(document, copy).splitlines()
    reprint = text_of(document, copy, marks=MARKS).splitlines()

    marks = [line.strip() for line in reprint if line not in original]
    assert ["****重打印/DUPLICATE**** (2)", "重打印时间 2026/01/03 09:30:00"] == marks
    assert original == [line for line in reprint if line.strip() not in marks]


ASCII_PAPERS = [name for name, case in CASES.items() if case[3].ascii_only]


@pytest.mark.parametrize("name", ASCII_PAPERS)
def test_paper_in_ascii_shows_no_question_marks(name: str) -> None:
    """A missing typeface is no reason for boxes: what cannot be read is left out."""
    document, copy, marks, paper = CASES[name]

    assert "?" not in text_of(document, copy, marks=marks, paper=paper)


def test_name_in_ascii_keeps_what_can_be_read() -> None:
    shop = msgspec.structs.replace(SHOP, merchant_name="测试商户 TEST SHOP（2）")
    text = text_of(receipt(shop=shop), CopyKind.MERCHANT, paper=Paper(ascii_only=True))

    assert "MERCHANT NAME: TEST SHOP 2" in text.replace("\n  ", " ")


OF_THE_CHIP = {"AID", "APP", "PBOC", "DEBIT", "TC", "TVR", "TSI", "ATC"}
UNTRANSLATED = {"POS", "RMB", "SHOP", "QR"} | OF_THE_CHIP
"""Names that have no other, and what the chip wrote itself."""


@pytest.mark.parametrize("name", CASES)
def test_language_alone_shows_no_word_of_the_other(name: str) -> None:
    """Either language alone: what the project says, not what the shop filled in."""
    document, copy, marks, _ = CASES[name]
    shop = msgspec.structs.replace(SHOP, merchant_name="SHOP")
    plain = msgspec.structs.replace(document, shop=shop)
    if isinstance(plain, Receipt):
        plain = msgspec.structs.replace(plain, issuer="", acquirer="")

    english = text_of(plain, copy, marks=marks, paper=Paper(language=Language.ENGLISH))
    chinese = text_of(plain, copy, marks=marks, paper=Paper(language=Language.CHINESE))
    assert english.isascii()
    assert set() == set(re.findall("[A-Za-z]{2,}", chinese)) - UNTRANSLATED


def test_signature_is_on_the_merchants_copy_only() -> None:
    assert "SIGNATURE" in text_of(receipt(), CopyKind.MERCHANT)
    assert "SIGNATURE" not in text_of(receipt(), CopyKind.CARDHOLDER)


def test_testing_mark_can_be_left_out_by_the_document_alone() -> None:
    assert 2 == text_of(receipt(), CopyKind.MERCHANT).count("测试/TESTING 凭证无效")
    assert "TESTING" not in text_of(receipt(testing=False), CopyKind.MERCHANT)


def test_recovered_receipt_names_its_source() -> None:
    """REQ 001-08."""
    text = text_of(receipt(recovered_from="主机/HOST"), CopyKind.CARDHOLDER)

    assert "****补录/RECOVERED****" in text
    assert "来源(SOURCE): 主机/HOST" in text


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Balance.BALANCED, "对账平"),
        (Balance.UNBALANCED, "对账不平"),
        (Balance.ERROR, "对账错"),
        (Balance.UNKNOWN, "对账结果未知"),
        (Balance.FORCED, "强制结账"),
    ],
)
def test_settlement_slip_says_its_result(result: Balance, words: str) -> None:
    text = text_of(settlement(result=result), CopyKind.SETTLEMENT)

    assert words in [line.strip() for line in text.splitlines()]


def test_settlement_slip_says_when_the_host_gave_no_totals() -> None:
    text = text_of(settlement(host=None, result=Balance.UNKNOWN), CopyKind.SETTLEMENT)

    assert "  未返回/NOT RETURNED" in text.splitlines()


def test_settlement_slip_shows_the_rows_that_it_froze() -> None:
    """Paper page, 2: whether types of which there was none stand there is the shop's setting."""
    rows = (SlipRow(PaymentKind.SALE, 12, 123450), SlipRow(PaymentKind.COMPLETION, 0, 0))
    text = text_of(settlement(rows=rows), CopyKind.SETTLEMENT)

    assert "完成/COMPLETE    0          0.00" in text.splitlines()
    assert "COMPLETE" not in text_of(settlement(), CopyKind.SETTLEMENT)


minor = st.integers(-(10**15), 10**15)
count = st.integers(0, 999)
words = st.text(max_size=60)
shops = st.builds(
    Shop,
    merchant_name=words,
    merchant_id=words,
    terminal_id=words,
    operator=words,
)
receipts = st.builds(
    Receipt,
    shop=shops,
    kind=st.sampled_from(PaymentKind),
    batch=words,
    stan=words,
    at=words,
    amount_minor=minor,
    card=st.just("622202******1234"),
    currency=st.sampled_from(["156", "392", "414", "999"]),
    entry=words,
    issuer=words,
    acquirer=words,
    authorisation=words,
    rrn=words,
    remarks=st.lists(words, max_size=3).map(tuple),
    recovered_from=words,
)
figures = st.builds(
    Figures,
    debit_count=count,
    debit_minor=minor,
    credit_count=count,
    credit_minor=minor,
)
slips = st.builds(
    SettlementSlip,
    shop=shops,
    batch=words,
    at=words,
    result=st.sampled_from(Balance),
    rows=st.lists(st.builds(SlipRow, st.sampled_from(PaymentKind), count, minor), max_size=6).map(
        tuple
    ),
    terminal=figures,
    host=st.none() | figures,
    remarks=st.lists(words, max_size=3).map(tuple),
)
faults = st.builds(
    FaultSlip,
    shop=shops,
    kind=st.sampled_from(PaymentKind),
    reason=st.just(fault().reason),
    batch=words,
    stan=words,
    at=words,
    amount_minor=minor,
    card=st.just("622202******1234"),
    hotline=words,
)
papers = st.builds(
    Paper,
    columns=st.sampled_from([32, 33, 48]),
    language=st.sampled_from(Language),
    ascii_only=st.booleans(),
)


@given(receipts | slips | faults, st.sampled_from(CopyKind), papers)
def test_no_line_is_wider_than_the_paper(document: Any, copy: CopyKind, paper: Paper) -> None:
    lines = lay_out(document, copy, marks=MARKS, paper=paper)

    assert all(line.width <= paper.columns for line in lines)
    assert all(text_width(row) <= paper.columns for row in text_of(document, copy).split("\n"))


@given(slips, papers)
def test_amounts_end_at_the_last_column(slip: SettlementSlip, paper: Paper) -> None:
    lines = lay_out(slip, CopyKind.SETTLEMENT, paper=paper)
    total = sum(row.amount_minor for row in slip.rows)

    amount = f"{abs(total) // 100:,}.{abs(total) % 100:02d}"
    assert any(
        line.text.endswith(amount) and text_width(line.text) == paper.columns for line in lines
    )


@given(receipts, papers)
def test_ascii_paper_shows_ascii_only(document: Receipt, paper: Paper) -> None:
    """A printer or picture without Chinese never shows boxes."""
    plain = Paper(columns=paper.columns, ascii_only=True)

    assert text_of(document, CopyKind.MERCHANT, paper=plain).isascii()


@given(st.from_regex(r"[0-9]{13,19}", fullmatch=True))
def test_no_paper_shows_a_card_number_of_the_card_field(number: str) -> None:
    """REQ 000-11, 001-16."""
    masked = f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    text = text_of(receipt(card=masked, shop=SHOP), CopyKind.MERCHANT)

    runs = [run for run in text.replace("\n", " ").split() if run.isdigit() and len(run) >= 13]
    assert [SHOP.merchant_id] == [run for run in runs if run == SHOP.merchant_id or luhn_valid(run)]


def test_render_text_sets_lines_where_they_stand() -> None:
    text = text_of(receipt(amount_minor=100), CopyKind.CARDHOLDER)

    assert " " * 24 + "RMB 1.00" in text.splitlines()
