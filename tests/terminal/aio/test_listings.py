from __future__ import annotations

from datetime import date

import pytest

from terminal.aio.listings import detail, report
from terminal.errors import TerminalError
from terminal.printing import JobState
from terminal.views import Period
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk, local_now
from tests.terminal.samples import receipt, settlement


def test_report_takes_the_shops_own_day() -> None:
    """REQ 000-07: the slip of 23:59:59 is today's, the one of midnight tomorrow's."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement(batch="000001", at="2026/01/01 23:59:59"))
        await desk.owe(settlement(batch="000002", at="2026/01/02 00:00:00"))
        await desk.owe(settlement(batch="000003", at="2026/01/02 23:59:59"))
        archive, now = desk.paperwork.archive, local_now()

        assert 2 == (await report(archive, Period.DAY, around=now.date(), now=now)).batches
        assert 3 == (await report(archive, Period.WEEK, around=now.date(), now=now)).batches

    at_the_desk(test)


def test_report_of_nothing_has_its_own_codes() -> None:
    """REQ 000-06."""

    async def test(desk: Desk) -> None:
        archive, now = desk.paperwork.archive, local_now()
        with pytest.raises(TerminalError, match="L50"):
            await report(archive, Period.DAY, around=now.date(), now=now)
        await desk.owe(settlement())
        with pytest.raises(TerminalError, match="L51"):
            await report(archive, Period.DAY, around=date(2020, 1, 2), now=now)

    at_the_desk(test)


def test_detail_lists_a_batch_in_order() -> None:
    async def test(desk: Desk) -> None:
        for stan in ("000003", "000001", "000002"):
            await desk.owe(receipt(stan=stan))
        await desk.owe(receipt(stan="000009", batch="000013"))
        listed = await detail(desk.paperwork.archive, "000012", now=local_now())

        assert ["000003", "000001", "000002"] == [one.stan for one in listed.receipts]
        with pytest.raises(TerminalError, match="L51"):
            await detail(desk.paperwork.archive, "000099", now=local_now())

    at_the_desk(test)


def test_view_is_printed_and_owed_to_nobody() -> None:
    """REQ 000-07: a report is no document of record."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        now = local_now()
        view = await report(desk.paperwork.archive, Period.DAY, around=now.date(), now=now)
        outcome = await desk.paperwork.print_view("day-report", view)

        assert outcome.printed
        assert "DAY REPORT" in desk.door.texts[0]
        assert ["QUEUED"] == await desk.states()

    at_the_desk(test)


def test_view_without_paper_says_so() -> None:
    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        view = await detail(desk.paperwork.archive, "000012", now=local_now())
        outcome = await desk.paperwork.print_view("list", view)

        assert (JobState.QUEUED, "L32") == (outcome.state, outcome.cause)

    at_the_desk(test, door=PrinterDoor(paper_lines=0))
