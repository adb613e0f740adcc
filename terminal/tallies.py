"""Tallies: what a batch holds so far by type, and the sheet on which unprinted payments are noted.

The totals list (交易汇总) sums the receipts of a batch, open or closed; it is no settlement slip
and says so. The manual record sheet (手工登记单, REQ 003-04) is for the hour in which no printer
works: every receipt that is still owed, masked, with room to tick and to sign. It has no place
for a customer's name, because this system keeps none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from protocol.amount import EXPONENTS, format_minor
from protocol.kinds import KINDS, PaymentKind, Side
from terminal import blocks, labels
from terminal.documents import CopyKind, Receipt, Shop, SlipRow
from terminal.lines import Align, Line, justify
from terminal.paper import Paper

TICK_BOX: Final = "[  ]"


class TotalsList(msgspec.Struct, frozen=True, kw_only=True):
    """The receipts of a batch, summed by type; `recovered` ones are paper only, and in no sum."""

    shop: Shop
    batch: str
    at: str
    rows: tuple[SlipRow, ...]
    currency: str = "156"
    testing: bool = True
    recovered: int = 0


class RecordSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Approved payments whose receipts are not certainly on paper, oldest first."""

    shop: Shop
    at: str
    receipts: tuple[Receipt, ...]


def totals_of(receipts: Sequence[Receipt], *, at: str) -> TotalsList:
    """Sum receipts of one batch. Raises ValueError when there is none."""
    if not receipts:
        raise ValueError("totals need at least one receipt")
    counts: Counter[PaymentKind] = Counter()
    amounts: Counter[PaymentKind] = Counter()
    counted = [receipt for receipt in receipts if not receipt.recovered_from]
    for receipt in counted:
        counts[receipt.kind] += 1
        amounts[receipt.kind] += _signed(receipt)
    kinds = [kind for kind in PaymentKind if counts[kind]]
    newest = receipts[-1]
    return TotalsList(
        shop=newest.shop,
        batch=newest.batch,
        at=at,
        rows=tuple(SlipRow(kind, counts[kind], amounts[kind]) for kind in kinds),
        currency=newest.currency,
        testing=any(receipt.testing for receipt in receipts),
        recovered=len(receipts) - len(counted),
    )


def _signed(receipt: Receipt) -> int:
    """Return the amount as the totals of a settlement have it, however a receipt writes it."""
    amount = abs(receipt.amount_minor)
    match KINDS[receipt.kind].side:
        case Side.DEBIT:
            return amount
        case Side.CREDIT:
            return -amount
        case Side.NEITHER:
            return 0


def totals_lines(totals: TotalsList, paper: Paper) -> Iterator[Line]:
    """Lay out a totals list."""
    yield from blocks.title(labels.TOTALS, paper)
    yield Line(labels.NOT_A_SLIP.name(paper.shown), bold=True, align=Align.CENTRE)
    yield blocks.rule(paper)
    yield from blocks.shop(totals.shop, paper)
    yield from blocks.entry(labels.BATCH_NO, totals.batch, paper)
    yield from blocks.entry(labels.DATE_TIME, totals.at, paper)
    yield blocks.rule(paper)
    yield from blocks.tally(totals.rows, paper, EXPONENTS.get(totals.currency, 2))
    yield blocks.rule(paper)
    if totals.recovered:
        yield from blocks.entry(labels.NOT_COUNTED, str(totals.recovered), paper)
        yield blocks.rule(paper)
    yield from blocks.foot(CopyKind.SETTLEMENT, paper, testing=totals.testing)


def record_lines(sheet: RecordSheet, paper: Paper) -> Iterator[Line]:
    """Lay out a manual record sheet."""
    yield from blocks.title(labels.RECORDS, paper)
    yield Line(labels.NOT_A_RECEIPT.name(paper.shown), bold=True, align=Align.CENTRE)
    yield blocks.rule(paper)
    yield from blocks.shop(sheet.shop, paper)
    yield from blocks.entry(labels.DATE_TIME, sheet.at, paper)
    yield blocks.rule(paper)
    for receipt in sheet.receipts:
        yield from _record(receipt, paper)
    yield from blocks.entry(labels.BATCH_COUNT, str(len(sheet.receipts)), paper)
    for words in (labels.RECORDED_BY, labels.CHECKED_BY):
        yield Line()
        label = words.label(paper.shown)
        yield Line(label)
        yield Line("_" * paper.columns)
    yield Line()
    testing = any(receipt.testing for receipt in sheet.receipts)
    yield from blocks.foot(CopyKind.SETTLEMENT, paper, testing=testing)


def _record(receipt: Receipt, paper: Paper) -> Iterator[Line]:
    amount = format_minor(receipt.amount_minor, EXPONENTS.get(receipt.currency, 2))
    kind = labels.PAYMENTS[receipt.kind].name(paper.shown)
    yield Line(justify(f"{receipt.batch}-{receipt.stan} {kind}", "", paper.columns).rstrip())
    yield Line(blocks.INDENT + receipt.at)
    yield Line(justify(blocks.INDENT + receipt.card, amount, paper.columns), bold=True)
    yield from blocks.optional(labels.AUTH_NO, receipt.authorisation, paper)
    yield from blocks.optional(labels.REFER_NO, receipt.rrn, paper)
    first, *rest = labels.TOLD_CUSTOMER.apart(paper.shown)
    yield Line(f"{TICK_BOX} {first}")
    for words in rest:
        yield Line(f"{' ' * len(TICK_BOX)} {words}")
    yield blocks.rule(paper)
