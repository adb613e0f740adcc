"""A recovered receipt: what it says, and that nothing counts it (REQ 001-08, 001-09)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from protocol.amount import Amount
from protocol.inquiries import PaymentState
from protocol.kinds import PaymentKind
from terminal.configuration import Settings
from terminal.copies import CopyQueued, JobCancelled, JobQueued, SnapshotTaken
from terminal.documents import ChainHead, CopyKind, Receipt, open_snapshot
from terminal.layout import lay_out, render_text
from terminal.paper import PAPER_58_MM, Marks
from terminal.projections_recovered import payment_recovered
from terminal.recovered import PaymentRecovered, recovery_facts, slip_remark
from terminal.tallies import totals_lines, totals_of
from terminal.views import DetailList, lay_out_view
from tests.terminal.copies import known
from tests.terminal.samples import SHOP, receipt

NOW = datetime(2026, 1, 9, 1, 2, 3, tzinfo=UTC)


def rebuilt(*, printed: bool = False, **changes: object) -> tuple[Receipt, tuple[object, ...]]:
    facts = recovery_facts(
        known(**changes), settings=Settings(), now=NOW, head=ChainHead(), printed=printed
    )
    taken = next(fact for fact in facts if isinstance(fact, SnapshotTaken))
    document = open_snapshot(taken.snapshot)
    assert isinstance(document, Receipt)
    return document, facts


def test_receipt_says_whose_record_it_was_rebuilt_from_and_when() -> None:
    document, _ = rebuilt()

    text = render_text(lay_out(document, CopyKind.CARDHOLDER))

    assert "****补录/RECOVERED****" in text
    assert "来源(SOURCE): 收单行/ACQUIRER" in text
    assert "补录时间 2026/01/09 09:02:03" in text
    assert "DUPLICATE" not in text
    assert "卡号(CARD NO): 411111******1111\n" in text, "nobody knows how it was read"
    assert "2026/01/02 10:15:09" in text, "the payment's own time, in the shop's zone"
    assert ("R000012-000345", "123456", "600210000345") == (
        document.document_id,
        document.authorisation,
        document.rrn,
    )


def test_reprint_differs_in_its_mark_only() -> None:
    """REQ 000-03: it stays recovered, and is a duplicate besides."""
    document, _ = rebuilt()

    first = lay_out(document, CopyKind.MERCHANT)
    again = lay_out(document, CopyKind.MERCHANT, marks=Marks(1, "2026/01/09 10:00:00"))

    assert list(first) == [line for line in again if line in first]
    assert 2 == len(again) - len(first)


def test_remarks_are_those_of_the_payment() -> None:
    void, _ = rebuilt(
        kind=PaymentKind.VOID, original_batch="000012", original_stan="000344", code="A2"
    )

    assert "000344" == void.remarks[0].value
    assert 2 == len(void.remarks)


@pytest.mark.parametrize("printed", [True, False])
def test_paper_is_owed_only_when_it_is_wanted_now(*, printed: bool) -> None:
    _, facts = rebuilt(printed=printed)

    kinds = [type(fact) for fact in facts]
    assert (2, 2) == (kinds.count(CopyQueued), kinds.count(JobQueued))
    assert (0 if printed else 2) == kinds.count(JobCancelled)


def test_fact_writes_no_table_of_money() -> None:
    """I10: the only row it makes is of its own table."""
    _, facts = rebuilt()
    fact = facts[0]
    assert isinstance(fact, PaymentRecovered)

    statements = list(payment_recovered(fact, "2026-01-09T01:02:03+00:00"))

    assert ["INSERT INTO recovered"] == [sql.partition(" (")[0] for sql, _ in statements]


def test_what_came_to_nothing_has_no_receipt() -> None:
    with pytest.raises(AssertionError):
        rebuilt(state=PaymentState.REVERSED)


def test_totals_count_no_recovered_receipt_and_say_so() -> None:
    lost, _ = rebuilt(stan="000346", amount=Amount(99999))

    totals = totals_of([receipt(), replace(lost, shop=SHOP)], at="2026/01/09 10:00:00")

    assert ([12345], 1) == ([row.amount_minor for row in totals.rows], totals.recovered)
    text = render_text(totals_lines(totals, PAPER_58_MM))
    assert "999.99" not in text
    assert "补录未计(RECOVERED, UNCOUNTED)" in text


def test_detail_list_marks_what_was_recovered() -> None:
    lost, _ = rebuilt(stan="000346")
    view = DetailList(shop=SHOP, batch="000012", at="2026/01/09", receipts=(receipt(), lost))

    text = render_text(lay_out_view(view, PAPER_58_MM))

    assert "000345 S " in text
    assert "000346 S*" in text
    assert "* 补录/RECOVERED" in text


def test_slip_names_what_only_the_host_has() -> None:
    remark = slip_remark(stan="000345", kind="sale", amount_minor=12345, currency="156")

    assert ("000345 消费 123.45 补录", "000345 SALE 123.45 RECOVERED") == (remark.zh, remark.en)
