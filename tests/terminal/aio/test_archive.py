from __future__ import annotations

import pytest

from protocol.kinds import PaymentKind
from terminal.aio.archive import page_of
from terminal.copies import queue_originals
from terminal.documents import Balance, ChainHead
from terminal.search import ReceiptSearch, Search, SettlementSearch
from tests.terminal.aio.desk import Desk, at_the_desk
from tests.terminal.samples import receipt, settlement


def test_snapshot_cannot_be_updated() -> None:
    """REQ 001-09: the database itself refuses."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        with pytest.raises(Exception, match="never updated"):
            desk.disk.connection.execute("UPDATE snapshot SET body = ''")

    at_the_desk(test)


def test_same_document_cannot_be_frozen_twice() -> None:
    """One snapshot per payment: the second commit is refused as a whole."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        facts = queue_originals(receipt(amount_minor=1), ChainHead(1, "0" * 64))
        with pytest.raises(Exception, match="UNIQUE"):
            await desk.journal.commit(facts)

        assert 1 == len(desk.disk.rows("snapshot"))

    at_the_desk(test)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (ReceiptSearch(), ["R000013-000007", "R000012-000345", "R000012-000001"]),
        (ReceiptSearch(stan="000345"), ["R000012-000345"]),
        (ReceiptSearch(rrn="600210000345"), ["R000012-000345"]),
        (ReceiptSearch(authorisation="A00001"), ["R000013-000007"]),
        (ReceiptSearch(amount_minor=12345), ["R000012-000345", "R000012-000001"]),
        (ReceiptSearch(last4="4444"), ["R000012-000001"]),
        (ReceiptSearch(last4="4444", amount_minor=1), []),
        (ReceiptSearch(batch="000013"), ["R000013-000007"]),
        (ReceiptSearch(payment=PaymentKind.REFUND), ["R000013-000007"]),
        (ReceiptSearch(since="2026/01/03", before="2026/01/04"), ["R000013-000007"]),
        (SettlementSearch(), ["S000013", "S000012"]),
        (SettlementSearch(result=Balance.UNBALANCED), ["S000013"]),
        (SettlementSearch(before="2026/01/03"), ["S000012"]),
    ],
)
def test_find_returns_exactly_what_matches_newest_first(search: Search, found: list[str]) -> None:
    """REQ 000-02, 001-03: every key, open and closed batches alike."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt(stan="000001", card="555555******4444", rrn="", authorisation=""))
        await desk.owe(receipt())
        await desk.owe(settlement())
        refund = {"kind": PaymentKind.REFUND, "authorisation": "A00001", "rrn": ""}
        at = "2026/01/03 08:00:00"
        await desk.owe(receipt(batch="000013", stan="000007", amount_minor=1, at=at, **refund))
        await desk.owe(settlement(batch="000013", at=at, result=Balance.UNBALANCED))

        snapshots = await desk.paperwork.archive.find(search)
        assert found == [snapshot.document_id for snapshot in snapshots]

    at_the_desk(test)


def test_find_pages_without_gap_or_repeat() -> None:
    """REQ 000-02: stable paging, also when new papers come meanwhile."""

    async def test(desk: Desk) -> None:
        for number in range(1, 6):
            await desk.owe(receipt(stan=f"{number:06d}"))
        archive = desk.paperwork.archive
        first = await archive.find(ReceiptSearch(), 2)
        await desk.owe(receipt(stan="000099"))
        second = await archive.find(ReceiptSearch(), 2, before=first[-1].number)

        names = [one.document_id[-1] for one in (*first, *second)]
        assert ["5", "4", "3", "2"] == names

    at_the_desk(test)


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (ReceiptSearch(stan="000345"), "snapshot_by_stan"),
        (ReceiptSearch(stan="000345", batch="000012"), "snapshot_by_stan"),
        (ReceiptSearch(rrn="600210000345"), "snapshot_by_rrn"),
        (ReceiptSearch(authorisation="A00001"), "snapshot_by_authorisation"),
        (ReceiptSearch(amount_minor=12345, since="2026/01/03"), "snapshot_by_amount"),
        (ReceiptSearch(last4="4444"), "snapshot_by_last4"),
        (ReceiptSearch(batch="000013"), "snapshot_by_batch"),
        (SettlementSearch(), "snapshot_by_kind"),
        (ReceiptSearch(since="2026/01/03", before="2026/01/04"), "snapshot_by_time"),
        (ReceiptSearch(since="2026/01/03", batch="000013"), "snapshot_by_batch"),
    ],
)
def test_find_uses_the_keys_own_index(search: Search, index: str) -> None:
    """REQ 000-16: no key needs a walk through all papers."""

    async def test(desk: Desk) -> None:
        sql, values = page_of(search)
        plan = await desk.journal.fetch(f"EXPLAIN QUERY PLAN {sql}", (*values, 2**62, 100))

        assert [f"SEARCH snapshot USING INDEX {index} "] == [
            row[3].partition("(")[0] for row in plan if row[3].startswith("SEARCH")
        ]

    at_the_desk(test)


def test_search_refuses_a_time_that_is_none() -> None:
    with pytest.raises(ValueError, match="2026/01/02"):
        ReceiptSearch(since="yesterday")
