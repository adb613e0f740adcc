"""What may have come out of the printers, whatever the weather. Written from the invariants.

A sheet is judged by what a person reads on it: which copy, which batch and voucher, and whether
it carries the mark of a reprint. A sheet counts from its first line on: half an original is an
original that is out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from protocol.secrets import mask_digit_runs
from tests.world.auditor_books import TerminalBooks

KINDS = ("SETTLEMENT SUMMARY", "NOT A RECEIPT", "MERCHANT COPY", "CARDHOLDER COPY")
"""In this order: a settlement slip is the merchant's copy too."""
MARKS = re.compile(r"^.*(DUPLICATE|重打印|REPRINT).*\n?", re.MULTILINE)
_BATCH = re.compile(r"BATCH NO\):\s*(\d{6})")
_VOUCHER = re.compile(r"VOUCHER NO\):\s*(\d{6})")


@dataclass(frozen=True)
class Sheet:
    """One paper: the whole text that was sent, and how many of its lines came out."""

    at_s: float
    text: str
    lines_out: int

    @cached_property
    def name(self) -> tuple[str, str, str]:
        """Return which copy this is: kind, batch, voucher."""
        kind = next((kind for kind in KINDS if kind in self.text), "?")
        batch, voucher = _BATCH.search(self.text), _VOUCHER.search(self.text)
        return kind, batch[1] if batch else "?", voucher[1] if voucher else ""

    @property
    def marked(self) -> bool:
        """True when it says that it is a reprint."""
        return MARKS.search(self.text) is not None

    @property
    def unmarked_text(self) -> str:
        """Return the text without the lines that only a reprint has."""
        return MARKS.sub("", self.text)


def one_original_of_each_copy(sheets: Sequence[Sheet]) -> Iterator[str]:
    """I6: of each copy at most one paper without a mark may be out."""
    originals = Counter(sheet.name for sheet in sheets if sheet.lines_out and not sheet.marked)
    yield from (f"I6: {n} originals of {name}" for name, n in originals.items() if n > 1)


def reprints_show_the_same(sheets: Sequence[Sheet]) -> Iterator[str]:
    """REQ 000-03: two papers of one copy differ in their mark lines only."""
    first: dict[tuple[str, str, str], Sheet] = {}
    for sheet in sheets:
        before = first.setdefault(sheet.name, sheet)
        if sheet.unmarked_text != before.unmarked_text:
            yield f"REQ 000-03: two papers of {sheet.name} tell different things"


def papers_are_known(sheets: Sequence[Sheet]) -> Iterator[str]:
    """A paper says what it is; one without title, batch or voucher is no receipt."""
    yield from (f"paper: cannot tell what {sheet.name} is" for sheet in sheets if "?" in sheet.name)


def no_card_number_on_paper(sheets: Sequence[Sheet]) -> Iterator[str]:
    """I7: the full card number is never printed."""
    for sheet in sheets:
        if mask_digit_runs(sheet.text) != sheet.text:
            yield f"I7: a card number is printed on {sheet.name}"


def papers_tell_what_stands(sheets: Sequence[Sheet], books: TerminalBooks) -> Iterator[str]:
    """I3: a receipt that is out has its approved payment, a slip its closed batch."""
    receipts = books.handed_out
    for kind, batch, voucher in sorted({sheet.name for sheet in sheets}):
        if kind in ("MERCHANT COPY", "CARDHOLDER COPY") and (batch, voucher) not in receipts:
            yield f"I3: {kind} of payment {voucher} of batch {batch} is out, but it does not stand"
        if kind == "SETTLEMENT SUMMARY" and batch not in books.closed:
            yield f"I3: the slip of batch {batch} is out, but it is not closed"


def audit_paper(sheets: Sequence[Sheet], books: TerminalBooks) -> list[str]:
    """Return what the papers show against the invariants, in words."""
    rules = (
        one_original_of_each_copy,
        reprints_show_the_same,
        papers_are_known,
        no_card_number_on_paper,
    )
    return [problem for rule in rules for problem in rule(sheets)] + list(
        papers_tell_what_stands(sheets, books)
    )
