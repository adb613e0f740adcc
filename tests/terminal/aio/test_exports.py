from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from protocol.settings import SettingsError
from terminal.aio.exports import export
from terminal.aio.printers import Sheet
from terminal.documents import CopyKind
from terminal.layout import render_text
from terminal.paper import Marks, Paper
from tests.terminal.samples import receipt

SHEET = Sheet("name", receipt(), CopyKind.CARDHOLDER, b"   1", Marks(1, "2026/01/02 11:00:00"))


def test_text_is_what_is_printed(tmp_path: Path) -> None:
    """REQ 003-04."""
    export(SHEET, tmp_path / "receipt.txt", Paper())

    text = (tmp_path / "receipt.txt").read_text(encoding="utf-8")
    assert render_text(SHEET.lines(Paper())) == text


def test_json_is_the_text_that_was_hashed(tmp_path: Path) -> None:
    """REQ 000-03: byte for byte, also when the code has learned new fields since."""
    old = Sheet("name", receipt(), CopyKind.CARDHOLDER, b"   1", body='{"as":"it was"}')
    export(old, tmp_path / "receipt.json", Paper())

    assert b'{"as":"it was"}' == (tmp_path / "receipt.json").read_bytes()


def test_json_of_a_sheet_without_a_snapshot_is_its_data(tmp_path: Path) -> None:
    export(SHEET, tmp_path / "receipt.json", Paper())

    values = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert ("411111******1111", 12345) == (values["card"], values["amount_minor"])


def test_picture_is_a_png(tmp_path: Path) -> None:
    export(SHEET, tmp_path / "receipt.png", Paper(columns=48))

    with Image.open(tmp_path / "receipt.png") as picture:
        assert ("PNG", 2 * (48 * 12 + 48)) == (picture.format, picture.width)


def test_pdf_has_the_papers_own_width(tmp_path: Path) -> None:
    """432 dots of 203 to the inch are 153 points."""
    export(SHEET, tmp_path / "receipt.pdf", Paper())

    data = (tmp_path / "receipt.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/MediaBox [ 0 0 153." in data


@pytest.mark.parametrize("name", ["receipt", "receipt.doc"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"\.txt, \.png, \.pdf, \.json"):
        export(SHEET, tmp_path / name, Paper())

    assert [] == list(tmp_path.iterdir())


def test_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        export(SHEET, tmp_path / "missing" / "receipt.txt", Paper())
