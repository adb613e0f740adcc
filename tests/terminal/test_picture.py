from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from terminal.aio.fonts import load_typeface
from terminal.documents import CopyKind
from terminal.layout import lay_out
from terminal.lines import Align, Line
from terminal.paper import Paper
from terminal.picture import MARGIN_DOTS, NoTypeface, draw_lines
from tests.terminal.samples import receipt

TYPEFACE = load_typeface()
needs_typeface = pytest.mark.skipif(
    TYPEFACE is None, reason="no CJK typeface here (fonts-wqy-zenhei or fonts-noto-cjk)"
)


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(picture).getbbox()
    assert box is not None
    return box


def test_picture_is_as_wide_as_the_paper_and_as_high_as_its_lines() -> None:
    picture = draw_lines([Line("A"), Line("B", tall=True)], typeface=None, scale=1)

    assert (384 + 2 * MARGIN_DOTS, 30 + 54 + 2 * MARGIN_DOTS) == picture.size


def test_column_of_a_character_is_a_cell_of_twelve_dots() -> None:
    picture = draw_lines([Line(" " * 31 + "X")], typeface=None, scale=1, margin_dots=0)

    left, _, right, _ = ink(picture)
    assert 31 * 12 <= left < right <= 384


def test_double_width_takes_two_cells() -> None:
    plain = draw_lines([Line("HH")], typeface=None, scale=1, margin_dots=0)
    wide = draw_lines([Line("HH", wide=True, tall=True)], typeface=None, scale=1, margin_dots=0)

    assert ink(wide)[2] - ink(wide)[0] > 1.6 * (ink(plain)[2] - ink(plain)[0])


def test_right_aligned_line_ends_at_the_right_edge() -> None:
    lines = [Line("HH", align=Align.RIGHT)]
    picture = draw_lines(lines, typeface=None, scale=1, margin_dots=0)

    assert 384 - 12 < ink(picture)[2] <= 384


def test_chinese_without_a_typeface_is_refused_not_boxed() -> None:
    with pytest.raises(NoTypeface):
        draw_lines([Line("消费")], typeface=None)


def test_ascii_paper_is_drawn_without_a_typeface() -> None:
    lines = lay_out(receipt(), CopyKind.MERCHANT, paper=Paper(ascii_only=True))

    assert ink(draw_lines(lines, typeface=None))


@needs_typeface
def test_wide_letters_stay_in_their_cells() -> None:
    """A proportional M is squeezed into its cell, never cut by the next one."""
    picture = draw_lines([Line("M M")], typeface=TYPEFACE, scale=2, margin_dots=0)

    gap = picture.crop((26, 0, 46, 48))
    assert ImageChops.invert(gap).getbbox() is None


@needs_typeface
def test_a_chinese_character_fills_two_cells() -> None:
    picture = draw_lines([Line("单")], typeface=TYPEFACE, scale=1, margin_dots=0)

    left, _, right, _ = ink(picture)
    assert 16 < right - left <= 24
