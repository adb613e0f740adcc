"""The printer's rows of the catalogue of faults: how each is switched on, and how a till ends.

`ROWS` names every row; the words are those of `tallywire printer --fault` and of the line `fault`
that a person types while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tallywire.virtual_printer import control_line, parse_fault
from tallywire.virtual_printer.faults import OPTIONS, PrinterFaults
from terminal.printing import JobState
from tests.tallywire.virtual_printer.hosts import printer
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk
from tests.terminal.samples import settlement

SLIP_LINES = 45
"""Where the cut of the sample's slip is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its words on the command line, and what becomes of a slip printed meanwhile."""

    words: str
    state: JobState
    cause: str = ""


_S = JobState
ROWS = {
    "unreachable": Row("unreachable", _S.QUEUED, "L30"),
    "accepts connection then nothing": Row("silent", _S.QUEUED, "L31"),
    "paper out before": Row("paper-end=0", _S.QUEUED, "L32"),
    "paper out after k lines": Row("paper-end=7", _S.FAILED_PARTIAL, "L32"),
    "paper out exactly at the cut": Row(f"paper-end={SLIP_LINES}", _S.FAILED_PARTIAL, "L32"),
    "near end": Row("near-end", _S.CONFIRMED),
    "cover open mid-job": Row("cover=7", _S.FAILED_PARTIAL, "L34"),
    "offline": Row("offline", _S.QUEUED, "L31"),
    "over-temperature recoverable": Row("overheat=7", _S.FAILED_PARTIAL, "L35"),
    "cutter error": Row("cutter", _S.FAILED_PARTIAL, "L36"),
    "unrecoverable": Row("broken=7", _S.FAILED_PARTIAL, "L37"),
    "reset mid-job": Row("reset=300", _S.UNKNOWN, "L38"),
    "swallows data (never prints)": Row("swallow", _S.SENT_UNCONFIRMED, "L38"),
    "prints without ack": Row("echo=never", _S.SENT_UNCONFIRMED, "L38"),
    "acks late": Row("late-echo=20", _S.CONFIRMED),
    "ack of an old job": Row("echo=previous", _S.SENT_UNCONFIRMED, "L38"),
    "ack of an old job, then the right one": Row("echo=previous-first", _S.CONFIRMED),
    "wrong process ID": Row("echo=wrong", _S.SENT_UNCONFIRMED, "L38"),
    "status garbage / wrong fixed bits": Row("garbage", _S.QUEUED, "L31"),
    "ASB frames interleaved with replies": Row("interleaved", _S.CONFIRMED),
    "no GS ( H support (clone)": Row("clone", _S.CONFIRMED),
    "no GS ( H support, prints it": Row("illiterate", _S.CONFIRMED),
    "slow 1 line/s": Row("slow=1", _S.CONFIRMED),
    "second client holds port 9100": Row("port-held", _S.QUEUED, "L30"),
}
"""Two rows need more than one printer's words: "acks late (after reload)" is `paper-end` and a new
roll, "backup printer fails too" is `--fault` on each of two printers; both are tests of the
terminal's printers (test_escpos_printer_paper)."""


def faults_of(words: str) -> PrinterFaults:
    faults = PrinterFaults()
    for word in words.split():
        faults = parse_fault(word, faults)
    return faults


@pytest.mark.parametrize("name", ROWS)
def test_row_ends_a_slip_as_it_must(name: str) -> None:
    """Faults page, printer: the state and the code of each row, and one slip at most."""
    row = ROWS[name]
    faults = faults_of(row.words)
    door = PrinterDoor(faults=faults)
    door.refusing, door.held = faults.unreachable, faults.port_held
    door.silent = faults.silent

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()
        await desk.later(60)
        await desk.paperwork.print_waiting()

        assert (row.state, row.cause) == (outcome.state, outcome.cause)
        assert len([text for text in desk.door.texts if "SETTLEMENT" in text]) <= 1

    at_the_desk(test, door=door)


def test_paper_ends_at_the_cut_and_not_a_line_earlier() -> None:
    """The row says exactly: one line more, and the slip is confirmed."""

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()

        assert JobState.CONFIRMED is outcome.state

    at_the_desk(test, door=PrinterDoor(faults=faults_of(f"paper-end={SLIP_LINES + 1}")))


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.asyncio
async def test_row_is_switched_on_while_the_printer_runs(name: str) -> None:
    """The same words, typed at it (--control), and taken back."""
    words = ROWS[name].words
    async with printer() as device:
        await control_line(device, f"fault {words}")
        ill = device.faults
        await control_line(device, "fault none")

        assert (faults_of(words), PrinterFaults()) == (ill, device.faults)


def test_every_fault_has_its_row() -> None:
    """A fault that no row names would be one that nobody knows to ask for."""
    named = {row.words.partition("=")[0] for row in ROWS.values()}

    assert set(OPTIONS) == named
