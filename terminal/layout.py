"""Layout: a document and its marks become the lines of a paper, right to the column.

One table per document says which blocks stand in which order; every block is a few pure lines.
No line is wider than the paper, whatever the shop or the acquirer filled in: labels and values
are wrapped, names are cut, figures move to a line of their own.

Rules (JR/T 0001-2001 section 8): the signature stands on the merchant's copy only; an original
carries no mark; a reprint differs from it in the mark lines and nothing else (REQ 000-03).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

import msgspec

from protocol.amount import EXPONENTS, SYMBOLS, format_minor
from terminal import labels
from terminal.documents import (
    MERCHANT_NAME_MAX,
    Balance,
    CopyKind,
    Document,
    FaultSlip,
    Figures,
    Receipt,
    SettlementSlip,
    Shop,
)
from terminal.labels import Language, Words
from terminal.lines import (
    COLUMNS_58_MM,
    Align,
    Line,
    centre,
    clip,
    justify,
    printable,
    text_width,
    wrap,
)

COUNT_COLUMNS: Final = 4
AMOUNT_COLUMNS: Final = 14
INDENT: Final = "  "
SIGNATURE_LINES: Final = 2


class Paper(msgspec.Struct, frozen=True):
    """What is printed on: columns, the words shown, and whether only ASCII can be shown."""

    columns: int = COLUMNS_58_MM
    language: Language = Language.BOTH
    ascii_only: bool = False

    def __post_init__(self) -> None:
        if self.columns < COLUMNS_58_MM:
            raise ValueError(f"a receipt needs at least {COLUMNS_58_MM} columns")

    @property
    def shown(self) -> Language:
        """Return the language that can be shown here."""
        return Language.ENGLISH if self.ascii_only else self.language


class Marks(msgspec.Struct, frozen=True):
    """What a reprint adds: its number (0 on an original) and its local time."""

    duplicate: int = 0
    reprinted_at: str = ""


ORIGINAL: Final = Marks()
PAPER_58_MM: Final = Paper()


def lay_out(
    document: Document,
    copy: CopyKind,
    *,
    marks: Marks = ORIGINAL,
    paper: Paper = PAPER_58_MM,
) -> tuple[Line, ...]:
    """Return the lines of one copy of a document."""
    match document:
        case Receipt():
            lines = _receipt(document, copy, marks, paper)
        case SettlementSlip():
            lines = _settlement(document, copy, marks, paper)
        case FaultSlip():
            lines = _fault(document, copy, marks, paper)
        case _:
            assert_never(document)
    return tuple(_fitting(line, paper) for line in lines)


def render_text(lines: Iterable[Line], columns: int = COLUMNS_58_MM) -> str:
    """Return lines as plain text: the preview, and what a file or console printer writes."""
    return "".join(f"{_placed(line, columns)}\n" for line in lines)


def _receipt(receipt: Receipt, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    yield from _title(labels.RECEIPT, paper)
    yield from _marks(marks, paper, testing=receipt.testing)
    yield from _recovered(receipt, paper)
    yield _rule(paper)
    yield from _shop(receipt.shop, paper)
    yield _rule(paper)
    yield from _optional(labels.ISSUER, receipt.issuer, paper)
    yield from _optional(labels.ACQUIRER, receipt.acquirer, paper)
    yield from _entry(labels.CARD_NO, f"{receipt.card} /{receipt.entry}", paper)
    yield from _entry(labels.TYPE, labels.PAYMENTS[receipt.kind].name(paper.shown), paper)
    yield from _entry(labels.BATCH_NO, receipt.batch, paper)
    yield from _entry(labels.VOUCHER_NO, receipt.stan, paper)
    yield from _optional(labels.AUTH_NO, receipt.authorisation, paper)
    yield from _optional(labels.REFER_NO, receipt.rrn, paper)
    yield from _entry(labels.DATE_TIME, receipt.at, paper)
    yield from _money(receipt.amount_minor, receipt.currency, paper)
    yield from _remarks(receipt.remarks, paper)
    yield _rule(paper)
    if copy is CopyKind.MERCHANT:
        yield from _signature(paper)
    yield from _foot(copy, paper, testing=receipt.testing)


def _settlement(slip: SettlementSlip, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    exponent = EXPONENTS.get(slip.currency, 2)
    yield from _title(labels.SETTLEMENT, paper)
    yield from _marks(marks, paper, testing=slip.testing)
    yield _rule(paper)
    yield from _shop(slip.shop, paper)
    yield from _entry(labels.BATCH_NO, slip.batch, paper)
    yield from _entry(labels.SETTLED_AT, slip.at, paper)
    if slip.settlement_date:
        date = f"{slip.settlement_date[:2]}/{slip.settlement_date[2:]}"
        yield from _entry(labels.SETTLE_DATE, date, paper)
    yield _rule(paper)
    yield from _verdict(slip.result, paper)
    yield _rule(paper)
    yield from _rows(slip, paper, exponent)
    yield _rule(paper)
    yield from _sides(slip, paper, exponent)
    yield _rule(paper)
    yield from _entry(labels.UPLOADED, str(slip.uploaded), paper)
    yield from _entry(labels.EXCEPTIONS, str(slip.exceptions), paper)
    pending = str(slip.reversals_pending) if slip.reversals_pending else _none(paper)
    yield from _entry(labels.REVERSALS_PENDING, pending, paper)
    yield from _remarks(slip.remarks, paper)
    yield _rule(paper)
    yield from _foot(copy, paper, testing=slip.testing)


def _fault(slip: FaultSlip, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    yield from _title(labels.FAULT, paper)
    yield Line(labels.NOT_A_RECEIPT.name(paper.shown), bold=True, align=Align.CENTRE)
    yield from _marks(marks, paper, testing=slip.testing)
    yield _rule(paper)
    yield from _shop(slip.shop, paper)
    yield _rule(paper)
    yield from _entry(labels.TYPE, labels.PAYMENTS[slip.kind].name(paper.shown), paper)
    yield from _entry(labels.CARD_NO, slip.card, paper)
    yield from _entry(labels.BATCH_NO, slip.batch, paper)
    yield from _entry(labels.VOUCHER_NO, slip.stan, paper)
    yield from _entry(labels.DATE_TIME, slip.at, paper)
    yield from _money(slip.amount_minor, slip.currency, paper)
    yield Line(labels.REASON.label(paper.shown))
    for sentence in labels.REASONS[slip.reason].apart(paper.shown):
        yield from _indented(sentence, paper)
    yield from _optional(labels.HOTLINE, slip.hotline, paper)
    yield _rule(paper)
    yield from _foot(copy, paper, testing=slip.testing)


def _title(words: Words, paper: Paper) -> Iterator[Line]:
    first, *rest = words.apart(paper.shown)
    yield _headline(first, paper)
    for text in rest:
        yield Line(text, align=Align.CENTRE)


def _marks(marks: Marks, paper: Paper, *, testing: bool) -> Iterator[Line]:
    if testing:
        yield Line(_testing(paper), bold=True, align=Align.CENTRE)
    if marks.duplicate:
        mark = f"****{labels.DUPLICATE.name(paper.shown)}**** ({marks.duplicate})"
        yield Line(mark, bold=True, align=Align.CENTRE)
        reprinted = labels.REPRINTED.apart(paper.shown)[0]
        yield Line(f"{reprinted} {marks.reprinted_at}", align=Align.CENTRE)


def _recovered(receipt: Receipt, paper: Paper) -> Iterator[Line]:
    if receipt.recovered_from:
        mark = labels.RECOVERED.name(paper.shown)
        source = labels.SOURCE.label(paper.shown)
        yield Line(f"****{mark}****", bold=True, align=Align.CENTRE)
        yield Line(f"{source} {receipt.recovered_from}", align=Align.CENTRE)


def _shop(shop: Shop, paper: Paper) -> Iterator[Line]:
    name = clip(printable(shop.merchant_name), MERCHANT_NAME_MAX)
    yield from _entry(labels.MERCHANT_NAME, name, paper)
    yield from _entry(labels.MERCHANT_NO, shop.merchant_id, paper)
    yield from _entry(labels.TERMINAL_NO, shop.terminal_id, paper)
    yield from _entry(labels.OPERATOR, shop.operator, paper)


def _money(minor: int, currency: str, paper: Paper) -> Iterator[Line]:
    yield Line(labels.AMOUNT.label(paper.shown))
    symbol = SYMBOLS.get(currency, currency)
    text = f"{symbol} {format_minor(minor, EXPONENTS.get(currency, 2))}"
    yield msgspec.structs.replace(_headline(text, paper), align=Align.RIGHT)


def _signature(paper: Paper) -> Iterator[Line]:
    for text in labels.SIGNATURE.apart(paper.shown):
        yield Line(text)
    yield from [Line()] * SIGNATURE_LINES
    yield Line("_" * paper.columns)
    for sentence in labels.ACKNOWLEDGEMENT.apart(paper.shown):
        for text in wrap(sentence, paper.columns):
            yield Line(text)
    yield Line()


def _foot(copy: CopyKind, paper: Paper, *, testing: bool) -> Iterator[Line]:
    yield Line(" ".join(labels.COPIES[copy].apart(paper.shown)), align=Align.CENTRE)
    if testing:
        yield Line(_testing(paper), bold=True, align=Align.CENTRE)


def _verdict(result: Balance, paper: Paper) -> Iterator[Line]:
    yield from _title(labels.RESULTS[result], paper)


def _rows(slip: SettlementSlip, paper: Paper, exponent: int) -> Iterator[Line]:
    """Types with nothing in them are left out; the total is always there."""
    heads = (labels.ROW_TYPE, labels.ROW_COUNT, labels.ROW_AMOUNT)
    kind, count, amount = (words.name(paper.shown) for words in heads)
    right = justify(count, amount, text_width(count) + AMOUNT_COLUMNS)
    yield Line(justify(kind, right, paper.columns))
    yield _rule(paper)
    for row in slip.rows:
        if row.count or row.amount_minor:
            name = labels.PAYMENTS[row.kind].name(paper.shown)
            yield from _row(name, row.count, row.amount_minor, paper, exponent)
    total = sum(row.amount_minor for row in slip.rows)
    count_all = sum(row.count for row in slip.rows)
    name = labels.TOTAL.name(paper.shown)
    for line in _row(name, count_all, total, paper, exponent):
        yield msgspec.structs.replace(line, bold=True)


def _sides(slip: SettlementSlip, paper: Paper, exponent: int) -> Iterator[Line]:
    """What was sent in the 0500 and what the host answered, side by side, never mixed."""
    yield Line(labels.TERMINAL_SIDE.name(paper.shown))
    yield from _figures(slip.terminal, paper, exponent)
    yield Line(labels.HOST_SIDE.name(paper.shown))
    if slip.host is None:
        yield Line(INDENT + labels.NOT_RETURNED.name(paper.shown))
        return
    yield from _figures(slip.host, paper, exponent)
    if slip.host != slip.terminal:
        yield Line(labels.DIFFERENCE.name(paper.shown), bold=True)
        yield from _figures(slip.terminal, paper, exponent, less=slip.host)


def _figures(
    figures: Figures, paper: Paper, exponent: int, less: Figures | None = None
) -> Iterator[Line]:
    less = less or Figures()
    yield from _row(
        INDENT + labels.DEBIT.name(paper.shown),
        figures.debit_count - less.debit_count,
        figures.debit_minor - less.debit_minor,
        paper,
        exponent,
    )
    yield from _row(
        INDENT + labels.CREDIT.name(paper.shown),
        figures.credit_count - less.credit_count,
        figures.credit_minor - less.credit_minor,
        paper,
        exponent,
    )


def _row(name: str, count: int, minor: int, paper: Paper, exponent: int) -> Iterator[Line]:
    amount = format_minor(minor, exponent)
    figures = f"{count:>{COUNT_COLUMNS}}{amount:>{AMOUNT_COLUMNS}}"
    if len(amount) >= AMOUNT_COLUMNS:
        figures = f"{count} {amount}"
    if text_width(name) + len(figures) > paper.columns:
        yield Line(name)
        name = ""
    yield Line(justify(name, figures, paper.columns))


def _remarks(remarks: tuple[str, ...], paper: Paper) -> Iterator[Line]:
    if remarks:
        yield Line(labels.REFERENCE.label(paper.shown))
    for remark in remarks:
        yield from _indented(remark, paper)


def _optional(words: Words, value: str, paper: Paper) -> Iterator[Line]:
    if value:
        yield from _entry(words, value, paper)


def _entry(words: Words, value: str, paper: Paper) -> Iterator[Line]:
    """A label and its value on one line, or the value below it where there is no room."""
    label = words.label(paper.shown)
    value = printable(value)
    if text_width(label) + 1 + text_width(value) <= paper.columns:
        yield Line(f"{label} {value}")
        return
    yield Line(label)
    yield from _indented(value, paper)


def _indented(text: str, paper: Paper) -> Iterator[Line]:
    for part in wrap(printable(text), paper.columns - len(INDENT)):
        yield Line(INDENT + part)


def _headline(text: str, paper: Paper) -> Line:
    """Bold and twice as high; twice as wide where that fits."""
    wide = text_width(text) * 2 <= paper.columns
    return Line(text, bold=True, wide=wide, tall=True, align=Align.CENTRE)


def _testing(paper: Paper) -> str:
    if paper.shown is Language.BOTH:
        return labels.TESTING_BOTH
    return labels.TESTING.apart(paper.shown)[0]


def _none(paper: Paper) -> str:
    return labels.NONE.name(paper.shown)


def _rule(paper: Paper) -> Line:
    return Line("-" * paper.columns)


def _fitting(line: Line, paper: Paper) -> Line:
    """The last guard: replace what cannot be shown, cut what is too wide."""
    text = printable(line.text)
    if paper.ascii_only:
        text = text.encode("ascii", "replace").decode()
    text = clip(text, paper.columns // (2 if line.wide else 1))
    return msgspec.structs.replace(line, text=text)


def _placed(line: Line, columns: int) -> str:
    match line.align:
        case Align.LEFT:
            return line.text
        case Align.CENTRE:
            return centre(line.text, columns)
        case Align.RIGHT:
            return " " * (columns - text_width(line.text)) + line.text
        case _:
            assert_never(line.align)
