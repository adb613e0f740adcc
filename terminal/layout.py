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

from protocol.amount import EXPONENTS
from terminal import blocks, labels
from terminal.documents import (
    Balance,
    CopyKind,
    Document,
    FaultSlip,
    Figures,
    Receipt,
    SettlementSlip,
)
from terminal.labels import Words
from terminal.lines import (
    COLUMNS_58_MM,
    Align,
    Line,
    centre,
    clip,
    printable,
    text_width,
    wrap,
)
from terminal.paper import ORIGINAL, PAPER_58_MM, Marks, Paper
from terminal.responses import response

SIGNATURE_LINES: Final = 2


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
    return fitted(lines, paper)


def fitted(lines: Iterable[Line], paper: Paper) -> tuple[Line, ...]:
    """Return lines that certainly fit: nothing wider than the paper, nothing unprintable."""
    return tuple(_fitting(line, paper) for line in lines)


def render_text(lines: Iterable[Line], columns: int = COLUMNS_58_MM) -> str:
    """Return lines as plain text: the preview, and what a file or console printer writes."""
    return "".join(f"{_placed(line, columns)}\n" for line in lines)


def _receipt(receipt: Receipt, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    yield from blocks.title(labels.RECEIPT, paper)
    yield from blocks.marks(marks, paper, testing=receipt.testing)
    yield from _recovered(receipt, paper)
    yield blocks.rule(paper)
    yield from blocks.shop(receipt.shop, paper)
    yield blocks.rule(paper)
    for words, name in ((labels.ISSUER, receipt.issuer), (labels.ACQUIRER, receipt.acquirer)):
        yield from blocks.optional(words, blocks.readable(name, paper), paper)
    yield from blocks.entry(labels.CARD_NO, _card(receipt), paper)
    if receipt.expiry_line:
        yield from blocks.entry(labels.EXP_DATE, labels.EXPIRY_STARS, paper)
    yield from blocks.entry(labels.TYPE, labels.PAYMENTS[receipt.kind].name(paper.shown), paper)
    yield from blocks.entry(labels.BATCH_NO, receipt.batch, paper)
    yield from blocks.entry(labels.VOUCHER_NO, receipt.stan, paper)
    yield from blocks.optional(labels.AUTH_NO, receipt.authorisation, paper)
    yield from blocks.optional(labels.REFER_NO, receipt.rrn, paper)
    yield from blocks.entry(labels.DATE_TIME, receipt.at, paper)
    yield from blocks.money(receipt.amount_minor, receipt.currency, paper)
    yield from blocks.remarks(receipt.remarks, paper)
    for name, value in receipt.chip.lines if receipt.chip else ():
        yield from blocks.named(name, value, paper)
    yield blocks.rule(paper)
    if copy is CopyKind.MERCHANT:
        yield from _signature(paper)
    yield from blocks.qr(receipt.rrn, paper)
    yield from blocks.foot(copy, paper, testing=receipt.testing)


def _settlement(slip: SettlementSlip, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    exponent = EXPONENTS.get(slip.currency, 2)
    yield from blocks.title(labels.SETTLEMENT, paper)
    yield from blocks.marks(marks, paper, testing=slip.testing)
    yield blocks.rule(paper)
    yield from blocks.shop(slip.shop, paper)
    yield from blocks.entry(labels.BATCH_NO, slip.batch, paper)
    yield from blocks.entry(labels.SETTLED_AT, slip.at, paper)
    if slip.settlement_date:
        date = f"{slip.settlement_date[:2]}/{slip.settlement_date[2:]}"
        yield from blocks.entry(labels.SETTLE_DATE, date, paper)
    yield blocks.rule(paper)
    yield from _verdict(slip.result, paper)
    yield blocks.rule(paper)
    yield from blocks.tally(slip.rows, paper, exponent)
    yield blocks.rule(paper)
    yield from _sides(slip, paper, exponent)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.UPLOADED, str(slip.uploaded), paper)
    yield from blocks.entry(labels.EXCEPTIONS, str(slip.exceptions), paper)
    pending = str(slip.reversals_pending) if slip.reversals_pending else _none(paper)
    yield from blocks.entry(labels.REVERSALS_PENDING, pending, paper)
    yield from blocks.remarks(slip.remarks, paper)
    yield blocks.rule(paper)
    yield from blocks.foot(copy, paper, testing=slip.testing)


def _fault(slip: FaultSlip, copy: CopyKind, marks: Marks, paper: Paper) -> Iterator[Line]:
    yield from blocks.title(labels.FAULT, paper)
    yield Line(labels.NOT_A_RECEIPT.name(paper.shown), bold=True, align=Align.CENTRE)
    yield from blocks.marks(marks, paper, testing=slip.testing)
    yield blocks.rule(paper)
    yield from blocks.shop(slip.shop, paper)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.TYPE, labels.PAYMENTS[slip.kind].name(paper.shown), paper)
    yield from blocks.entry(labels.CARD_NO, slip.card, paper)
    yield from blocks.entry(labels.BATCH_NO, slip.batch, paper)
    yield from blocks.entry(labels.VOUCHER_NO, slip.stan, paper)
    yield from blocks.entry(labels.DATE_TIME, slip.at, paper)
    yield from blocks.money(slip.amount_minor, slip.currency, paper)
    yield Line(labels.REASON.label(paper.shown))
    for sentence in labels.REASONS[slip.reason].apart(paper.shown):
        yield from blocks.indented(sentence, paper)
    if slip.code:
        meaning = response(slip.code)
        words = labels.Words(meaning.zh, meaning.en).name(paper.shown)
        yield from blocks.entry(labels.RESPONSE, f"{slip.code} {words}", paper)
    yield from blocks.optional(labels.HOTLINE, slip.hotline, paper)
    yield blocks.rule(paper)
    yield from blocks.foot(copy, paper, testing=slip.testing)


def _card(receipt: Receipt) -> str:
    """Return the card and the letter of how it was read, where that is known."""
    return f"{receipt.card} /{receipt.entry}" if receipt.entry else receipt.card


def _recovered(receipt: Receipt, paper: Paper) -> Iterator[Line]:
    """Say that it was rebuilt, from whose record, and when."""
    if receipt.recovered_from:
        mark = labels.RECOVERED.name(paper.shown)
        label = labels.SOURCE.label(paper.shown)
        source, _, when = receipt.recovered_from.partition(" ")
        words = labels.SOURCES.get(source)
        yield Line(f"****{mark}****", bold=True, align=Align.CENTRE)
        name = words.name(paper.shown) if words else blocks.readable(source, paper)
        yield Line(f"{label} {name}", align=Align.CENTRE)
        if when:
            recovered = labels.RECOVERED_AT.apart(paper.shown)[0]
            yield Line(f"{recovered} {when}", align=Align.CENTRE)


def _signature(paper: Paper) -> Iterator[Line]:
    for text in labels.SIGNATURE.apart(paper.shown):
        yield Line(text)
    yield from [Line()] * SIGNATURE_LINES
    yield Line("_" * paper.columns)
    for sentence in labels.ACKNOWLEDGEMENT.apart(paper.shown):
        for text in wrap(sentence, paper.columns):
            yield Line(text)
    yield Line()


def _verdict(result: Balance, paper: Paper) -> Iterator[Line]:
    yield from blocks.title(labels.RESULTS[result], paper)


def _sides(slip: SettlementSlip, paper: Paper, exponent: int) -> Iterator[Line]:
    """What was sent in the 0500 and what the host answered, side by side, never mixed."""
    yield Line(labels.TERMINAL_SIDE.name(paper.shown))
    yield from _figures(slip.terminal, paper, exponent)
    yield from _origins(labels.TERMINAL_SIDE, slip.terminal, slip.terminal_foreign, paper, exponent)
    yield Line(labels.HOST_SIDE.name(paper.shown))
    if slip.host is None:
        yield Line(blocks.INDENT + labels.NOT_RETURNED.name(paper.shown))
        return
    yield from _figures(slip.host, paper, exponent)
    yield from _origins(labels.HOST_SIDE, slip.host, slip.host_foreign, paper, exponent)
    if slip.host != slip.terminal:
        yield Line(labels.DIFFERENCE.name(paper.shown), bold=True)
        yield from _figures(slip.terminal, paper, exponent, less=slip.host)


def _origins(
    side: Words, figures: Figures, foreign: Figures | None, paper: Paper, exponent: int
) -> Iterator[Line]:
    """The same by the cards' origin, where some are foreign."""
    if foreign is None:
        return
    yield Line(side.followed_by(labels.DOMESTIC_CARDS).name(paper.shown))
    yield from _figures(figures, paper, exponent, less=foreign)
    yield Line(side.followed_by(labels.FOREIGN_CARDS).name(paper.shown))
    yield from _figures(foreign, paper, exponent)


def _figures(
    figures: Figures, paper: Paper, exponent: int, less: Figures | None = None
) -> Iterator[Line]:
    less = less or Figures()
    yield from blocks.row(
        blocks.INDENT + labels.DEBIT.name(paper.shown),
        figures.debit_count - less.debit_count,
        figures.debit_minor - less.debit_minor,
        paper,
        exponent,
    )
    yield from blocks.row(
        blocks.INDENT + labels.CREDIT.name(paper.shown),
        figures.credit_count - less.credit_count,
        figures.credit_minor - less.credit_minor,
        paper,
        exponent,
    )


def _none(paper: Paper) -> str:
    return labels.NONE.name(paper.shown)


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
