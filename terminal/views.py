"""Views: detail list, reports, and every other paper that nobody is owed. Drawn anew each time.

A view is no document of record: nobody is owed one, it has no original and no duplicate, and it
says so in its title: a report is a *report*, never a settlement slip (REQ 000-07). It is summed
from snapshots, so it agrees with the slips to the cent. Days, weeks and months are the shop's
own: papers carry local time, and that is what is compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Final, assert_never

import msgspec

from protocol.amount import EXPONENTS
from protocol.kinds import PaymentKind
from terminal import blocks, labels
from terminal.detail import DetailList, detail_lines
from terminal.documents import (
    Balance,
    CopyKind,
    SettlementSlip,
    Shop,
    SlipRow,
)
from terminal.layout import fitted
from terminal.lines import Align, Line, justify
from terminal.paper import Paper
from terminal.service_slips import (
    ConfigurationSlip,
    SelfTest,
    configuration_lines,
    self_test_lines,
)
from terminal.strips import VoidStrip, void_lines
from terminal.tallies import RecordSheet, TotalsList, record_lines, totals_lines

LOCAL_DATE: Final = "%Y/%m/%d"


class Period(Enum):
    """How long a report reaches."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Closed batches between two local days, `since` included, `before` not."""

    shop: Shop
    period: Period
    since: str
    before: str
    at: str
    batches: int
    results: tuple[tuple[Balance, int], ...]
    rows: tuple[SlipRow, ...]
    currency: str = "156"
    testing: bool = True


View = DetailList | Report | TotalsList | RecordSheet | ConfigurationSlip | SelfTest | VoidStrip


def bounds(period: Period, day: date) -> tuple[str, str]:
    """Return the first day of the period around `day`, and the first day after it."""
    match period:
        case Period.DAY:
            first, after = day, day + timedelta(days=1)
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            after = first + timedelta(days=7)
        case Period.MONTH:
            first = day.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
    return first.strftime(LOCAL_DATE), after.strftime(LOCAL_DATE)


def report_of(
    slips: Sequence[SettlementSlip], *, period: Period, since: str, before: str, at: str
) -> Report:
    """Sum the slips of a period. Raises ValueError when there is none, or two currencies."""
    if not slips:
        raise ValueError("a report needs at least one closed batch")
    if len({slip.currency for slip in slips}) > 1:
        raise ValueError("a report is of one currency")
    results = Counter(slip.result for slip in slips)
    return Report(
        shop=slips[0].shop,
        period=period,
        since=since,
        before=before,
        at=at,
        batches=len(slips),
        results=tuple((result, results[result]) for result in Balance if results[result]),
        rows=_summed([row for slip in slips for row in slip.rows]),
        currency=slips[0].currency,
        testing=any(slip.testing for slip in slips),
    )


def lay_out_view(view: View, paper: Paper) -> tuple[Line, ...]:
    """Return the lines of a view."""
    match view:
        case DetailList():
            lines = detail_lines(view, paper)
        case Report():
            lines = _report(view, paper)
        case TotalsList():
            lines = totals_lines(view, paper)
        case RecordSheet():
            lines = record_lines(view, paper)
        case ConfigurationSlip():
            lines = configuration_lines(view, paper)
        case SelfTest():
            lines = self_test_lines(view, paper)
        case VoidStrip():
            lines = void_lines(view, paper)
        case _:
            assert_never(view)
    return fitted(lines, paper)


def _summed(rows: Sequence[SlipRow]) -> tuple[SlipRow, ...]:
    counts: Counter[PaymentKind] = Counter()
    amounts: Counter[PaymentKind] = Counter()
    for row in rows:
        counts[row.kind] += row.count
        amounts[row.kind] += row.amount_minor
    return tuple(SlipRow(kind, counts[kind], amounts[kind]) for kind in PaymentKind if counts[kind])


def _days(report: Report, paper: Paper) -> Iterator[Line]:
    """The day, or the first and the last day, as people name them."""
    last = date.fromisoformat(report.before.replace("/", "-")) - timedelta(days=1)
    if report.period is Period.DAY:
        yield from blocks.entry(labels.DAY, report.since, paper)
        return
    yield from blocks.entry(labels.FIRST_DAY, report.since, paper)
    yield from blocks.entry(labels.LAST_DAY, last.strftime(LOCAL_DATE), paper)


def _report(report: Report, paper: Paper) -> Iterator[Line]:
    yield from blocks.title(labels.PERIODS[report.period.value], paper)
    yield Line(labels.NOT_A_SLIP.name(paper.shown), bold=True, align=Align.CENTRE)
    yield blocks.rule(paper)
    yield from blocks.shop(report.shop, paper)
    yield from _days(report, paper)
    yield from blocks.entry(labels.DATE_TIME, report.at, paper)
    yield blocks.rule(paper)
    yield from blocks.entry(labels.BATCHES, str(report.batches), paper)
    for result, count in report.results:
        name = labels.RESULTS[result].name(paper.shown)
        yield Line(justify(blocks.INDENT + name, str(count), paper.columns))
    yield blocks.rule(paper)
    yield from blocks.tally(report.rows, paper, EXPONENTS.get(report.currency, 2))
    yield blocks.rule(paper)
    yield from blocks.foot(CopyKind.SETTLEMENT, paper, testing=report.testing)
