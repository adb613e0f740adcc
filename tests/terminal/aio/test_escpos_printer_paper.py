"""Paper that ends at every line of every document, and dots that are the same everywhere."""

from __future__ import annotations

import pytest
from PIL import Image

from tallywire.virtual_printer.drawing import burnt_image
from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.machine import PrinterMachine
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.fonts import load_typeface
from terminal.documents import CopyKind, Document
from terminal.layout import lay_out
from terminal.picture import COLUMN_DOTS, draw_lines
from terminal.printer_profile import Charset, PrinterProfile
from terminal.printing import JobState
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk
from tests.terminal.samples import fault, receipt, settlement
from tests.terminal.test_layout import REFUND, REFUSAL, UNKNOWN

ONE_PAPER: dict[str, Document] = {
    "settlement": settlement(),
    "unknown": UNKNOWN,
    "fault": fault(),
    "refusal": REFUSAL,
}
KINDS = {"settlement": CopyKind.SETTLEMENT, "unknown": CopyKind.SETTLEMENT}
CASES = [
    (name, line)
    for name, document in ONE_PAPER.items()
    for line in range(1, len(lay_out(document, KINDS.get(name, CopyKind.FAULT))) + 1)
]


@pytest.mark.parametrize(("name", "line"), CASES)
def test_paper_ends_at_every_line_of_every_slip(name: str, line: int) -> None:
    """REQ 000-05, P8 and P9: settlement slips and fault slips, as receipts."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=line))

    async def test(desk: Desk) -> None:
        await desk.owe(ONE_PAPER[name])
        (broken,) = await desk.paperwork.print_waiting()
        assert (JobState.FAILED_PARTIAL, "L32") == (broken.state, broken.cause)
        assert ["maybe"] == await desk.issued()

        desk.door.load_paper()
        await desk.later(1)
        await desk.paperwork.print_waiting()

        assert (["CONFIRMED"], ["yes"]) == (await desk.states(), await desk.issued())
        assert "DUPLICATE" not in "".join(desk.door.texts)

    at_the_desk(test, door=door)


@pytest.mark.parametrize("line", [1, 20, 40])
def test_paper_that_ends_twice_is_still_one_original(line: int) -> None:
    """P8 on the new roll as well: the buffer goes on where it stopped."""
    door = PrinterDoor(paper_lines=line)

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        await desk.paperwork.print_waiting()
        desk.door.load_paper(5)
        await desk.later(1)
        await desk.paperwork.print_waiting()
        assert ["FAILED_PARTIAL"] == await desk.states()

        desk.door.load_paper()
        await desk.later(1)
        await desk.paperwork.print_waiting()
        assert ["CONFIRMED"] == await desk.states()
        assert 1 == "".join(desk.door.texts).count("SETTLEMENT SUMMARY")

    at_the_desk(test, door=door)


@pytest.mark.parametrize("second_started", [False, True])
def test_backup_printer_that_fails_too_leaves_the_paper_owed(*, second_started: bool) -> None:
    """Printer faults: backup printer fails too; the first cause is the one to mend."""
    faults = PrinterFaults(breaks_after_lines=3) if second_started else PrinterFaults(offline=True)
    first, second = (
        PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=0)),
        PrinterDoor(faults=faults),
    )

    async def test(desk: Desk) -> None:
        await desk.owe(settlement())
        (outcome,) = await desk.paperwork.print_waiting()
        assert not outcome.printed
        assert 1 == len(await desk.paperwork.owed())
        expected = ("FAILED_PARTIAL", "L37") if second_started else ("QUEUED", "L32")
        assert expected == (outcome.state.value, outcome.cause)

    at_the_desk(
        test,
        door=first,
        printers=lambda door: [EscposPrinter("tcp://1", door), EscposPrinter("tcp://2", second)],
    )


@pytest.mark.parametrize("columns", [32, 48])
def test_raster_on_the_printer_is_the_picture_dot_for_dot(columns: int) -> None:
    """REQ 000-15: what is previewed as a picture is what a printer without Chinese burns."""
    face = load_typeface()
    if face is None:
        pytest.skip("no typeface with Chinese characters on this machine")
    profile = PrinterProfile(columns=columns, charset=Charset.RASTER)
    dots = columns * COLUMN_DOTS

    async def test(desk: Desk) -> None:
        desk.door.machine = PrinterMachine(width_dots=dots)
        await desk.owe(REFUND)
        await desk.paperwork.print_waiting()

        lines = lay_out(REFUND, CopyKind.MERCHANT, paper=profile.paper)
        drawn = draw_lines(lines, typeface=face, width_dots=dots, scale=1, margin_dots=0)
        burnt = burnt_image(desk.door.slips[0])
        size = (drawn.width, drawn.height)
        expected = Image.eval(drawn.convert("1").convert("L"), lambda tone: 255 - tone)
        assert expected.tobytes() == burnt.crop((0, 0, *size)).convert("L").tobytes()

    at_the_desk(test, profile=profile)


def test_words_on_the_printer_are_the_words_of_the_preview() -> None:
    """REQ 000-09: also in 48 columns."""
    profile = PrinterProfile(columns=48)

    async def test(desk: Desk) -> None:
        desk.door.machine = PrinterMachine(width_dots=48 * COLUMN_DOTS)
        name = await desk.owe(receipt())
        previews = [
            await desk.paperwork.preview(name, kind)
            for kind in (CopyKind.MERCHANT, CopyKind.CARDHOLDER)
        ]
        await desk.paperwork.print_waiting()

        printed = [text.split() for text in desk.door.texts]
        assert [preview.split() for preview in previews] == printed

    at_the_desk(test, profile=profile)
