"""Electronic copies: a document as text, picture, PDF or JSON in a file (REQ 003-04).

Word for word what is printed, from the same lines; the PDF is the picture at the paper's own
size. JSON is the text of the snapshot itself, byte for byte what was hashed: with the snapshot's
number and the hash before it, everybody can check it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.settings import SettingsError
from terminal.aio.fonts import find_font, load_typeface
from terminal.aio.printers import Printable, draw_sheet
from terminal.layout import render_text
from terminal.paper import Paper

DOTS_PER_INCH: Final = 203
"""Eight dots to the millimetre, as thermal heads have."""
PDF_SCALE: Final = 3
DRAWN: Final = (".png", ".pdf")
FORMATS: Final = (".txt", ".png", ".pdf", ".json")


def export(sheet: Printable, path: Path, paper: Paper, *, suffix: str = "") -> str:
    """Write a sheet to `path`, whose ending (or `suffix`) chooses the format; whole or not at all.

    Returns "", or L57 when a picture is in English because no typeface here has Chinese.

    Raises SettingsError for another ending or a place that cannot be written.
    """
    suffix = suffix or path.suffix.lower()
    if suffix not in FORMATS:
        raise SettingsError("export", str(path), f"a file ends in {', '.join(FORMATS)}")
    beside = path.with_name(f".{path.name}.part")
    problem = ""
    try:
        _write(sheet, beside, suffix, paper)
        beside.replace(path)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or type(error).__name__}"
    if problem:
        raise SettingsError("export", str(path), problem)
    return "L57" if suffix in DRAWN and find_font() is None else ""


def _write(sheet: Printable, path: Path, suffix: str, paper: Paper) -> None:
    match suffix:
        case ".txt":
            path.write_text(render_text(sheet.lines(paper), paper.columns), encoding="utf-8")
        case ".json":
            path.write_bytes(sheet.json().encode())
        case ".png":
            draw_sheet(sheet, paper, load_typeface()).save(path, "PNG")
        case _:
            picture = draw_sheet(sheet, paper, load_typeface(), scale=PDF_SCALE)
            picture.save(path, "PDF", resolution=DOTS_PER_INCH * PDF_SCALE)
