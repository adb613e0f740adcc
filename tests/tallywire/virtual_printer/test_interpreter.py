"""What commands mean: bytes in, actions out."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer.actions import (
    Acknowledge,
    Action,
    Answer,
    Cut,
    OfflineBack,
    Sensor,
    StatusBack,
    Strange,
)
from tallywire.virtual_printer.commands import Tokenizer
from tallywire.virtual_printer.interpreter import Interpreter
from tallywire.virtual_printer.paper import Feed, Line, Place, Raster, Run, Style


def interpreted(data: bytes) -> list[Action]:
    tokenizer, interpreter = Tokenizer(), Interpreter(384)
    tokenizer.receive_data(data)
    actions: list[Action] = []
    while (token := tokenizer.next_token(kanji=interpreter.kanji)) is not None:
        actions += interpreter.interpret(token)
    return actions


def line(text: str, height: int = 30, style: Style | None = None, columns: int = 1) -> Line:
    return Line((Run(text, style or Style(), columns),), Place.LEFT, height)


FONT_B_LARGE = Style(bold=True, underline=1, width=2, height=2, narrow=True)
ACTIONS = [
    # Paper: how far it moves
    (b"a\n", [line("a")]),
    (b"\n", [Feed(30)]),
    (b"\r", []),
    (b"\x1b3\x0a" + b"a\n\n", [line("a", 24), Feed(10)]),
    (b"\x1b3\x0a\x1b2\n", [Feed(30)]),
    (b"\x1b3\x00\n", []),
    (b"\x1d!\x01a\n", [line("a", 48, Style(height=2))]),
    (b"\x1bd\x03", [Feed(90)]),
    (b"a\x1bd\x03", [line("a"), Feed(60)]),
    (b"a\x1bd\x00", [line("a", 24)]),
    (b"\x1bJ\x40", [Feed(64)]),
    (b"a\x1bJ\x40", [line("a", 64)]),
    # The knife, in all its forms
    (b"\x1dV\x00", [Cut.FULL]),
    (b"\x1dV0", [Cut.FULL]),
    (b"\x1dV\x01", [Cut.PARTIAL]),
    (b"\x1dV1", [Cut.PARTIAL]),
    (b"\x1dVA\x10", [Feed(16), Cut.FULL]),
    (b"\x1dVB\x00", [Cut.PARTIAL]),
    (b"\x1dVa\x00", [Cut.FULL]),
    (b"\x1dVh\x08", [Feed(8), Cut.PARTIAL]),
    (b"\x1dV\x07", [Strange(b"\x1dV")]),
    (b"\x1bi", [Cut.PARTIAL]),
    (b"\x1bm", [Cut.PARTIAL]),
    (b"a\x1dV\x00", [line("a"), Cut.FULL]),
    # Styles
    (b"\x1bE\x01a\n", [line("a", style=Style(bold=True))]),
    (b"\x1bE\x01\x1bE\x00a\n", [line("a")]),
    (b"\x1b-2a\n", [line("a", style=Style(underline=2))]),
    (b"\x1b-\x07a\n", [line("a")]),
    (b"\x1b!\xb9a\n", [line("a", 34, FONT_B_LARGE)]),
    (b"\x1c!\x0ca\n", [line("a", 48, Style(width=2, height=2))]),
    (b"\x1d!\x27a\n", [line("a", 192, Style(width=3, height=8))]),
    (b"\x1ba1a\n", [Line((Run("a", Style()),), Place.CENTRE, 30)]),
    (b"\x1ba\x09a\n", [line("a")]),
    (b"\x1bE\x01x\x1b@a\n", [StatusBack(0), OfflineBack.OFF, line("a")]),
    # Characters
    ("\x1c&金\n".encode("gb18030"), [line("金", columns=2)]),
    ("\x1b3\0\x1bM1\x1c&金\n".encode("gb18030"), [line("金", 24, Style(narrow=True), 2)]),
    (b"\x1c&\x81\n", [line("\ufffd", columns=2)]),
    (b"\x1bt\x10\x80\n", [line("€")]),
    (b"\x1bt\xc8\x82\n", [line("é")]),
    (b"a\x7fb\n", [line("a b")]),
    # Questions and answers
    (b"\x1da\x0f", [StatusBack(15)]),
    (b"\x1d(H\x03\x00102", [OfflineBack.WITH_CAUSE]),
    (b"\x1d(H\x03\x00107", []),
    (b"\x1dr\x01", [Sensor.PAPER]),
    (b"\x1dr2", [Sensor.DRAWER]),
    (b"\x1dr\x09", []),
    (b"\x1dIB", [Answer(b"_Tallywire\0")]),
    (b"\x1dI\x09", []),
    (b"\x1d(H\x06\x0000ab12", [Acknowledge(b"ab12")]),
    (b"\x1d(H\x06\x0000ab1\x07", []),
    (b"\x1d(H\x05\x0000ab1", []),
    (b"\x1d(H\x03\x0011\x01", []),
    # Passed over: real-time bytes in the buffer, settings without effect, stray controls
    (b"\x10\x04\x01\x1bR\x03\x1d\x48\x02\x07\x18", []),
    (b"\x1bQ", [Strange(b"\x1bQ")]),
    # Pictures that cannot be
    (b"\x1d(k\x03\x001Q0", []),
    (b"\x1dk\x02letters\x00", []),
    (b"\x1d(L\x02\x000\x32", []),
    (b"\x1dv0\x00\x00\x00\x05\x00", []),
]


@pytest.mark.parametrize(("data", "actions"), ACTIONS)
def test_command_means_what_its_row_says(data: bytes, actions: list[Action]) -> None:
    """REQ 000-15: the commands of receipts, one by one."""
    assert actions == interpreted(data)


def test_picture_is_cropped_at_the_edge_of_the_paper() -> None:
    """50 bytes wide on a head of 48."""
    (raster,) = interpreted(b"\x1dv0\x00\x32\x00\x02\x00" + b"\xff" * 100)

    assert isinstance(raster, Raster)
    assert (48, 2) == (raster.width_bytes, raster.height)


def test_letters_of_several_styles_share_a_line_as_high_as_the_tallest() -> None:
    """The height of the line is that of its largest letter."""
    (mixed,) = interpreted(b"a\x1d!\x11b\x1d!\x00c\n")

    assert isinstance(mixed, Line)
    assert (48, "abc", 48) == (
        mixed.height,
        "".join(run.text for run in mixed.runs),
        mixed.dots,
    )
