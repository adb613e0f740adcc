"""Lines of paper as ESC/POS bytes, built by python-escpos' `Dummy`; no byte is sent from here.

A job, in the proven order: `ESC @` (forget the job before), `GS a 15` (tell status by yourself),
how dark to print where that is set, the lines, feed and cut, and then what says that everything
before it is done: `GS ( H` with a process ID, and `GS r 1` behind it as the fence for clones that
do not know process IDs.

Chinese goes out as GB18030 with `FS &`. A printer without a Chinese font gets the picture of the
lines instead (raster), or English in ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from terminal.lines import Align, Line
from terminal.picture import COLUMN_DOTS, draw_lines
from terminal.printer_profile import DEFAULT_PROFILE, Charset, Confirmation, PrinterProfile
from terminal.printer_status import ENABLE_ASB, FENCE, process_id_request
from terminal.symbols import MODULE_DOTS

INITIALISE: Final = b"\x1b@"
CHINESE_ON: Final = b"\x1c&"
CHINESE_OFF: Final = b"\x1c."
SET_DENSITY: Final = b"\x1d(K\x02\x001"
LINES_FED_BEFORE_CUT: Final = 4
"""From the head to the knife."""

_ALIGN: Final = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}


def encode_job(
    lines: Sequence[Line],
    profile: PrinterProfile = DEFAULT_PROFILE,
    *,
    process_id: bytes,
    typeface: bytes | None = None,
) -> bytes:
    """Return the bytes of one job, from ESC @ to its process ID."""
    body = encode_lines(lines, profile, typeface=typeface)
    return INITIALISE + ENABLE_ASB + _density(profile) + body + _closing(profile, process_id)


def encode_lines(
    lines: Sequence[Line],
    profile: PrinterProfile = DEFAULT_PROFILE,
    *,
    typeface: bytes | None = None,
) -> bytes:
    """Return the bytes of lines and the cut after them."""
    printer = Dummy()
    if profile.charset is Charset.RASTER:
        dots = profile.columns * COLUMN_DOTS
        picture = draw_lines(lines, typeface=typeface, width_dots=dots, scale=1, margin_dots=0)
        printer.image(picture.convert("1"))
    else:
        printer._raw(CHINESE_ON if profile.charset is Charset.GB18030 else CHINESE_OFF)
        for line in lines:
            _text(printer, line, profile.charset)
    if profile.cutter:
        printer.cut()
    else:
        printer.print_and_feed(LINES_FED_BEFORE_CUT)
    return bytes(printer.output)


def _text(printer: Dummy, line: Line, charset: Charset) -> None:
    """One line: a QR code, or characters in a style that the next line takes back."""
    if line.qr:
        printer.set(align=_ALIGN[line.align])
        printer.qr(line.qr, ec=QR_ECLEVEL_M, size=MODULE_DOTS, native=True)
        return
    printer.set(
        align=_ALIGN[line.align],
        bold=line.bold,
        custom_size=True,
        width=2 if line.wide else 1,
        height=2 if line.tall else 1,
    )
    encoding = "ascii" if charset is Charset.ASCII else "gb18030"
    printer._raw(line.text.encode(encoding, "replace") + b"\n")


def _density(profile: PrinterProfile) -> bytes:
    """GS ( K function 49; nothing at all for who leaves the printer as it is set."""
    return SET_DENSITY + bytes((profile.density % 256,)) if profile.density else b""


def _closing(profile: PrinterProfile, process_id: bytes) -> bytes:
    match profile.confirmation:
        case Confirmation.PROCESS_ID:
            return process_id_request(process_id) + FENCE
        case Confirmation.FENCE:
            return FENCE
        case Confirmation.NONE:
            return b""
