"""Service slips: the configuration of this terminal, and a page that tests its printer.

Both are for whoever sets a terminal up. A configuration slip shows no key and no password, only
what identifies the terminal and decides how it behaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from terminal import blocks, labels
from terminal.documents import CopyKind, Shop
from terminal.labels import Language
from terminal.lines import Align, Line
from terminal.paper import Paper

SAMPLE_ASCII: Final = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 !#%&*()+,-./:;=?@"
)
SAMPLE_CHINESE: Final = "消费撤销退货结算重打印作废"
SAMPLE_CODE: Final = "SELFTEST"


class ConfigurationSlip(msgspec.Struct, frozen=True, kw_only=True):
    """Names and values, in the order in which they are shown."""

    shop: Shop
    at: str
    entries: tuple[tuple[str, str], ...]
    testing: bool = True


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a printer must be able to do, once."""

    shop: Shop
    at: str
    printer: str


def configuration_lines(slip: ConfigurationSlip, paper: Paper) -> Iterator[Line]:
    """Lay out a configuration slip."""
    yield from blocks.title(labels.CONFIGURATION, paper)
    yield blocks.rule(paper)
    yield from blocks.shop(slip.shop, paper)
    yield from blocks.entry(labels.DATE_TIME, slip.at, paper)
    yield blocks.rule(paper)
    for name, value in slip.entries:
        yield from blocks.named(name, value, paper)
    yield blocks.rule(paper)
    yield from blocks.foot(CopyKind.SETTLEMENT, paper, testing=slip.testing)


def self_test_lines(page: SelfTest, paper: Paper) -> Iterator[Line]:
    """Lay out a self-test: a ruler, both scripts, every size, alignment, the code, the cut."""
    yield from blocks.title(labels.SELF_TEST, paper)
    yield Line(labels.NOT_A_RECEIPT.name(paper.shown), bold=True, align=Align.CENTRE)
    yield blocks.rule(paper)
    yield from blocks.shop(page.shop, paper)
    yield from blocks.entry(labels.PRINTER, page.printer, paper)
    yield from blocks.entry(labels.DATE_TIME, page.at, paper)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.COLUMNS, str(paper.columns), paper)
    yield Line(("1234567890" * 8)[: paper.columns])
    yield Line("|" + " " * (paper.columns - 2) + "|")
    yield from blocks.indented(SAMPLE_ASCII, paper)
    if paper.shown is not Language.ENGLISH:
        yield from blocks.indented(SAMPLE_CHINESE, paper)
    yield blocks.rule(paper)
    yield Line(labels.BOLD.name(paper.shown), bold=True)
    yield Line(labels.WIDE.name(paper.shown), wide=True)
    yield Line(labels.TALL.name(paper.shown), tall=True)
    yield Line(labels.BIG.name(paper.shown), bold=True, wide=True, tall=True)
    for align in Align:
        yield Line(labels.ALIGNED[align.value].name(paper.shown), align=align)
    yield from blocks.qr(SAMPLE_CODE, paper)
    yield blocks.rule(paper)
    yield Line(labels.SELF_TEST_END.name(paper.shown), align=Align.CENTRE)
