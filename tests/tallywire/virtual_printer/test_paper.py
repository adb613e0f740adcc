"""The roll, and the words on a slip."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer.paper import LINE_DOTS, Feed, Line, Place, Roll, Run, SlipEnd, Style
from tests.tallywire.virtual_printer.hosts import printed

TEXTS = [
    (b"\x1ba\x01centred\n", ("            centred",)),
    (b"\x1ba\x02right\n", (" " * 27 + "right",)),
    (b"\x1ba\x01\x1d!\x11wide\n", (" " * 12 + "wide",)),
    ("\x1c&\x1ba\x02金额\n".encode("gb18030"), (" " * 28 + "金额",)),
    (b"a\n\nb\n", ("a", "", "b")),
    (b"a\x1bd\x03b\n", ("a", "", "", "b")),
    (b"x" * 40 + b"\n", ("x" * 32, "x" * 8)),
    (b"\x1c&" + "金".encode("gb18030") * 17 + b"\n", ("金" * 16, "金")),
    (b"a\tb\n", ("a       b",)),
    (b"\x1bt\x10\x80 5\n", ("€ 5",)),
    (b"\x1bt\x00\x82\n", ("é",)),
    ("\x1c&，。\x1c.ok\n".encode("gb18030"), ("，。ok",)),
    (b"one\r\ntwo\r\n", ("one", "two")),
    (b"cut without line feed", ("cut without line feed",)),
]


@pytest.mark.parametrize(("data", "lines"), TEXTS)
def test_text_of_a_slip_stands_as_on_the_paper(data: bytes, lines: tuple[str, ...]) -> None:
    """REQ 000-09: the words, line by line, right to the column."""
    assert lines == printed(data).lines


def roll(dots: int) -> Roll:
    return Roll(dots_left=dots, width_dots=384, near_end_dots=60)


def line(text: str) -> Line:
    return Line((Run(text, Style()),), Place.LEFT, LINE_DOTS)


def test_line_that_does_not_fit_is_not_begun() -> None:
    """P8: a line is on paper or it is not."""
    paper = roll(LINE_DOTS + 10)

    assert paper.burn(line("a")) is None
    assert line("b") == paper.burn(line("b"))
    slip = paper.part(SlipEnd.ROLL_ENDED)

    assert slip is not None
    assert (("a",), True, False) == (slip.lines, paper.ended, slip.whole)


def test_feed_ends_where_the_paper_ends() -> None:
    """Blank paper is used to its last dot."""
    paper = roll(50)

    assert Feed(20) == paper.burn(Feed(70))
    assert (0, True) == (paper.dots_left, paper.ended)


def test_blank_paper_is_no_slip() -> None:
    """Nobody keeps an empty strip."""
    paper = roll(100)
    paper.burn(Feed(70))

    assert paper.part(SlipEnd.CUT) is None


def test_near_end_is_seen_before_the_end() -> None:
    """The sensor stands before the core."""
    paper = roll(90)
    seen = []
    while not paper.ended:
        seen.append(paper.near_end)
        paper.burn(Feed(LINE_DOTS))

    assert [False, True, True] == seen
