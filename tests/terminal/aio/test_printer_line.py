from __future__ import annotations

import asyncio
from collections import deque

import pytest

from terminal.aio.printer_line import PrinterLine, Pulse
from terminal.printer_status import Ask, PrinterStatus
from tests.terminal.aio.desk import Cable, PrinterDoor
from tests.world.clock import run_virtual


class Spoken:
    """A line whose far end says what the test says."""

    def __init__(self) -> None:
        self.late: deque[bytes] = deque()
        self.line = PrinterLine(Pulse(), self.late)
        door = PrinterDoor()
        door.silent = True
        self.line.connection_made(Cable(door, self.line))


def test_echo_of_the_job_under_way_confirms_it() -> None:
    async def test(_: object) -> None:
        spoken = Spoken()
        spoken.line.begin(b"0001")
        spoken.line.data_received(b"\x37\x220001\x00")

        assert (True, []) == (spoken.line.echoed, list(spoken.late))

    run_virtual(test)


def test_echo_of_an_earlier_job_is_late() -> None:
    """P9."""

    async def test(_: object) -> None:
        spoken = Spoken()
        spoken.line.begin(b"0001")
        spoken.line.end()
        spoken.line.begin(b"0002")
        spoken.line.data_received(b"\x37\x220001\x00")

        assert (False, [b"0001"]) == (spoken.line.echoed, list(spoken.late))

    run_virtual(test)


def test_echo_of_a_job_never_sent_here_is_a_stray() -> None:
    """REQ 003-10."""

    async def test(_: object) -> None:
        spoken = Spoken()
        spoken.line.begin(b"0001")
        spoken.line.data_received(b"\x37\x229999\x00")

        assert (False, [], 1) == (spoken.line.echoed, list(spoken.late), spoken.line.strays)

    run_virtual(test)


def test_garbled_answer_is_not_taken_for_the_fence() -> None:
    """A zero byte in answer to DLE EOT must not confirm a job."""

    async def test(_: object) -> None:
        spoken = Spoken()
        spoken.line.begin(b"0001")
        answer = spoken.line.ask(Ask.PRINTER)
        spoken.line.data_received(b"\x00")

        assert not spoken.line.fenced
        assert not answer.done()

    run_virtual(test)


def test_answers_belong_to_the_questions_in_order() -> None:
    """A late answer is given to the question it answers, not to the next one."""

    async def test(_: object) -> None:
        spoken = Spoken()
        first = spoken.line.ask(Ask.PRINTER)
        second = spoken.line.ask(Ask.OFFLINE)
        spoken.line.data_received(b"\x1a\x16")

        assert PrinterStatus(offline=True) == await first
        assert PrinterStatus(cover_open=True) == await second

    run_virtual(test)


def test_open_questions_end_when_the_line_is_lost() -> None:
    async def test(_: object) -> None:
        spoken = Spoken()
        open_question = spoken.line.ask(Ask.PRINTER)
        spoken.line.connection_lost(None)

        assert await open_question is None
        assert await spoken.line.ask(Ask.PAPER) is None

    run_virtual(test)


def test_pulse_wakes_all_who_wait_and_no_later_one() -> None:
    async def test(_: object) -> None:
        pulse = Pulse()
        now = asyncio.get_running_loop().time
        async with asyncio.TaskGroup() as group:
            for _number in range(2):
                group.create_task(pulse.wait(100))
            await asyncio.sleep(0)
            pulse.ring()
        woken = now()
        await pulse.wait(100)

        assert (0, 100) == (woken, pytest.approx(now()))

    run_virtual(test)
