"""The strip that makes a paper void (作废): to be kept with the paper that it names."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from terminal import blocks, labels
from terminal.documents import CopyKind, Shop
from terminal.lines import Align, Line
from terminal.paper import Paper


class VoidStrip(msgspec.Struct, frozen=True, kw_only=True):
    """Which paper is void, by whom and why. `duplicate` 0 is the original."""

    shop: Shop
    at: str
    document_id: str
    copy: CopyKind
    duplicate: int
    by: str
    reason: str
    testing: bool = True


def void_lines(strip: VoidStrip, paper: Paper) -> Iterator[Line]:
    """Lay out the strip. The payment stands: only a piece of paper is void, and it says so."""
    yield from blocks.title(labels.VOID_PAPER, paper)
    for sentence in labels.PAYMENT_STANDS.apart(paper.shown):
        yield Line(sentence, align=Align.CENTRE)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.TERMINAL_NO, strip.shop.terminal_id, paper)
    yield from blocks.entry(labels.DOCUMENT, strip.document_id, paper)
    yield from blocks.entry(labels.COPY, labels.COPIES[strip.copy].name(paper.shown), paper)
    number = str(strip.duplicate) if strip.duplicate else labels.ORIGINAL.name(paper.shown)
    yield from blocks.entry(labels.COPY_NUMBER, number, paper)
    yield from blocks.entry(labels.OPERATOR, strip.by, paper)
    yield from blocks.entry(labels.DATE_TIME, strip.at, paper)
    yield from blocks.optional(labels.REASON, strip.reason, paper)
    yield blocks.rule(paper)
    if strip.testing:
        yield Line(blocks.testing_mark(paper), bold=True, align=Align.CENTRE)
