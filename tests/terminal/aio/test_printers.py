from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from protocol.settings import SettingsError
from tallywire.virtual_printer.server import VirtualPrinter
from terminal.aio.cloud_printer import CloudPrinter
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.printers import (
    ConsolePrinter,
    FilePrinter,
    NoPrinter,
    Readiness,
    Sheet,
    draw_sheet,
    open_printer,
)
from terminal.documents import CopyKind
from terminal.layout import render_text
from terminal.paper import Marks, Paper
from terminal.printer_status import Cause
from terminal.printing import Confirmed, Interrupted, NothingSent
from tests.terminal.samples import receipt

SHEET = Sheet("R000012-000345/merchant#1", receipt(), CopyKind.MERCHANT, b"   1")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("tcp://127.0.0.1:9100", EscposPrinter),
        ("tcp://[::1]:9100", EscposPrinter),
        ("mqtt://127.0.0.1:1883/shop/till", CloudPrinter),
        ("mqtts://[::1]/shop/floor-1/till", CloudPrinter),
        ("file:slips", FilePrinter),
        ("console:", ConsolePrinter),
        ("none:", NoPrinter),
    ],
)
def test_open_printer_knows_its_urls(url: str, kind: type) -> None:
    assert kind is type(open_printer(url))


@pytest.mark.parametrize("url", ["", "tcp://host", "tcp://:9100", "tcp://h:x", "file:", "usb:1"])
def test_open_printer_refuses_what_names_no_printer(url: str) -> None:
    """REQ 003-07: the sentence says what is allowed."""
    with pytest.raises(SettingsError, match="file:DIR, console: or none:"):
        open_printer(url)


def test_file_printer_writes_text_and_picture(tmp_path: Path) -> None:
    """REQ 003-04: the electronic copy, whole or not at all."""
    printer = open_printer(f"file:{tmp_path / 'slips'}")

    async def run() -> None:
        assert Readiness() == await printer.preflight()
        assert Confirmed() == await printer.send(SHEET)

    asyncio.run(run())

    names = sorted(path.name for path in (tmp_path / "slips").iterdir())
    assert ["R000012-000345-merchant-1.png", "R000012-000345-merchant-1.txt"] == names
    text = (tmp_path / "slips" / names[1]).read_text(encoding="utf-8")
    assert render_text(SHEET.lines(Paper())) == text
    with Image.open(tmp_path / "slips" / names[0]) as picture:
        assert 2 * (384 + 48) == picture.width


def test_file_printer_without_pictures(tmp_path: Path) -> None:
    printer = open_printer(f"file:{tmp_path}?pictures=no")

    assert Confirmed() == asyncio.run(printer.send(SHEET))
    assert [".txt"] == [path.suffix for path in tmp_path.iterdir()]


def test_file_printer_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    printer = open_printer(f"file:{tmp_path / 'file'}?pictures=no")

    assert Readiness(Cause.UNREACHABLE) == asyncio.run(printer.preflight())
    assert NothingSent(Cause.UNREACHABLE) == asyncio.run(printer.send(SHEET))


def test_console_printer_writes_the_preview() -> None:
    stream = io.StringIO()
    printer = open_printer("console:", stream=stream)

    assert Confirmed() == asyncio.run(printer.send(SHEET))
    assert render_text(SHEET.lines(Paper())) + "\n" == stream.getvalue()


def test_console_printer_on_a_closed_stream_does_not_know() -> None:
    """Some of it may have been shown before the stream broke."""
    stream = io.StringIO()
    stream.close()

    assert Interrupted() == asyncio.run(ConsolePrinter(Paper(), stream).send(SHEET))


def test_no_printer_says_that_printing_is_switched_off() -> None:
    """REQ 003-06."""
    printer = open_printer("none:")

    assert Readiness(Cause.SWITCHED_OFF) == asyncio.run(printer.preflight())
    assert NothingSent(Cause.SWITCHED_OFF) == asyncio.run(printer.send(SHEET))


def test_picture_without_a_typeface_is_english_not_boxes() -> None:
    assert draw_sheet(SHEET, Paper(), None).height > 1000


def test_file_printer_writes_over_its_own_paper_only(tmp_path: Path) -> None:
    """Each job has its own name, so a duplicate never replaces an original."""
    printer = open_printer(f"file:{tmp_path}?pictures=no")
    again = Sheet(
        "R000012-000345/merchant#2", receipt(), CopyKind.MERCHANT, b"   2", Marks(1, "now")
    )

    async def run() -> None:
        await printer.send(SHEET)
        await printer.send(again)

    asyncio.run(run())

    assert 2 == len(list(tmp_path.iterdir()))


@pytest.mark.asyncio
async def test_virtual_printer_over_a_real_socket() -> None:
    """P7 end to end: status before, the job, its process ID echoed."""
    virtual = VirtualPrinter()
    await virtual.start()
    printer = open_printer(f"tcp://{virtual.host}:{virtual.port}")
    try:
        assert Readiness() == await printer.preflight()
        assert Confirmed() == await printer.send(SHEET)
    finally:
        await printer.close()
        await virtual.stop()

    (slip,) = virtual.printed
    lines = [line.strip() for line in render_text(SHEET.lines(Paper())).splitlines()]
    assert [line for line in lines if line] == [line.strip() for line in slip.lines if line.strip()]


@pytest.mark.asyncio
async def test_port_that_nobody_listens_on_is_unreachable() -> None:
    virtual = VirtualPrinter()
    await virtual.start()
    await virtual.stop()
    printer = open_printer(f"tcp://{virtual.host}:{virtual.port}")

    assert Readiness(Cause.UNREACHABLE) == await printer.preflight()
    await printer.close()
