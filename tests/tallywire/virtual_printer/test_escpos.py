"""python-escpos as a foreign client: what it sends is what is drawn."""

from __future__ import annotations

import asyncio

import pytest
import qrcode
from escpos.printer import Dummy, Network
from PIL import Image

from tallywire.virtual_printer import Slip, VirtualPrinter
from tallywire.virtual_printer.drawing import burnt_image
from tallywire.virtual_printer.paper import Line, Raster
from tests.tallywire.virtual_printer.hosts import PATIENCE_S, connected


def print_receipt(printer: Dummy | Network) -> None:
    printer.hw("INIT")
    printer.set(align="center", bold=True, double_width=True, double_height=True)
    printer.text("CORNER SHOP\n")
    printer.set(align="left", bold=False, normal_textsize=True, underline=1)
    printer.text("Café crème   3.50 €\n")
    printer.set(underline=0)
    printer.qr("REF 123456", native=True, size=4)
    printer.cut()


def slips_of(dummy: Dummy) -> list[Slip]:
    machine = connected()
    machine.receive_data(dummy.output, 0.0)
    assert 0 == machine.counters.unknown_commands
    return machine.take_slips()


def test_text_styles_and_cut_come_out_as_they_were_meant() -> None:
    """Held against the library: words, styles, code pages."""
    dummy = Dummy()

    print_receipt(dummy)

    (slip,) = slips_of(dummy)
    lines = [mark for mark in slip.marks if isinstance(mark, Line)]
    words = [line for line in slip.lines if line]
    assert ["     CORNER SHOP", "Café crème   3.50 €", "[QR REF 123456]"] == words
    assert {(True, 2, 2)} == {
        (run.style.bold, run.style.width, run.style.height) for run in lines[0].runs
    }
    assert {(False, 1, 1)} == {
        (run.style.underline == 0, run.style.width, run.style.height) for run in lines[1].runs
    }


def test_native_qr_code_is_the_library_s_own_matrix() -> None:
    """GS ( k: four dots to a module, the data as given."""
    dummy = Dummy()
    dummy.qr("REF 123456", native=True, size=4)
    dummy.cut()

    (slip,) = slips_of(dummy)

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, border=0)
    code.add_data("REF 123456")
    code.make()
    picture = burnt_image(slip)
    size = len(code.get_matrix())
    drawn = [
        [picture.getpixel((x * 4 + 1, y * 4 + 1)) == 255 for x in range(size)] for y in range(size)
    ]
    assert code.get_matrix() == drawn


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_picture_comes_out_dot_for_dot_whichever_way_it_is_sent(way: str) -> None:
    """GS v 0, GS ( L and ESC * draw the same."""
    picture = Image.new("1", (64, 48), 1)
    for at in range(48):
        picture.putpixel((at, at), 0)
        picture.putpixel((63 - at // 2, at), 0)
    dummy = Dummy()

    dummy.image(picture, impl=way)
    dummy.cut()

    (slip,) = slips_of(dummy)
    rasters = [mark for mark in slip.marks if isinstance(mark, Raster)]
    bits = b"".join(raster.bits for raster in rasters)
    expected = bytes(255 - byte for byte in picture.tobytes())
    assert expected == bits
    assert 8 == rasters[0].width_bytes


@pytest.mark.parametrize(
    ("kind", "data"), [("EAN13", "123456789012"), ("CODE39", "TALLY"), ("CODE128", "{BTally-1")]
)
def test_barcode_is_drawn_as_bars(kind: str, data: str) -> None:
    """GS k in both its forms: bars from top to bottom."""
    dummy = Dummy()
    dummy.barcode(data, kind, height=50, width=2)
    dummy.cut()

    (slip,) = slips_of(dummy)

    (bars,) = [mark for mark in slip.marks if isinstance(mark, Raster)]
    first, last = bars.bits[: bars.width_bytes], bars.bits[-bars.width_bytes :]
    assert (50, first) == (bars.height, last)
    assert any(first)


@pytest.mark.asyncio
async def test_network_client_prints_over_tcp() -> None:
    """A foreign client over a real socket, on a thread of its own."""
    device = VirtualPrinter()
    await device.start()

    def print_and_ask() -> tuple[bool, int]:
        network = Network(device.host, port=device.port, timeout=PATIENCE_S)
        try:
            print_receipt(network)
            return network.is_online(), network.paper_status()
        finally:
            network.close()

    try:
        async with asyncio.timeout(PATIENCE_S):
            online, paper = await asyncio.to_thread(print_and_ask)
            (slip,) = await device.wait_for_slips(1)
    finally:
        await device.stop()

    plenty = 2
    assert (True, plenty) == (online, paper)
    assert "CORNER SHOP" in slip.text
