"""A slip as a picture: what a thermal head would have burnt, on a strip of paper.

One dot is `scale` pixels. Letters stand in the cells a printer gives them, whatever the width of
the typeface; each glyph is drawn once and kept. Paper has a margin on both sides, and an end that
shows how it came off: cut straight, or torn.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final, assert_never

from PIL import Image, ImageChops, ImageDraw

from tallywire.virtual_printer.paper import (
    Feed,
    Line,
    Mark,
    Place,
    Raster,
    Run,
    Slip,
    SlipEnd,
    Style,
)
from terminal.aio.fonts import load_typeface
from terminal.picture import draw_glyph

MARGIN_DOTS: Final = 28
LEAD_DOTS: Final = 20
"""Blank paper before the first line and after the last."""
TABLE_DOTS: Final = 12
"""What is seen of the table around the paper."""
TOOTH_DOTS: Final = 6
SCALE: Final = 2
GLYPHS_MAX: Final = 8192
PAPER: Final = 251
TABLE: Final = 214
SHADOW: Final = 186
INK: Final = 24
_PAPER_TINT: Final = (0.992, 0.984, 0.961)
_SIXTEEN: Final = [round(tone / 17) for tone in range(256)]


def slip_png(slip: Slip, *, scale: int = SCALE) -> bytes:
    """Return the slip as PNG of 16 greys: half the size and half the time of 256."""
    picture = draw_slip(slip, scale=scale).point(_SIXTEEN)
    file = io.BytesIO()
    indexed = Image.frombytes("P", picture.size, picture.tobytes())
    indexed.putpalette([round(17 * tone * part) for tone in range(16) for part in _PAPER_TINT])
    indexed.save(file, "PNG", compress_level=1, bits=4)
    return file.getvalue()


def draw_slip(slip: Slip, *, scale: int = SCALE) -> Image.Image:
    """Draw the slip on its paper, lying on a table; grey values, `scale` pixels to a dot."""
    around, margin = TABLE_DOTS * scale, MARGIN_DOTS * scale
    burnt = burnt_image(slip, scale=scale)
    width = burnt.width + 2 * margin
    height = burnt.height + 2 * LEAD_DOTS * scale
    picture = Image.new("L", (width + 2 * around, height + 2 * around), TABLE)
    outline = _outline(width, height, torn=slip.end is not SlipEnd.CUT, tooth=TOOTH_DOTS * scale)
    draw = ImageDraw.Draw(picture)
    for step, tone in ((3, 206), (2, 197), (1, SHADOW)):
        shift = around + step * scale
        draw.polygon([(x + shift, y + shift) for x, y in outline], fill=tone)
    draw.polygon([(x + around, y + around) for x, y in outline], fill=PAPER)
    picture.paste(INK, (around + margin, around + LEAD_DOTS * scale), burnt)
    return picture


def burnt_image(slip: Slip, *, scale: int = 1) -> Image.Image:
    """Draw only the printed area, white on black: 255 is a burnt dot; `width_dots * scale` wide."""
    strip = Image.new("L", (slip.width_dots * scale, max(1, slip.height) * scale), 0)
    top = 0
    for mark in slip.marks:
        _burn(strip, mark, top * scale, scale)
        top += mark.height
    return strip


def _outline(width: int, height: int, *, torn: bool, tooth: int) -> list[tuple[int, int]]:
    """The paper's edge: fine teeth of the knife above, below cut as above or torn askew."""
    fine = max(2, tooth // 3)
    upper = [(x, fine * (place % 2)) for place, x in enumerate(range(0, width + fine, fine))]
    if not torn:
        lower = [(x, height - y) for x, y in reversed(upper)]
    else:
        depths = (0, 5, 2, 7, 3, 8, 1, 6, 4, 9)
        lower = [
            (x, height - depths[place % 10] * tooth // 6 + tooth // 2 + (x * tooth // width))
            for place, x in enumerate(range(0, width + 2 * tooth, 2 * tooth))
        ][::-1]
    return [(min(x, width), y) for x, y in upper + lower]


def _burn(strip: Image.Image, mark: Mark, top: int, scale: int) -> None:
    match mark:
        case Line():
            _burn_line(strip, mark, top, scale)
        case Raster():
            width = mark.width_bytes * 8
            picture = Image.frombytes("1", (width, mark.height), mark.bits).convert("L")
            if scale != 1:
                picture = picture.resize(
                    (width * scale, mark.height * scale), Image.Resampling.NEAREST
                )
            strip.paste(picture, (_left(mark.place, picture.width, strip.width), top))
        case Feed():
            pass
        case _:
            assert_never(mark)


def _left(place: Place, width: int, room: int) -> int:
    spare = max(0, room - width)
    return {Place.LEFT: 0, Place.CENTRE: spare // 2, Place.RIGHT: spare}[place]


def _burn_line(strip: Image.Image, line: Line, top: int, scale: int) -> None:
    left = _left(line.place, line.dots * scale, strip.width)
    base = max((run.height for run in line.runs), default=0)
    for run in line.runs:
        # Letters of different heights stand on one base line.
        cell_top = top + (base - run.height) * scale
        _burn_run(strip, run, (left, cell_top), scale)
        left += run.dots * scale


def _burn_run(strip: Image.Image, run: Run, corner: tuple[int, int], scale: int) -> None:
    x, y = corner
    style = run.style
    cell_width = run.dots // len(run.text) * scale
    cell_height = run.height * scale
    for character in run.text:
        if not character.isspace():
            glyph = _glyph(character, run.columns, style, scale)
            strip.paste(255, (x, y), glyph)
        x += cell_width
    box = (corner[0], y, x, y + cell_height)
    if style.underline:
        thickness = style.underline * scale
        strip.paste(255, (box[0], box[3] - thickness, box[2], box[3]))
    if style.reverse:
        inked = strip.crop(box).point([255 - tone for tone in range(256)])
        strip.paste(inked, box[:2])


@lru_cache(maxsize=GLYPHS_MAX)
def _glyph(character: str, columns: int, style: Style, scale: int) -> Image.Image:
    """One character in its cell, as a mask: the same drawing as in a receipt's own picture."""
    drawn = draw_glyph(
        character, load_face(), columns, style.width, style.height, scale, style.bold
    )
    mask = ImageChops.invert(drawn)
    if style.narrow and columns == 1:
        mask = mask.resize((style.column_dots * scale, style.character_dots * scale))
    return mask


@lru_cache(maxsize=1)
def load_face() -> bytes | None:
    """Return the typeface, found once; None leaves what is not ASCII to the built-in one."""
    return load_typeface()
