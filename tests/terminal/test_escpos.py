from __future__ import annotations

import pytest

from terminal.documents import CopyKind
from terminal.escpos import encode_job, encode_lines
from terminal.layout import lay_out
from terminal.lines import Align, Line
from terminal.picture import NoTypeface
from terminal.printer_profile import Charset, Confirmation, PrinterProfile
from tests.terminal.samples import receipt

LINES = lay_out(receipt(), CopyKind.MERCHANT)


def test_job_has_the_proven_order() -> None:
    """States page, section 4: ESC @, GS a 15, the job, GS ( H; then the fence for clones."""
    job = encode_job(LINES, process_id=b"abcd")

    assert job.startswith(b"\x1b@\x1da\x0f")
    assert job.endswith(b"\x1dV\x00\x1d(H\x06\x0000abcd\x1dr\x01")


def test_job_for_a_clone_has_no_process_id() -> None:
    profile = PrinterProfile(confirmation=Confirmation.FENCE, cutter=False)
    job = encode_job(LINES, profile, process_id=b"abcd")

    assert b"\x1d(H" not in job
    assert b"\x1dV" not in job
    assert job.endswith(b"\x1dr\x01")


def test_job_for_a_plain_port_asks_nothing() -> None:
    profile = PrinterProfile(confirmation=Confirmation.NONE)

    assert encode_job(LINES, profile, process_id=b"abcd").endswith(b"\x1dV\x00")


@pytest.mark.parametrize(
    ("density", "told"), [(0, b""), (3, b"\x1d(K\x02\x001\x03"), (-6, b"\x1d(K\x02\x001\xfa")]
)
def test_density_is_told_before_the_first_line(density: int, told: bytes) -> None:
    """REQ 000-21: GS ( K function 49; a printer that is to stay as it is set is told nothing."""
    job = encode_job(LINES, PrinterProfile(density=density), process_id=b"abcd")

    assert job.startswith(b"\x1b@\x1da\x0f" + told + b"\x1c&")


def test_line_is_encoded_with_its_style_in_gb18030() -> None:
    line = Line("对账平", bold=True, wide=True, tall=True, align=Align.CENTRE)

    encoded = encode_lines([line])
    assert b"\x1c&\x1d!\x11\x1bE\x01\x1ba\x01" + "对账平".encode("gb18030") + b"\n" in encoded


def test_next_line_takes_the_style_back() -> None:
    encoded = encode_lines([Line("A", bold=True, tall=True), Line("B")])

    assert b"A\n\x1d!\x00\x1bE\x00\x1ba\x00B\n" in encoded


def test_every_printed_line_is_in_the_bytes() -> None:
    """REQ 000-09: what is previewed is what is printed."""
    encoded = encode_lines(LINES)

    for line in LINES:
        if line.qr:
            assert b"\x1d(k" in encoded
            assert line.qr.encode() in encoded
            continue
        assert line.text.encode("gb18030") + b"\n" in encoded


def test_ascii_printer_gets_ascii() -> None:
    profile = PrinterProfile(charset=Charset.ASCII)
    encoded = encode_lines(lay_out(receipt(), CopyKind.MERCHANT, paper=profile.paper), profile)

    assert max(encoded) < 0x80


def test_raster_printer_gets_a_picture_of_the_lines() -> None:
    """REQ 000-15: GS v 0, 48 bytes to a row of 384 dots."""
    encoded = encode_lines([Line("SALE")], PrinterProfile(charset=Charset.RASTER))

    assert encoded.startswith(b"\x1dv0\x00\x30\x00\x1e\x00")


def test_raster_of_chinese_needs_a_typeface() -> None:
    with pytest.raises(NoTypeface):
        encode_lines([Line("消费")], PrinterProfile(charset=Charset.RASTER))
