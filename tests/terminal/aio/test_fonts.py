from __future__ import annotations

from pathlib import Path

import pytest

from terminal.aio.exports import export
from terminal.aio.fonts import VARIABLE, find_font, load_typeface
from terminal.aio.printers import Sheet, lacks_typeface, open_printer, with_typeface
from terminal.documents import CopyKind
from terminal.paper import Paper
from terminal.printer_profile import Charset, PrinterProfile
from tests.terminal.samples import receipt

RASTER = PrinterProfile(charset=Charset.RASTER)
SHEET = Sheet("name", receipt(), CopyKind.CARDHOLDER, b"   1")


@pytest.fixture
def hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without fonts."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_named_directories_are_searched_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "simsun.ttc").write_bytes(b"a font")
    monkeypatch.setenv(VARIABLE, f"{tmp_path / 'a'}:{tmp_path / 'b'}")

    assert tmp_path / "b" / "simsun.ttc" == find_font()
    assert b"a font" == load_typeface()
    assert load_typeface() is load_typeface()


def test_best_of_several_is_taken(hidden: Path) -> None:
    for name in ("simsun.ttc", "wqy-zenhei.ttc", "Vera.ttf"):
        (hidden / name).write_bytes(name.encode())

    assert hidden / "wqy-zenhei.ttc" == find_font()


def test_picture_without_a_typeface_is_in_english_and_says_so(hidden: Path) -> None:
    """Issue: a missing CJK font says so and falls back to ASCII English, not to boxes."""
    codes = {suffix: export(SHEET, hidden / f"r{suffix}", Paper()) for suffix in (".png", ".pdf")}
    codes |= {suffix: export(SHEET, hidden / f"r{suffix}", Paper()) for suffix in (".txt", ".json")}

    assert {".png": "L57", ".pdf": "L57", ".txt": "", ".json": ""} == codes
    assert "持卡人存根" in (hidden / "r.txt").read_text("utf-8")


def test_raster_without_a_typeface_becomes_ascii(hidden: Path) -> None:
    assert Charset.ASCII is with_typeface(RASTER).charset
    assert with_typeface(RASTER).paper.ascii_only
    assert open_printer("tcp://127.0.0.1:1", RASTER).paper.ascii_only


@pytest.mark.parametrize(
    ("url", "profile", "lacks"),
    [
        ("file:papers", PrinterProfile(), True),
        ("file:papers?pictures=no", PrinterProfile(), False),
        ("tcp://127.0.0.1:1", RASTER, True),
        ("mqtts://broker/shop/till", RASTER, True),
        ("tcp://127.0.0.1:1", PrinterProfile(), False),
        ("console:", RASTER, False),
        ("none:", RASTER, False),
    ],
)
def test_only_what_is_drawn_wants_a_typeface(
    hidden: Path, url: str, profile: PrinterProfile, *, lacks: bool
) -> None:
    assert lacks is lacks_typeface(["console:", url], profile)


def test_nothing_is_lacking_where_there_is_one(hidden: Path) -> None:
    (hidden / "simsun.ttc").write_bytes(b"a font")

    assert not lacks_typeface(["file:papers"], RASTER)
    assert Charset.RASTER is with_typeface(RASTER).charset
