"""Slips as pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tallywire.virtual_printer.drawing import burnt_image, draw_slip, slip_png
from tests.tallywire.virtual_printer.hosts import CUT, connected, printed


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    return sum(image.crop(box).histogram()[128:])


def test_characters_stand_in_their_cells() -> None:
    """REQ 000-15: a column is 12 dots, a Chinese character two columns."""
    slip = printed("\x1c&A金B\n".encode("gb18030"))

    picture = burnt_image(slip)

    assert (384, 30) == picture.size
    for left, right in ((0, 12), (12, 36), (36, 48)):
        assert ink(picture, (left, 0, right, 30)) > 0
    assert 0 == ink(picture, (48, 0, 384, 30))


STYLED = [
    # command, the box (left, top, right, bottom) within which "A" must stay
    (b"", (0, 0, 12, 24)),
    (b"\x1ba\x01", (186, 0, 198, 24)),
    (b"\x1ba\x02", (372, 0, 384, 24)),
    (b"\x1d!\x10", (0, 0, 24, 24)),
    (b"\x1d!\x01", (0, 0, 12, 48)),
    (b"\x1d!\x11\x1ba\x01", (180, 0, 204, 48)),
    (b"\x1b!\x30", (0, 0, 24, 48)),
    (b"\x1bM\x01", (0, 0, 9, 17)),
    (b"\x1b$\x18\x00", (24, 0, 36, 24)),
]


@pytest.mark.parametrize(("command", "box"), STYLED)
def test_letter_is_drawn_where_its_style_puts_it(
    command: bytes, box: tuple[int, int, int, int]
) -> None:
    """Alignment, double size, font B, absolute position."""
    picture = burnt_image(printed(command + b"A\n"))

    everything = ink(picture, (0, 0, *picture.size))
    assert everything > 0
    assert everything == ink(picture, box)


def test_bold_burns_more_than_plain() -> None:
    """ESC E."""
    plain, bold = (burnt_image(printed(head + b"AMOUNT\n")) for head in (b"", b"\x1bE\x01"))

    assert ink(bold, (0, 0, 384, 30)) > ink(plain, (0, 0, 384, 30))


def test_underline_runs_below_blanks_too() -> None:
    """ESC - 1 draws the whole cell's width, ESC - 2 twice as thick."""
    thin, thick = (burnt_image(printed(b"\x1b-" + n + b"    \n.")) for n in (b"\x01", b"\x02"))

    assert (48, 96) == (ink(thin, (0, 0, 48, 24)), ink(thick, (0, 0, 48, 24)))


def test_reverse_is_white_on_black() -> None:
    """GS B 1: the corners of the cell are burnt."""
    picture = burnt_image(printed(b"\x1dB\x01A\n"))

    assert [255, 255] == [picture.getpixel((0, 0)), picture.getpixel((11, 23))]


def test_raster_is_drawn_dot_by_dot() -> None:
    """GS v 0, in the middle of the paper."""
    slip = printed(b"\x1ba\x01\x1dv0\x00\x01\x00\x02\x00\x81\xff")

    picture = burnt_image(slip)

    assert (1 + 1 + 8) == ink(picture, (0, 0, 384, 2))
    assert [255, 0, 255] == [picture.getpixel((x, 0)) for x in (188, 189, 195)]


def test_doubled_raster_is_four_times_as_large() -> None:
    """GS v 0 with m = 3."""
    picture = burnt_image(printed(b"\x1dv0\x03\x01\x00\x01\x00\x80"))

    assert 4 == ink(picture, (0, 0, 2, 2))
    assert 4 == ink(picture, (0, 0, *picture.size))


def test_raster_is_torn_at_the_row_where_the_paper_ends() -> None:
    """P8 in a picture: 30 dots of paper left, 40 rows to print."""
    machine = connected(paper_lines=1)
    machine.receive_data(b"\x1dv0\x00\x01\x00\x28\x00" + b"\xff" * 40, 0.0)
    (first,) = machine.take_slips()

    machine.load_paper(100, 1.0)
    machine.receive_data(CUT, 1.0)

    assert (30, 10) == (first.height, machine.take_slips()[0].height)


def test_cut_is_straight_and_the_torn_end_is_not() -> None:
    """One sees at once which slip is whole."""
    whole, torn = printed(b"hello\n"), connected(paper_lines=1)
    torn.receive_data(b"hello\n", 0.0)
    (fragment,) = torn.take_slips()

    pictures = [draw_slip(slip, scale=1) for slip in (whole, fragment)]

    assert pictures[0].size == pictures[1].size
    assert pictures[0].tobytes() != pictures[1].tobytes()


def test_png_is_a_picture_of_the_slip() -> None:
    """The file opens and has the size of the drawing."""
    slip = printed(b"hello\n")

    with Image.open(io.BytesIO(slip_png(slip))) as picture:
        assert ("PNG", draw_slip(slip).size) == (picture.format, picture.size)
