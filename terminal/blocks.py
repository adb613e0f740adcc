"""Blocks of paper: the few kinds of lines that every document is built of.

No block is wider than the paper: labels and values are wrapped, figures move to a line of their
own when they do not fit beside their name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from protocol.amount import EXPONENTS, SYMBOLS, format_minor
from terminal import labels
from terminal.documents import MERCHANT_NAME_MAX, CopyKind, Remark, Shop, SlipRow
from terminal.labels import Language, Words
from terminal.lines import Align, Line, clip, justify, printable, text_width, wrap
from terminal.paper import Marks, Paper

COUNT_COLUMNS: Final = 4
AMOUNT_COLUMNS: Final = 14
INDENT: Final = "  "
QR_LENGTH_MAX: Final = 24
"""More would not fit as words in a preview of 32 columns."""


def title(words: Words, paper: Paper) -> Iterator[Line]:
    """A heading: the first language large, the other below it."""
    first, *rest = words.apart(paper.shown)
    yield headline(first, paper)
    for text in rest:
        yield Line(text, align=Align.CENTRE)


def marks(marks: Marks, paper: Paper, *, testing: bool) -> Iterator[Line]:
    """What tells a paper from the original of a real payment."""
    if testing:
        yield Line(testing_mark(paper), bold=True, align=Align.CENTRE)
    if marks.electronic:
        yield Line(f"****{labels.ELECTRONIC.name(paper.shown)}****", bold=True, align=Align.CENTRE)
        exported = labels.EXPORTED.apart(paper.shown)[0]
        yield Line(f"{exported} {marks.reprinted_at}", align=Align.CENTRE)
    elif marks.duplicate:
        mark = f"****{labels.DUPLICATE.name(paper.shown)}**** ({marks.duplicate})"
        yield Line(mark, bold=True, align=Align.CENTRE)
        reprinted = labels.REPRINTED.apart(paper.shown)[0]
        yield Line(f"{reprinted} {marks.reprinted_at}", align=Align.CENTRE)


def shop(shop: Shop, paper: Paper) -> Iterator[Line]:
    """The head of every paper."""
    name = clip(printable(shop.merchant_name), MERCHANT_NAME_MAX)
    yield from optional(labels.MERCHANT_NAME, readable(name, paper), paper)
    yield from entry(labels.MERCHANT_NO, shop.merchant_id, paper)
    yield from entry(labels.TERMINAL_NO, shop.terminal_id, paper)
    yield from entry(labels.OPERATOR, shop.operator, paper)


def money(minor: int, currency: str, paper: Paper) -> Iterator[Line]:
    """The amount, large, ending at the last column."""
    yield Line(labels.AMOUNT.label(paper.shown))
    symbol = SYMBOLS.get(currency, currency)
    text = f"{symbol} {format_minor(minor, EXPONENTS.get(currency, 2))}"
    yield msgspec.structs.replace(headline(text, paper), align=Align.RIGHT)


def qr(text: str, paper: Paper) -> Iterator[Line]:
    """A QR code with blank paper around it; no code for what a scanner may not read back."""
    if paper.qr and text.isascii() and text.isprintable() and 0 < len(text) <= QR_LENGTH_MAX:
        yield Line()
        yield Line(f"[QR {text}]", align=Align.CENTRE, qr=text)
        yield Line()


def foot(copy: CopyKind, paper: Paper, *, testing: bool) -> Iterator[Line]:
    """Whom the paper is for."""
    yield Line(" ".join(labels.COPIES[copy].apart(paper.shown)), align=Align.CENTRE)
    if testing:
        yield Line(testing_mark(paper), bold=True, align=Align.CENTRE)


def short(words: Words, paper: Paper) -> str:
    """The head of a narrow column: one language, the first that is shown."""
    return words.apart(paper.shown)[0]


def row_heads(paper: Paper) -> Iterator[Line]:
    """The heads of type, count and amount, each over its column."""
    heads = (labels.ROW_TYPE, labels.ROW_COUNT, labels.ROW_AMOUNT)
    kind, count, amount = (words.name(paper.shown) for words in heads)
    right = justify(count, amount, text_width(count) + AMOUNT_COLUMNS)
    yield Line(justify(kind, right, paper.columns))
    yield rule(paper)


def row(name: str, count: int, minor: int, paper: Paper, exponent: int) -> Iterator[Line]:
    """A name, a count and an amount that ends at the last column."""
    amount = format_minor(minor, exponent)
    figures = f"{count:>{COUNT_COLUMNS}}{amount:>{AMOUNT_COLUMNS}}"
    if len(amount) >= AMOUNT_COLUMNS:
        figures = f"{count} {amount}"
    if text_width(name) + len(figures) > paper.columns:
        yield Line(name)
        name = ""
    yield Line(justify(name, figures, paper.columns))


def tally(rows: tuple[SlipRow, ...], paper: Paper, exponent: int) -> Iterator[Line]:
    """Types under their heads, then the total."""
    yield from row_heads(paper)
    for one in rows:
        name = labels.PAYMENTS[one.kind].name(paper.shown)
        yield from row(name, one.count, one.amount_minor, paper, exponent)
    count, total = sum(one.count for one in rows), sum(one.amount_minor for one in rows)
    for line in row(labels.TOTAL.name(paper.shown), count, total, paper, exponent):
        yield msgspec.structs.replace(line, bold=True)


def named(name: str, value: str, paper: Paper) -> Iterator[Line]:
    """A name of the configuration and its value, below it where there is no room."""
    value = printable(value)
    if len(name) + 2 + text_width(value) <= paper.columns:
        yield Line(f"{name}: {value}")
        return
    yield Line(f"{name}:")
    yield from indented(value, paper)


def remarks(remarks: tuple[Remark | str, ...], paper: Paper) -> Iterator[Line]:
    """What stands under 备注, if anything."""
    if remarks:
        yield Line(labels.REFERENCE.label(paper.shown))
    for remark in remarks:
        yield from _remark(remark, paper)


def _remark(remark: Remark | str, paper: Paper) -> Iterator[Line]:
    if isinstance(remark, str):
        yield from indented(remark, paper)
        return
    words, value = Words(remark.zh, remark.en), printable(remark.value)
    if not value:
        for text in words.apart(paper.shown):
            yield from indented(text, paper)
        return
    label = INDENT + words.label(paper.shown)
    if text_width(label) + 1 + text_width(value) <= paper.columns:
        yield Line(f"{label} {value}")
        return
    yield Line(label)
    yield Line(2 * INDENT + value)


def readable(name: str, paper: Paper) -> str:
    """Return what can be read of a name on this paper, "" when that is nothing.

    Where only ASCII can be printed a Chinese name would be a row of question marks: what there is
    in English is shown, or nothing; the number below the name tells who it is.
    """
    if not paper.ascii_only:
        return name
    words = "".join(character if character.isascii() else " " for character in name).split()
    return " ".join(word for word in words if any(map(str.isalnum, word)))


def optional(words: Words, value: str, paper: Paper) -> Iterator[Line]:
    """An entry, unless its value is empty."""
    if value:
        yield from entry(words, value, paper)


def entry(words: Words, value: str, paper: Paper) -> Iterator[Line]:
    """A label and its value on one line, or the value below it where there is no room."""
    label = words.label(paper.shown)
    value = printable(value)
    if text_width(label) + 1 + text_width(value) <= paper.columns:
        yield Line(f"{label} {value}")
        return
    yield Line(label)
    yield from indented(value, paper)


def indented(text: str, paper: Paper) -> Iterator[Line]:
    """A text below its label, wrapped."""
    for part in wrap(printable(text), paper.columns - len(INDENT)):
        yield Line(INDENT + part)


def headline(text: str, paper: Paper) -> Line:
    """Bold and twice as high; twice as wide where that fits."""
    wide = text_width(text) * 2 <= paper.columns
    return Line(text, bold=True, wide=wide, tall=True, align=Align.CENTRE)


def testing_mark(paper: Paper) -> str:
    """The words of the testing mark."""
    if paper.shown is Language.BOTH:
        return labels.TESTING_BOTH
    return labels.TESTING.apart(paper.shown)[0]


def rule(paper: Paper) -> Line:
    """A line across the paper."""
    return Line("-" * paper.columns)
