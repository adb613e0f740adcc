from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tallywire.virtual_printer.faults import Echo, PrinterFaults
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.paperwork import As
from terminal.aio.printers import NoPrinter
from terminal.copies import queue_originals
from terminal.documents import ChainHead, CopyKind
from terminal.errors import TerminalError
from terminal.layout import Paper
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


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (PrinterFaults(offline=True), "L31"),
        (PrinterFaults(paper_ends_after_lines=0), "L32"),
        (PrinterFaults(cover_opens_after_lines=0), "L34"),
    ],
)
def test_preflight_starts_no_job(faults: PrinterFaults, code: str) -> None:
    """P2, REQ 000-04: no byte of the job leaves, the cause is told in its own words."""
    door = PrinterDoor(faults=faults)
    if code == "L34":
        door.machine.open_cover(0.0)

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        (outcome,) = await desk.paperwork.print_waiting()

        assert (JobState.QUEUED, code) == (outcome.state, outcome.cause)
        assert ["no", "no"] == await desk.issued()
        assert b"\x1b@" not in bytes(desk.door.cables[-1].sent)
        assert [code, "L58"] == desk.codes

    at_the_desk(test, door=door)


def test_switched_off_unreachable_offline_and_error_are_four_codes() -> None:
    """REQ 003-06."""

    async def refused(desk: Desk) -> str:
        desk.door.refusing = True
        await desk.owe(receipt())
        return (await desk.paperwork.print_waiting())[0].cause

    async def silent(desk: Desk) -> str:
        desk.door.silent = True
        await desk.owe(receipt())
        return (await desk.paperwork.print_waiting())[0].cause

    async def switched_off(desk: Desk) -> str:
        await desk.owe(receipt())
        return (await desk.paperwork.print_waiting())[0].cause

    assert "L30" == at_the_desk(refused)
    assert "L31" == at_the_desk(silent)
    assert "L39" == at_the_desk(switched_off, printers=lambda _: [NoPrinter(Paper())])


def test_what_waits_for_paper_prints_when_paper_is_back() -> None:
    """Rule: QUEUED and blocked means nothing was sent, so it is an original, and by itself."""
    door = PrinterDoor(paper_lines=0)

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        watching = asyncio.ensure_future(desk.paperwork.watch())
        await asyncio.sleep(60)
        before = await desk.states()
        desk.door.load_paper()
        await asyncio.sleep(10)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

        assert ["QUEUED", "QUEUED"] == before
        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert 2 == len(desk.door.texts)
        assert "DUPLICATE" not in "".join(desk.door.texts)

    at_the_desk(test, door=door)


@pytest.mark.parametrize("line", range(1, 78))
def test_paper_ends_at_every_line_and_one_original_comes_out(line: int) -> None:
    """REQ 000-05, P8 and P9: paper ends at line k; loaded again, the rest comes out, once."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=line))

    async def test(desk: Desk) -> None:
        name = await desk.owe(receipt())
        broken = (await desk.paperwork.print_waiting())[-1]
        assert (JobState.FAILED_PARTIAL, "L32") == (broken.state, broken.cause)
        assert "maybe" in await desk.issued()
        assert ["L32", "L38", "L58"] == [code for code in desk.codes if code != "L33"]

        desk.door.load_paper()
        await asyncio.sleep(1)
        await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert ["yes", "yes"] == await desk.issued()
        assert () == await desk.paperwork.owed()
        assert "DUPLICATE" not in "".join(desk.door.texts)
        again = await desk.paperwork.reprint(name)
        assert [1, 1] == [outcome.duplicate for outcome in again]
        assert ["DUPLICATE" in text for text in desk.door.texts[-2:]] == [True, True]

    at_the_desk(test, door=door)


@pytest.mark.parametrize(
    ("faults", "state", "cause"),
    [
        (PrinterFaults(cover_opens_after_lines=5), JobState.FAILED_PARTIAL, "L34"),
        (PrinterFaults(overheats_after_lines=5), JobState.FAILED_PARTIAL, "L35"),
        (PrinterFaults(cutter_jams=True), JobState.FAILED_PARTIAL, "L36"),
        (PrinterFaults(breaks_after_lines=5), JobState.FAILED_PARTIAL, "L37"),
        (PrinterFaults(resets_after_bytes=300), JobState.UNKNOWN, "L38"),
        (PrinterFaults(swallows=True), JobState.SENT_UNCONFIRMED, "L38"),
        (PrinterFaults(echo=Echo.WRONG), JobState.SENT_UNCONFIRMED, "L38"),
        (PrinterFaults(echo=Echo.PREVIOUS_FIRST), JobState.CONFIRMED, ""),
        (PrinterFaults(echo=Echo.NEVER), JobState.CONFIRMED, ""),
        (PrinterFaults(clone=True), JobState.CONFIRMED, ""),
        (PrinterFaults(near_end=True), JobState.CONFIRMED, ""),
        (PrinterFaults(status_interleaved=True), JobState.CONFIRMED, ""),
        (PrinterFaults(seconds_per_line=1.0), JobState.CONFIRMED, ""),
        (PrinterFaults(status_garbage=True), JobState.QUEUED, "L31"),
    ],
)
def test_every_fault_ends_in_its_own_state(
    faults: PrinterFaults, state: JobState, cause: str
) -> None:
    """The printer faults of the faults page: state, cause, and never a second original."""
    door = PrinterDoor(faults=faults)

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()
        assert (state, cause) == (outcome.state, outcome.cause)

        await desk.paperwork.print_waiting()
        originals = [text for text in desk.door.texts if "SETTLEMENT" in text]
        assert len(originals) <= 1

    at_the_desk(test, door=door)


def test_near_end_is_a_warning_and_prints() -> None:
    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()

        assert ["L33"] == desk.codes

    at_the_desk(test, door=PrinterDoor(faults=PrinterFaults(near_end=True)))


def test_printer_that_falls_silent_leaves_the_outcome_unknown() -> None:
    """P5: bytes were handed over, then nothing was ever heard."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        printing = asyncio.ensure_future(desk.paperwork.print_waiting())
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        await asyncio.sleep(3)
        desk.door.silent = True
        desk.door.machine.connection_lost(desk.loop.time())
        (outcome,) = await printing

        assert JobState.UNKNOWN is outcome.state

    at_the_desk(test)


def test_unknown_is_never_printed_again_by_itself() -> None:
    """P5: at most one original, however often what waits is printed."""
    door = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        for _ in range(5):
            assert () == await desk.paperwork.print_waiting()
        (again,) = await desk.paperwork.reprint(name)

        assert 1 == again.duplicate
        assert "****重打印/DUPLICATE**** (1)" in desk.door.texts[-1]

    at_the_desk(test, door=door)


def test_connection_lost_between_preflight_and_job_is_clean() -> None:
    """P3: not one byte accepted, so it is tried again as an original."""

    class Vanishing(EscposPrinter):
        async def preflight(self) -> Any:
            readiness = await super().preflight()
            if not vanished:
                vanished.append(True)
                desk_door[0].pull_the_cable()
                await asyncio.sleep(0)
            return readiness

    vanished: list[bool] = []
    desk_door: list[PrinterDoor] = []

    def printers(door: PrinterDoor) -> list[EscposPrinter]:
        desk_door.append(door)
        return [Vanishing("tcp://vanishing", door)]

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (first,) = await desk.paperwork.print_waiting()
        assert (JobState.FAILED_CLEAN, ["no"]) == (first.state, await desk.issued())

        (second,) = await desk.paperwork.print_waiting()
        assert (True, 0) == (second.printed, second.duplicate)
        assert "DUPLICATE" not in desk.door.texts[0]

    at_the_desk(test, printers=printers)


def test_power_cut_after_intent_is_unknown() -> None:
    """P4, P10: SENDING at boot is UNKNOWN, and the next paper carries its mark."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        printing = asyncio.ensure_future(desk.paperwork.print_waiting())
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        await asyncio.sleep(3)
        printing.cancel()
        await asyncio.gather(printing, return_exceptions=True)
        await desk.paperwork.close()
        assert ["SENDING"] == await desk.states()

        desk.door.machine.set_faults(PrinterFaults())
        again = desk.restarted()
        (recovered,) = await again.recover()
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
        assert () == await again.recover()
        (outcome,) = await again.print_waiting()
        await again.close()

        assert (True, 0) == (outcome.printed, outcome.duplicate)

    at_the_desk(test)


def test_echo_of_another_connection_is_not_believed() -> None:
    """REQ 003-10: after a reconnect, what the printer says of an old job counts for nothing."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=10))

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        desk.door.pull_the_cable()
        await asyncio.sleep(1)
        await desk.paperwork.printer_status()
        desk.door.load_paper()
        await asyncio.sleep(30)
        await desk.paperwork.print_waiting()

        assert ["FAILED_PARTIAL"] == await desk.states()

    at_the_desk(test, door=door)


def test_operator_says_it_came_out() -> None:
    """P11."""
    door = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (unknown,) = await desk.paperwork.print_waiting()
        said = await desk.paperwork.came_out(unknown.job_id, by="01")

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
        await desk.paperwork.did_not(unknown.job_id, by="01")
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
        await desk.paperwork.did_not(partial.job_id, by="01")
        (waits,) = await desk.paperwork.reprint(name, by="00", as_what=As.ORIGINAL)
        assert JobState.QUEUED is waits.state

        desk.door.load_paper()
        await asyncio.sleep(1)
        await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CANCELLED"] == await desk.states()
        assert ["yes"] == await desk.issued()

    at_the_desk(test, door=door)


def test_cancel_takes_back_what_waits_only() -> None:
    """REQ 004-05, 004-06."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(receipt())
        cancelled = await desk.paperwork.cancel(f"{MERCHANT}#1", by="01")
        assert JobState.CANCELLED is cancelled.state
        (cardholder,) = await desk.paperwork.print_waiting()
        with pytest.raises(TerminalError, match="L56"):
            await desk.paperwork.cancel(cardholder.job_id, by="01")

        (again,) = await desk.paperwork.reprint(name, CopyKind.MERCHANT)
        assert (True, 0) == (again.printed, again.duplicate)

    at_the_desk(test)


def test_voided_paper_is_followed_by_a_numbered_one() -> None:
    """REQ 004-06: 作废 is a fact about paper."""

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        (first,) = await desk.paperwork.print_waiting()
        voided = await desk.paperwork.void(first.job_id, by="00", reason="wrong paper")

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


def test_snapshot_cannot_be_updated() -> None:
    """REQ 001-09: the database itself refuses."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        with pytest.raises(Exception, match="never updated"):
            desk.disk.connection.execute("UPDATE snapshot SET body = ''")

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


def test_second_printer_takes_over_while_nothing_is_out() -> None:
    """REQ 001-06: primary dead before data; the backup prints the original."""
    dead = PrinterDoor()
    dead.refusing = True

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()

        assert (True, 0) == (outcome.printed, outcome.duplicate)
        assert 1 == len(desk.door.texts)

    at_the_desk(
        test,
        printers=lambda door: [EscposPrinter("tcp://dead", dead), EscposPrinter("tcp://b", door)],
    )


def test_second_printer_never_takes_over_after_a_first_byte() -> None:
    """REQ 001-06: primary dies while printing; only a marked paper may follow."""
    dying = PrinterDoor(faults=PrinterFaults(resets_after_bytes=400))

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()

        assert JobState.UNKNOWN is outcome.state
        assert [] == desk.door.texts

    at_the_desk(
        test,
        printers=lambda door: [EscposPrinter("tcp://dies", dying), EscposPrinter("tcp://b", door)],
    )


def test_finding_papers() -> None:
    """REQ 000-06, 001-02, 001-03: last, by voucher number, by batch; each miss its own code."""

    async def test(desk: Desk) -> None:
        for find, code in (
            (desk.paperwork.find_last_receipt(), "L08"),
            (desk.paperwork.find_settlement(), "L50"),
        ):
            with pytest.raises(TerminalError, match=code):
                await find
        await desk.owe(receipt())
        await desk.owe(receipt(batch="000013"))
        await desk.owe(receipt(batch="000013", stan="000001"))
        await desk.owe(settlement())

        paperwork = desk.paperwork
        assert "R000013-000001" == (await paperwork.find_last_receipt()).document_id
        assert "R000013-000001" == (await paperwork.find_receipt("000001")).document_id
        with pytest.raises(TerminalError, match=r"L09.*R000013-000345, R000012-000345"):
            await paperwork.find_receipt("000345")
        assert "R000012-000345" == (await paperwork.find_receipt("000345", "000012")).document_id
        with pytest.raises(TerminalError, match="L08"):
            await paperwork.find_receipt("000999")
        assert "S000012" == (await paperwork.find_settlement()).document_id
        with pytest.raises(TerminalError, match="L51"):
            await paperwork.find_settlement("000099")

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
