from __future__ import annotations

import msgspec
import pytest

from protocol.kinds import PaymentKind
from terminal.copies import queue_originals
from terminal.documents import Balance, ChainHead
from terminal.search import ReceiptSearch, Search, SettlementSearch, page, probe
from tests.terminal.aio.desk import Desk, at_the_desk
from tests.terminal.samples import SHOP, receipt, settlement


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
        (ReceiptSearch(last4="4444", amount_minor=12345), ["R000012-000001"]),
        (ReceiptSearch(merchant="999999999999999"), []),
        (ReceiptSearch(merchant="分店"), ["R000013-000007"]),
        (ReceiptSearch(merchant=SHOP.merchant_name, since="2026/01/03"), []),
        (SettlementSearch(merchant=SHOP.merchant_id), ["S000013", "S000012"]),
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
        refund["shop"] = msgspec.structs.replace(SHOP, merchant_name="分店")
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
        (ReceiptSearch(), "snapshot_by_kind"),
        (ReceiptSearch(stan="000345"), "snapshot_by_stan"),
        (ReceiptSearch(stan="000345", batch="000012"), "sqlite_autoindex_snapshot_1"),
        (ReceiptSearch(rrn="600210000345"), "snapshot_by_rrn"),
        (ReceiptSearch(authorisation="A00001"), "snapshot_by_authorisation"),
        (ReceiptSearch(amount_minor=12345), "snapshot_by_amount"),
        (ReceiptSearch(last4="4444"), "snapshot_by_last4"),
        (ReceiptSearch(card_lookup="ab" * 32), "snapshot_by_card"),
        (ReceiptSearch(batch="000013"), "snapshot_by_batch"),
        (ReceiptSearch(payment=PaymentKind.REFUND), "snapshot_by_payment"),
        (ReceiptSearch(tag="tea"), "snapshot_by_tag"),
        (ReceiptSearch(merchant="123456789012345"), "snapshot_by_merchant_no"),
        (ReceiptSearch(merchant="幸福里便利店"), "snapshot_by_merchant_name"),
        (ReceiptSearch(since="2026/01/03", before="2026/01/04"), "snapshot_by_time"),
        (ReceiptSearch(since="2026/01/03", batch="000013"), "snapshot_by_batch"),
        (SettlementSearch(), "snapshot_by_kind"),
        (SettlementSearch(result=Balance.UNBALANCED), "snapshot_by_kind"),
        (SettlementSearch(batch="000012"), "snapshot_by_batch"),
        (SettlementSearch(since="2026/01/03"), "snapshot_by_time"),
    ],
)
@pytest.mark.parametrize("before", [None, 7])
def test_find_walks_the_keys_own_index(search: Search, index: str, before: int | None) -> None:
    """REQ 000-16: no key needs a walk through all papers, nor a sort of them."""

    async def test(desk: Desk) -> None:
        sql, values = page(search, before=before)
        plan = await steps(desk, f"SELECT body {sql} LIMIT ?", (*values, 20))

        found = [step for step in plan if not step.startswith("SCALAR SUBQUERY")]
        assert f"SEARCH snapshot USING INDEX {index} " == found[0].partition("(")[0]
        assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step]

    at_the_desk(test)


@pytest.mark.parametrize(
    ("counts", "index"),
    [
        ((1000, 3, 1000), "snapshot_by_last4"),
        ((2, 3, 1000), "snapshot_by_amount"),
        ((1000, 1000, 5), "snapshot_by_time"),
        ((1000, 1000, 1000), "snapshot_by_amount"),
    ],
)
def test_of_several_keys_the_one_that_fewest_share_leads(
    counts: tuple[int, ...], index: str
) -> None:
    """REQ 000-16: one price, or one customer, for everything makes no search slow."""
    search = ReceiptSearch(amount_minor=12345, last4="4444", since="2026/01/03")

    async def test(desk: Desk) -> None:
        asked = probe(search)
        assert asked is not None
        counting = await steps(desk, *asked)
        assert ["amount", "last4", "time"] == [
            step.partition("snapshot_by_")[2].partition(" ")[0]
            for step in counting
            if step.startswith("SEARCH")
        ]
        assert not [step for step in counting if step.startswith("SCAN snapshot")]

        sql, values = page(search, counts)
        plan = await steps(desk, f"SELECT body {sql} LIMIT ?", (*values, 20))
        assert f"SEARCH snapshot USING INDEX {index} " == plan[0].partition("(")[0]

    at_the_desk(test)


@pytest.mark.parametrize(
    "search",
    [
        ReceiptSearch(),
        ReceiptSearch(since="2026/01/02"),
        ReceiptSearch(since="2026/01/02", last4="1111"),
        ReceiptSearch(batch="000012"),
    ],
)
def test_pages_fit_together_also_when_the_clock_was_set_back(search: Search) -> None:
    """REQ 000-02: a page begins where the page before ended, whatever order a search has."""

    async def test(desk: Desk) -> None:
        for number, hour in enumerate((10, 12, 9, 11, 10), 1):
            await desk.owe(receipt(stan=f"{number:06d}", at=f"2026/01/02 {hour:02}:00:00"))
        archive, names, before = desk.paperwork.archive, list[str](), None
        whole = [one.document_id for one in await archive.find(search, 20)]
        while found := await archive.find(search, 2, before=before):
            names += [one.document_id for one in found]
            before = found[-1].number

        assert whole == names
        assert 5 == len(set(names))

    at_the_desk(test)


async def steps(desk: Desk, sql: str, values: tuple[object, ...]) -> list[str]:
    """Return SQLite's plan of a query, outermost first."""
    return [str(row[3]) for row in await desk.journal.fetch(f"EXPLAIN QUERY PLAN {sql}", values)]


def test_search_refuses_a_time_that_is_none() -> None:
    with pytest.raises(ValueError, match="2026/01/02"):
        ReceiptSearch(since="yesterday")
