from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.kinds import PaymentKind
from terminal.detail import DetailList, NotTaken
from terminal.documents import Balance, CopyKind, SlipRow
from terminal.labels import Language
from terminal.layout import render_text
from terminal.paper import Paper
from terminal.service_slips import ConfigurationSlip, SelfTest
from terminal.strips import VoidStrip
from terminal.tallies import RecordSheet, totals_of
from terminal.views import Period, View, bounds, lay_out_view, report_of
from tests.terminal.samples import SHOP, receipt, settlement

GOLDEN = Path(__file__).parent / "golden"
SLIPS = (
    settlement(),
    settlement(
        batch="000013",
        result=Balance.UNBALANCED,
        rows=(SlipRow(PaymentKind.SALE, 3, 30001),),
    ),
)
REPORT = report_of(
    SLIPS,
    period=Period.DAY,
    since="2026/01/02",
    before="2026/01/03",
    at="2026/01/02 23:00:00",
)
DETAIL = DetailList(
    shop=SHOP,
    batch="000012",
    at="2026/01/02 23:00:00",
    receipts=(
        receipt(),
        receipt(stan="000346", kind=PaymentKind.REFUND, amount_minor=1_000_000),
    ),
)


REFUSED = NotTaken(
    stan="000348",
    kind=PaymentKind.OFFLINE_SALE,
    card="411111******1111",
    amount_minor=500,
    currency="156",
    code="51",
)
SILENT = msgspec.structs.replace(REFUSED, stan="000349", amount_minor=12_345_678, code="L21")
UNTRIED = msgspec.structs.replace(REFUSED, stan="000350", kind=PaymentKind.SALE, code="")
NOT_TAKEN = msgspec.structs.replace(DETAIL, not_taken=(REFUSED, SILENT, UNTRIED))
NOON = "2026/01/02 12:00:00"
VOIDED = receipt(stan="000346", kind=PaymentKind.VOID, amount_minor=5000)
REBUILT = receipt(stan="000347", recovered_from="acquirer 2026/01/02 12:00:00")
TOTALS = totals_of([receipt(), VOIDED, REBUILT], at=NOON)
WEEK = report_of(
    SLIPS, period=Period.WEEK, since="2025/12/29", before="2026/01/05", at="2026/01/05 08:00:00"
)
RECORDS = RecordSheet(shop=SHOP, at=NOON, receipts=(receipt(),))
CONFIGURATION = ConfigurationSlip(
    shop=SHOP, at=NOON, entries=(("currency", "156"), ("time_zone", "Asia/Shanghai" * 3))
)
SELF_TEST = SelfTest(shop=SHOP, at=NOON, printer="tcp://192.0.2.17:9100")
STRIP = VoidStrip(
    shop=SHOP,
    at=NOON,
    document_id="R000012-000345",
    copy=CopyKind.MERCHANT,
    duplicate=1,
    by="01",
    reason="smudged",
)
VIEWS = {
    "report": REPORT,
    "report-week": WEEK,
    "detail": DETAIL,
    "detail-not-taken": NOT_TAKEN,
    "totals": TOTALS,
    "records": RECORDS,
    "configuration": CONFIGURATION,
    "self-test": SELF_TEST,
    "void-strip": STRIP,
}


def test_totals_weigh_a_void_against_its_sale() -> None:
    """REQ 001-02: what a receipt writes as a plain amount leaves the shop."""
    assert [12345, -5000] == [row.amount_minor for row in TOTALS.rows]


@pytest.mark.parametrize("paper", [Paper(), Paper(columns=48), Paper(ascii_only=True)])
@pytest.mark.parametrize("name", VIEWS)
def test_view_fits_its_paper(name: str, paper: Paper) -> None:
    lines = lay_out_view(VIEWS[name], paper)

    assert max(line.width for line in lines) <= paper.columns


@pytest.mark.parametrize(("name", "view"), VIEWS.items())
def test_view_is_as_looked_at(name: str, view: View) -> None:
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")

    assert expected == render_text(lay_out_view(view, Paper()))


@given(
    st.lists(
        st.lists(
            st.builds(
                SlipRow,
                st.sampled_from(PaymentKind),
                st.integers(1, 999),
                st.integers(-(10**12), 10**12),
            ),
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_report_is_the_sum_of_its_slips(batches: list[list[SlipRow]]) -> None:
    """REQ 000-07."""
    slips = [settlement(rows=tuple(rows)) for rows in batches]
    report = report_of(slips, period=Period.WEEK, since="", before="", at="")

    rows = [row for rows in batches for row in rows]
    assert sum(row.count for row in rows) == sum(row.count for row in report.rows)
    assert sum(row.amount_minor for row in rows) == sum(row.amount_minor for row in report.rows)


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        (Period.DAY, date(2026, 12, 31), ("2026/12/31", "2027/01/01")),
        (Period.WEEK, date(2026, 1, 1), ("2025/12/29", "2026/01/05")),
        (Period.WEEK, date(2026, 1, 5), ("2026/01/05", "2026/01/12")),
        (Period.MONTH, date(2026, 2, 28), ("2026/02/01", "2026/03/01")),
        (Period.MONTH, date(2026, 12, 1), ("2026/12/01", "2027/01/01")),
    ],
)
def test_bounds_are_local_days(period: Period, day: date, expected: tuple[str, str]) -> None:
    """REQ 000-07: boundary days; weeks begin on Monday."""
    assert expected == bounds(period, day)


def test_report_of_nothing_is_refused() -> None:
    """REQ 000-06: not an empty paper."""
    with pytest.raises(ValueError, match="at least one"):
        report_of([], period=Period.DAY, since="", before="", at="")


def test_report_never_mixes_currencies() -> None:
    with pytest.raises(ValueError, match="one currency"):
        report_of(
            [settlement(), settlement(currency="840")],
            period=Period.DAY,
            since="",
            before="",
            at="",
        )


@pytest.mark.parametrize("view", [REPORT, DETAIL, NOT_TAKEN])
@given(
    st.builds(
        Paper,
        columns=st.sampled_from([32, 48]),
        language=st.sampled_from(Language),
        ascii_only=st.booleans(),
    )
)
def test_no_line_of_a_view_is_wider_than_the_paper(view: View, paper: Paper) -> None:
    assert all(line.width <= paper.columns for line in lay_out_view(view, paper))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", VIEWS)
def test_no_label_is_cut(name: str, language: Language) -> None:
    """What stands before a value ends with its colon, on the narrowest paper too."""
    lines = lay_out_view(VIEWS[name], Paper(language=language))

    labels = [line.text for line in lines if "(" in line.text and not line.text.startswith(" ")]
    assert [] == [text for text in labels if ")" not in text]
