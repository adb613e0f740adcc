"""How a dialect is shown to a person."""

from __future__ import annotations

import pytest

from protocol.dialect import builtin_dialect
from tallywire.dialects.table import encodings, show_dialect, written
from tests.protocol.drawn import DIALECTS


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("iso87", "MTI ascii; bitmap ascii; digits as text; text ascii"),
        ("iso87_bcd", "MTI packed; bitmap raw; digits packed; text ascii"),
        ("ebcdic", "MTI cp500; bitmap cp500; digits as text; text cp500"),
    ],
)
def test_encodings_are_few_words(name: str, words: str) -> None:
    assert words == encodings(DIALECTS[name])


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("iso87", 2, "ascii, length of 2 bytes ascii"),
        ("iso87", 7, "ascii, MMDDhhmmss"),
        ("packed", 2, "packed, length of 1 byte BCD, filled up with F behind"),
        ("packed", 23, "packed, filled up with 0 before"),
        ("packed", 60, "ascii, length of 2 bytes binary"),
        ("packed", 52, "raw"),
    ],
)
def test_writing_is_few_words(name: str, number: int, words: str) -> None:
    assert words == written(DIALECTS[name].field[number])


def test_every_field_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_dialect(builtin_dialect("iso87_bcd"))

    shown = capsys.readouterr().out
    assert all(f"\n{number:>3}  " in shown for number in builtin_dialect().field)
    assert "masked" in shown
    assert "..255 bytes" in shown


def test_header_is_shown_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    show_dialect(builtin_dialect("cup"))

    assert "before the MTI: 6000000000 603100311001" in capsys.readouterr().out
