"""The clerk, over a virtual printer: an order finds one paper or says why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from protocol.kinds import PaymentKind
from terminal.aio.clerk import AmbiguousError, Clerk
from terminal.documents import Balance, CopyKind
from terminal.errors import TerminalError
from terminal.orders import Order, What
from terminal.policy import PaperRules
from terminal.print_outcome import As
from terminal.projections import Row
from terminal.standing import TerminalInstalled
from terminal.views import Period
from tests.terminal.aio.desk import Desk, at_the_desk
from tests.terminal.samples import receipt, settlement


async def refused(clerk: Clerk, **filters: Any) -> str:
    with pytest.raises(TerminalError) as caught:
        await clerk.find(Order(**filters))
    return caught.value.code


async def name_of(clerk: Clerk, **filters: Any) -> str:
    return (await clerk.find(Order(**filters))).name


def row(name: str, count: int, refusal: str = "", by: str = "01", role: str = "cashier") -> Row:
    return (name, "reprint", count, by, role, "2026/01/02 11:00:00", refusal)


def test_each_paper_that_is_not_there_has_its_own_code() -> None:
    """REQ 000-06: an empty store, a wrong range, a purged batch, a filter that does not apply."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        assert "L08" == await refused(clerk, what=What.LAST)
        assert "L08" == await refused(clerk, what=What.ANY, stan="000001")
        assert "L50" == await refused(clerk, what=What.SETTLEMENT)
        assert "L50" == await refused(clerk, what=What.SETTLEMENT, batch="000012")
        assert "L51" == await refused(clerk, what=What.LIST)
        assert "L08" == await refused(clerk, what=What.RECORDS)
        await desk.owe(settlement())
        assert "L51" == await refused(clerk, what=What.SETTLEMENT, batch="000099")
        assert "L51" == await refused(clerk, what=What.SETTLEMENT, before="2025/01/01")
        assert "L51" == await refused(clerk, what=What.REPORT, day=date(2020, 1, 2))
        assert "L53" == await refused(clerk, what=What.SETTLEMENT, stan="000001")
        closed = "INSERT INTO batch VALUES ('000007', 'closed_balanced', 'then', 'later')"
        desk.disk.connection.execute(closed)
        assert "L52" == await refused(clerk, what=What.SETTLEMENT, batch="000007")

    at_the_desk(test)


@pytest.mark.parametrize(
    "filters",
    [
        {"stan": "000777"},
        {"rrn": "600210000777"},
        {"authorisation": "777777"},
        {"amount_minor": 77700},
        {"last4": "4444"},
        {"since": "2026/01/02 12:00:00", "before": "2026/01/02 13:00:00"},
        {"payment": PaymentKind.REFUND},
        {"tag": "tea"},
        {"batch": "000013", "tag": "tea"},
        {"name": "R000013-000777"},
    ],
)
def test_receipt_is_found_by_every_key(filters: dict[str, Any]) -> None:
    """REQ 001-03, 000-08."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.owe(receipt(stan="000346", batch="000013"))
        await desk.owe(
            receipt(
                **{"batch": "000013", "stan": "000777", "rrn": "600210000777"},
                **{"authorisation": "777777", "amount_minor": 77700, "card": "555555******4444"},
                **{"at": "2026/01/02 12:30:00", "kind": PaymentKind.REFUND, "tag": "tea"},
            )
        )
        assert "R000013-000777" == await name_of(desk.clerk(), what=What.ANY, **filters)

    at_the_desk(test)


def test_several_are_shown_and_none_is_printed() -> None:
    """REQ 001-03: an ambiguous match never prints the first in silence."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.owe(receipt(batch="000013"))
        for order in (Order(what=What.ANY, stan="000345"), Order(what=What.ANY, last4="1111")):
            with pytest.raises(AmbiguousError, match="L09") as caught:
                await desk.clerk().find(order)
            names = [one.document_id for one in caught.value.candidates]
            assert ["R000013-000345", "R000012-000345"] == names
        assert 0 == desk.door.bytes_received

    at_the_desk(test)


def test_settlement_is_found_by_number_range_and_result() -> None:
    """REQ 000-02."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        await desk.owe(settlement(batch="000001", at="2026/01/01 22:00:00"))
        await desk.owe(settlement(batch="000002", result=Balance.UNBALANCED))
        await desk.owe(settlement(batch="000003", at="2026/01/03 22:00:00"))
        wanted = {"what": What.SETTLEMENT}

        assert "S000003" == await name_of(clerk, **wanted)
        assert "S000001" == await name_of(clerk, **wanted, batch="000001")
        assert "S000001" == await name_of(clerk, **wanted, before="2026/01/02")
        assert "S000002" == await name_of(clerk, **wanted, result=Balance.UNBALANCED)
        assert "L09" == await refused(clerk, **wanted, since="2026/01/01")

    at_the_desk(test)


def test_tag_of_a_shop_without_tags_is_an_unsupported_filter() -> None:
    """REQ 000-08: not a silent nothing; with tags, another word finds nothing."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        assert "L53" == await refused(desk.clerk(), what=What.ANY, tag="tea")
        await desk.owe(receipt(stan="000346", tag="coffee"))
        assert "L08" == await refused(desk.clerk(), what=What.ANY, tag="tea")

    at_the_desk(test)


def test_pages_are_stable_and_newest_first() -> None:
    """REQ 000-02, 001-13."""

    async def test(desk: Desk) -> None:
        for number in range(1, 8):
            await desk.owe(receipt(stan=f"{number:06}"))
        order, seen, before = Order(what=What.ANY, batch="000012"), [], None
        while page := await desk.clerk().search(order, limit=3, before=before):
            seen += [one.document_id[-1] for _, one in page]
            before = page[-1][0]
            await desk.owe(receipt(batch="000013", stan=f"{before:06}"))

        assert list("7654321") == seen

    at_the_desk(test)


def test_views_are_named_drawn_and_previewed() -> None:
    """REQ 001-02: list, totals, report, records, configuration; preview is what is printed."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        installed = TerminalInstalled(
            terminal_id="12345678", merchant_id="1" * 15, key_check="ab", batch="000012"
        )
        await desk.journal.commit((installed,))
        await desk.owe(receipt())
        await desk.owe(settlement(batch="000011"))
        for name, words, order in (
            ("list-000012", "TXN LIST", Order(what=What.LIST)),
            ("totals-000012", "TXN TOTALS", Order(what=What.TOTALS)),
            ("week-report-20251229", "WEEK REPORT", Order(what=What.REPORT, period=Period.WEEK)),
            ("records", "MANUAL RECORD SHEET", Order(what=What.RECORDS)),
            ("configuration", "CONFIGURATION", Order(what=What.CONFIGURATION)),
        ):
            chosen = await clerk.find(order)
            preview = await clerk.preview(chosen)
            (outcome,) = await clerk.reprint(chosen, operator="01")
            assert (name, True) == (chosen.name, outcome.printed)
            assert words in preview
            printed = desk.door.texts[-1].split()
            assert preview.split() == printed

    at_the_desk(test)


def test_every_reprint_is_written_down_with_its_number() -> None:
    """REQ 001-12: who, when, which copy, count."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()
        clerk = desk.clerk()
        chosen = await clerk.find(Order(what=What.LAST, copy=CopyKind.MERCHANT))
        for _ in range(2):
            await clerk.reprint(chosen, operator="01")
        merchant = "R000012-000345/merchant"
        assert [row(merchant, 2), row(merchant, 1)] == await desk.paperwork.archive.asked()
        with pytest.raises(Exception, match="never updated"):
            desk.disk.connection.execute("UPDATE paper_order SET by = '99'")

    at_the_desk(test)


def test_cashier_is_refused_where_a_supervisor_may() -> None:
    """REQ 001-15, 000-14: the refusal is written down, and nothing is queued or printed."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        clerk = desk.clerk(rules=PaperRules(reprints_max=0))
        chosen = await clerk.find(Order(what=What.SETTLEMENT))
        with pytest.raises(TerminalError, match="L55"):
            await clerk.reprint(chosen, operator="01")
        assert ["CONFIRMED"] == await desk.states()
        (outcome,) = await clerk.reprint(chosen, operator="00")

        assert (True, 1) == (outcome.printed, outcome.duplicate)
        said = [row("S000012/settlement", 1, by="00", role="supervisor")]
        said += [row("S000012/settlement", 1, "L55")]
        assert said == await desk.paperwork.archive.asked()

    at_the_desk(test)


def test_old_paper_is_for_a_supervisor_and_unprinted_paper_for_everybody() -> None:
    """REQ 001-05, 001-15: 400 days by default; what was never printed is no reprint."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        name = await desk.owe(receipt(at="2024/11/27 10:00:00"))
        chosen = await clerk.find(Order(what=What.ANY, name=name))
        first = await clerk.reprint(chosen, operator="01")
        assert [0, 0] == [outcome.duplicate for outcome in first]
        with pytest.raises(TerminalError, match="L55"):
            await clerk.reprint(chosen, operator="01")

    at_the_desk(test)


def test_original_again_is_for_a_supervisor() -> None:
    """P11: after the operator said that none came out."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        await desk.owe(settlement())
        chosen = await clerk.find(Order(what=What.SETTLEMENT))
        with pytest.raises(TerminalError, match="L07"):
            await clerk.reprint(chosen, operator="01", as_what=As.ORIGINAL)

    at_the_desk(test)


def test_void_paper_has_a_strip_that_names_it() -> None:
    """REQ 004-06: 作废; the payment stands, and the strip says so."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()
        outcome, strip = await clerk.void(
            "R000012-000345/merchant", operator="01", reason="smudged"
        )
        await clerk.reprint(strip, operator="01")

        assert "VOIDED" == outcome.state.value
        words = ("THIS PAPER IS VOID", "R000012-000345", "smudged", "PAYMENT IS NOT CHANGED")
        assert [] == [word for word in words if word not in desk.door.texts[-1]]

    at_the_desk(test)


def test_file_is_marked_and_written_down() -> None:
    """REQ 003-04: a file may be printed by anybody, so it is never taken for an original."""

    async def test(desk: Desk) -> None:
        clerk = desk.clerk()
        await desk.owe(receipt())
        sheet = await clerk.export(await clerk.find(Order(what=What.LAST)), operator="01")

        text = "".join(line.text for line in sheet.lines(desk.paperwork.paper))
        assert "ELECTRONIC COPY" in text
        assert ["export"] == [asked[1] for asked in await desk.paperwork.archive.asked()]
        assert not desk.door.texts

    at_the_desk(test)


def test_reprint_reads_only_the_books_of_money() -> None:
    """REQ 000-13: the money tables are the same before and after."""

    async def test(desk: Desk) -> None:
        tables = ("payment", "reversal", "batch", "settlement", "upload", "terminal")
        await desk.owe(receipt())
        before = [desk.disk.rows(table) for table in tables]
        clerk = desk.clerk()
        await clerk.reprint(await clerk.find(Order(what=What.LAST)), operator="01")

        assert before == [desk.disk.rows(table) for table in tables]

    at_the_desk(test)
