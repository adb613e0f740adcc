from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tallywire.virtual_printer.faults import Echo, PrinterFaults
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.printers import NoPrinter
from terminal.paper import Paper
from terminal.printer_profile import DEFAULT_PATIENCE, Confirmation, PrinterProfile
from terminal.printer_status import DROP_BUFFER
from terminal.printing import JobState
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk
from tests.terminal.samples import receipt, settlement


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
        await desk.later(1)
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
        (PrinterFaults(echo=Echo.NEVER), JobState.SENT_UNCONFIRMED, "L38"),
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
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert ["L33"] == desk.codes

    at_the_desk(test, door=PrinterDoor(faults=PrinterFaults(near_end=True)))


def test_printer_that_falls_silent_leaves_the_outcome_unknown() -> None:
    """P5: bytes were handed over, then nothing was ever heard."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(3)
            desk.door.silent = True
            desk.door.machine.connection_lost(desk.loop.time())

        assert [JobState.UNKNOWN] == [outcome.state for outcome in printing.result()]

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


def test_echo_of_another_connection_is_not_believed() -> None:
    """REQ 003-10: after a reconnect, what the printer says of an old job counts for nothing."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=10))

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        desk.door.pull_the_cable()
        await desk.later(1)
        await desk.paperwork.printer_status()
        desk.door.load_paper()
        await desk.later(30)
        await desk.paperwork.print_waiting()

        assert ["FAILED_PARTIAL"] == await desk.states()

    at_the_desk(test, door=door)


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


def test_rest_of_a_broken_job_is_dropped_before_the_next() -> None:
    """States page, section 4: DLE ENQ 2 and a new connection before anything else is sent."""
    faults = PrinterFaults(cover_opens_after_lines=5, seconds_per_line=1.0)

    async def test(desk: Desk) -> None:
        name = await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        desk.door.close_cover()
        await desk.paperwork.reprint(name)

        first, second = desk.door.cables
        assert first.sent.endswith(DROP_BUFFER)
        assert b"\x1b@" in second.sent

    at_the_desk(test, door=PrinterDoor(faults=faults))


def test_clone_is_found_out_once() -> None:
    """From its second job on it is taken at its fence: no wait, and no bytes of GS ( H."""

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert 1 == bytes(desk.door.cables[0].sent).count(b"\x1d(H")
        assert desk.loop.time() == pytest.approx(DEFAULT_PATIENCE.fence_grace_s, abs=0.1)

    at_the_desk(test, door=PrinterDoor(faults=PrinterFaults(clone=True)))


def test_plain_port_leaves_every_job_unconfirmed() -> None:
    """P6: no status channel; nothing is asked and nothing is pretended."""
    profile = PrinterProfile(confirmation=Confirmation.NONE)

    async def test(desk: Desk) -> None:
        await desk.owe(receipt())
        await desk.paperwork.print_waiting()

        assert ["SENT_UNCONFIRMED", "SENT_UNCONFIRMED"] == await desk.states()
        assert ["maybe", "maybe"] == await desk.issued()
        assert b"\x10\x04" not in bytes(desk.door.cables[0].sent)

    at_the_desk(test, profile=profile)


def test_paper_that_is_back_before_anyone_waits_is_noticed() -> None:
    """P2: the roll is changed between the pre-flight and the wait for news; nothing polls."""

    async def test(desk: Desk) -> None:
        printer = EscposPrinter("tcp://desk", desk.door)
        desk.door.load_paper(0)
        await printer.preflight()
        desk.door.load_paper()
        await desk.later(1)
        asked_at = desk.loop.time()
        await printer.changed()

        assert asked_at == desk.loop.time()
        await printer.changed()
        assert DEFAULT_PATIENCE.recheck_s == desk.loop.time() - asked_at
        await printer.close()

    at_the_desk(test)
