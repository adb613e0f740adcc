from __future__ import annotations

import asyncio

import pytest

from tallywire.virtual_printer.faults import PrinterFaults
from terminal.aio.escpos_printer import EscposPrinter
from terminal.documents import CopyKind
from terminal.errors import TerminalError
from terminal.print_outcome import As
from terminal.printing import JobState
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk
from tests.terminal.samples import SHOP, receipt, settlement

MERCHANT = "R000012-000345/merchant"


def test_receipt_comes_out_twice_and_is_confirmed() -> None:
    """P7: merchant's and cardholder's copy, cut, whole, without a mark."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        outcomes = await desk.paperwork.print_waiting()

        assert [True, True] == [outcome.printed for outcome in outcomes]
        assert ["yes", "yes"] == await desk.issued()
        assert () == await desk.paperwork.owed()
        assert ["MERCHANT COPY" in text for text in desk.door.texts] == [True, False]
        assert "DUPLICATE" not in "".join(desk.door.texts)
        assert [] == desk.told

    at_the_desk(test)


def test_preview_is_what_is_printed() -> None:
    """REQ 000-09."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        preview = await desk.paperwork.preview(name)
        await desk.paperwork.print_waiting()

        printed = [line.strip() for line in desk.door.texts[0].splitlines() if line.strip()]
        assert [line.strip() for line in preview.splitlines() if line.strip()] == printed

    at_the_desk(test)


def test_what_waits_for_paper_prints_when_paper_is_back() -> None:
    """Rule: QUEUED and blocked means nothing was sent, so it is an original, and by itself."""
    door = PrinterDoor(paper_lines=0)

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(desk.paperwork.watch())
            await desk.later(60)
            before = await desk.states()
            desk.door.load_paper()
            await desk.later(10)
            watching.cancel()

        assert ["QUEUED", "QUEUED"] == before
        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert 2 == len(desk.door.texts)
        assert "DUPLICATE" not in "".join(desk.door.texts)

    at_the_desk(test, door=door)


def test_power_cut_after_intent_is_unknown() -> None:
    """P4, P10: SENDING at boot is UNKNOWN, and the next paper carries its mark."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(3)
            printing.cancel()
        await desk.paperwork.close()
        assert ["SENDING"] == await desk.states()

        desk.door.machine.set_faults(PrinterFaults())
        again = desk.restarted()
        (recovered,) = await again.jobs.recover()
        assert JobState.UNKNOWN is recovered.state
        assert () == await again.print_waiting()
        assert ["S000012/settlement"] == [owed.copy_id for owed in await again.owed()]
        (duplicate,) = await again.reprint(name)
        assert (True, 1) == (duplicate.printed, duplicate.duplicate)
        await again.close()

    at_the_desk(test)


def test_power_cut_before_intent_prints_the_original() -> None:
    """P1: QUEUED at boot; nothing was sent."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        again = desk.restarted()
        assert () == await again.jobs.recover()
        (outcome,) = await again.print_waiting()
        await again.close()

        assert (True, 0) == (outcome.printed, outcome.duplicate)

    at_the_desk(test)


def test_operator_says_it_came_out() -> None:
    """P11."""
    door = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (unknown,) = await desk.paperwork.print_waiting()
        said = await desk.paperwork.jobs.came_out(unknown.job_id, by="01")

        assert JobState.CONFIRMED_BY_OPERATOR is said.state
        assert (["yes"], ()) == (await desk.issued(), await desk.paperwork.owed())
        assert 1 == (await desk.paperwork.reprint(name))[0].duplicate

    at_the_desk(test, door=door)


@pytest.mark.parametrize(("as_what", "duplicate"), [(As.DUPLICATE, 1), (As.ORIGINAL, 0)])
def test_operator_says_it_did_not(as_what: As, duplicate: int) -> None:
    """P11: a marked paper, or the original for a supervisor."""
    door = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (unknown,) = await desk.paperwork.print_waiting()
        await desk.paperwork.jobs.did_not(unknown.job_id, by="01")
        assert ["no"] == await desk.issued()

        (again,) = await desk.paperwork.reprint(name, by="00", as_what=as_what)
        assert (True, duplicate) == (again.printed, again.duplicate)

    at_the_desk(test, door=door)


def test_late_echo_cancels_the_original_that_waits() -> None:
    """P9 after P11: the operator was wrong, the paper came out; no second original follows."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=10))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (partial,) = await desk.paperwork.print_waiting()
        await desk.paperwork.jobs.did_not(partial.job_id, by="01")
        (waits,) = await desk.paperwork.reprint(name, by="00", as_what=As.ORIGINAL)
        assert JobState.QUEUED is waits.state

        desk.door.load_paper()
        await desk.later(1)
        await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CANCELLED"] == await desk.states()
        assert ["yes"] == await desk.issued()

    at_the_desk(test, door=door)


def test_late_echo_is_told_with_what_it_takes_back() -> None:
    """P9: whoever asked for no paper hears of it all the same; told once."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=10))
    heard: list[tuple[str, bool]] = []

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        desk.paperwork.hear_late(lambda outcome: heard.append((outcome.job_id, outcome.printed)))
        (partial,) = await desk.paperwork.print_waiting()
        await desk.paperwork.jobs.did_not(partial.job_id, by="01")
        await desk.paperwork.reprint(name, by="00", as_what=As.ORIGINAL)
        desk.door.load_paper()
        await desk.later(1)
        await desk.paperwork.print_waiting()
        await desk.paperwork.print_waiting()

        assert [(f"{name}/settlement#1", True), (f"{name}/settlement#2", False)] == heard

    at_the_desk(test, door=door)


def test_cancel_takes_back_what_waits_only() -> None:
    """REQ 004-05, 004-06."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(receipt())
        cancelled = await desk.paperwork.jobs.cancel(f"{MERCHANT}#1", by="01")
        assert JobState.CANCELLED is cancelled.state
        (cardholder,) = await desk.paperwork.print_waiting()
        with pytest.raises(TerminalError, match="L56"):
            await desk.paperwork.jobs.cancel(cardholder.job_id, by="01")

        (again,) = await desk.paperwork.reprint(name, CopyKind.MERCHANT)
        assert (True, 0) == (again.printed, again.duplicate)

    at_the_desk(test)


def test_voided_paper_is_followed_by_a_numbered_one() -> None:
    """REQ 004-06: 作废 is a fact about paper."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (first,) = await desk.paperwork.print_waiting()
        voided = await desk.paperwork.jobs.void(first.job_id, by="00", reason="wrong paper")

        assert JobState.VOIDED is voided.state
        assert [1, 2] == [
            (await desk.paperwork.reprint(name))[0].duplicate,
            (await desk.paperwork.reprint(name))[0].duplicate,
        ]

    at_the_desk(test)


def test_reprint_of_what_was_never_printed_is_the_original() -> None:
    """REQ 001-05."""
    door = PrinterDoor(paper_lines=0)

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        desk.door.load_paper()
        (outcome,) = await desk.paperwork.reprint(name)

        assert (True, 0) == (outcome.printed, outcome.duplicate)
        assert 1 == len(await desk.states())

    at_the_desk(test, door=door)


def test_reprint_leaves_money_as_it_was() -> None:
    """I10, REQ 000-13: every table that is not paper's is byte-identical."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        tables = [
            row[0]
            for row in await desk.journal.fetch("SELECT name FROM sqlite_master WHERE type='table'")
            if row[0] not in ("entry", "snapshot", "copy", "print_job")
        ]
        snapshots = desk.disk.rows("snapshot")
        before = {table: desk.disk.rows(table) for table in tables}

        await desk.paperwork.reprint("R000012-000345")
        await desk.paperwork.reprint("S000012")

        assert before == {table: desk.disk.rows(table) for table in tables}
        assert snapshots == desk.disk.rows("snapshot")

    at_the_desk(test)


def test_tampered_snapshot_is_refused_and_holds_nothing_up() -> None:
    """REQ 000-03: the hash is checked before printing; the papers behind it still print."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.owe(settlement())
        desk.disk.connection.execute("DROP TRIGGER snapshot_is_never_updated")
        desk.disk.connection.execute(
            "UPDATE snapshot SET body = replace(body, '12345', '99999') WHERE kind = 'receipt'"
        )
        outcomes = await desk.paperwork.print_waiting()

        assert ["L42", "L42", ""] == [outcome.cause for outcome in outcomes]
        assert 1 == len(desk.door.texts)
        with pytest.raises(TerminalError, match="L42"):
            await desk.paperwork.reprint("R000012-000345")

    at_the_desk(test)


def test_incomplete_document_is_not_printed() -> None:
    """REQ 001-14."""

    async def test(desk: Desk) -> None:
        nameless = type(SHOP)("", SHOP.merchant_id, SHOP.terminal_id, SHOP.operator)
        await desk.owe(settlement(shop=nameless))
        (outcome,) = await desk.paperwork.print_waiting()

        assert (JobState.QUEUED, "L54") == (outcome.state, outcome.cause)
        assert 0 == desk.door.bytes_received

    at_the_desk(test)


def test_confirmed_duplicate_says_nothing_about_the_original() -> None:
    """The first paper may still be out; but nobody is owed one any more."""
    door = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        (again,) = await desk.paperwork.reprint(name)

        assert again.printed
        assert (["maybe"], ()) == (await desk.issued(), await desk.paperwork.owed())

    at_the_desk(test, door=door)


def test_same_trouble_is_told_once() -> None:
    """What waits is tried often; the person and the journal hear of each cause once."""
    dead, empty = PrinterDoor(), PrinterDoor(paper_lines=0)
    dead.refusing = True

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        for _ in range(3):
            await desk.paperwork.print_waiting()

        assert ["L30"] == [code for code in desk.codes if code != "L33"]
        entries = await desk.journal.fetch("SELECT count(*) FROM entry WHERE fact = 'JobBlocked'")
        assert [(1,)] == entries

    at_the_desk(
        test,
        printers=lambda _: [EscposPrinter("tcp://dead", dead), EscposPrinter("tcp://b", empty)],
    )


def test_code_of_a_receipt_is_printed_where_its_preview_says() -> None:
    """REQ 000-09: the QR code of the reference takes the place of its line."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(receipt())
        preview = await desk.paperwork.preview(name, CopyKind.MERCHANT)
        await desk.paperwork.print_waiting()

        printed = desk.door.texts[0].rstrip().splitlines()
        assert [line for line in preview.rstrip().splitlines() if "QR" in line] == [
            line for line in printed if "QR" in line
        ]
        assert preview.count("\n") == len(printed)

    at_the_desk(test)


@pytest.mark.parametrize(
    ("answer", "states", "owed"),
    [(True, ["CONFIRMED", "CONFIRMED"], 0), (False, ["CONFIRMED", "CANCELLED"], 0)],
)
def test_copy_is_torn_off_before_the_next_or_the_rest_is_cancelled(
    *, answer: bool, states: list[str], owed: int
) -> None:
    """States page, 4: 请撕单 between the copies of one receipt; the payment is not asked."""
    asked: list[str] = []

    async def tear(copy_id: str) -> bool:
        asked.append(copy_id)
        return answer

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()

        assert [MERCHANT] == asked
        assert [*states, "CONFIRMED"] == await desk.states()
        assert owed == len(await desk.paperwork.owed())

    at_the_desk(test, tear=tear)
