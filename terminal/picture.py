"""Lines of paper as a picture: the same cells that a thermal head would burn.

A column is 12 dots and a line 30, so 32 columns are the 384 dots of 58 mm paper. Every character
is set into its own cell or two, whatever the typeface thinks of widths, so what is aligned in
columns is aligned in the picture. The typeface is given as bytes: finding one on this computer is
`terminal.aio.fonts`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from math import ceil
from typing import Final, assert_never

from PIL import Image, ImageDraw, ImageFont

from terminal.lines import Align, Line, character_width
from terminal.symbols import qr_dots, qr_modules

DOTS_58_MM: Final = 384
COLUMN_DOTS: Final = 12
CHARACTER_DOTS: Final = 24
LINE_DOTS: Final = 30
MARGIN_DOTS: Final = 24
PAPER: Final = 255
INK: Final = 24
FACES_MAX: Final = 16
OTHER_REGIONS: Final = ("JP", "KR", "TC", "HK")
"""Faces of a pan-CJK collection that draw some characters as other countries write them."""


class NoTypeface(ValueError):
    """Chinese was to be drawn without a typeface that has it: boxes are never drawn."""


def draw_lines(
    lines: Sequence[Line],
    *,
    typeface: bytes | None,
    width_dots: int = DOTS_58_MM,
    scale: int = 2,
    margin_dots: int = MARGIN_DOTS,
) -> Image.Image:
    """Draw lines on white paper in grey, `scale` pixels to a dot, with a margin all around.

    With no `typeface` only ASCII can be drawn: give English lines. Raises NoTypeface.
    """
    if typeface is None and not all(line.text.isascii() for line in lines):
        raise NoTypeface("no typeface with Chinese characters; lay the document out in ASCII")
    height = sum(_height(line) for line in lines)
    size = ((width_dots + 2 * margin_dots) * scale, (height + 2 * margin_dots) * scale)
    picture = Image.new("L", size, PAPER)
    top = margin_dots * scale
    for line in lines:
        if line.qr:
            symbol = _symbol(line.qr, scale)
            left = _left(line, symbol.width, width_dots, margin_dots, scale)
            picture.paste(symbol, (left, top))
        elif line.text:
            strip = _strip(line, typeface, scale)
            picture.paste(strip, (_left(line, strip.width, width_dots, margin_dots, scale), top))
        top += _height(line) * scale
    return picture


def _height(line: Line) -> int:
    if line.qr:
        return qr_dots(line.qr)
    return LINE_DOTS + CHARACTER_DOTS if line.tall else LINE_DOTS


def _left(line: Line, strip: int, width_dots: int, margin_dots: int, scale: int) -> int:
    free = width_dots * scale - strip
    match line.align:
        case Align.LEFT:
            offset = 0
        case Align.CENTRE:
            offset = free // 2
        case Align.RIGHT:
            offset = free
        case _:
            assert_never(line.align)
    return margin_dots * scale + offset


def _symbol(text: str, scale: int) -> Image.Image:
    modules, size = qr_modules(text), qr_dots(text) * scale
    symbol = Image.new("L", (len(modules), len(modules)), PAPER)
    symbol.putdata([INK if module else PAPER for row in modules for module in row])
    return symbol.resize((size, size), Image.Resampling.NEAREST)


def _strip(line: Line, typeface: bytes | None, scale: int) -> Image.Image:
    """Draw one line's characters in cells of their own size."""
    wide, tall = (2 if line.wide else 1), (2 if line.tall else 1)
    cell = COLUMN_DOTS * wide * scale
    high = CHARACTER_DOTS * tall * scale
    columns = sum(map(character_width, line.text))
    strip = Image.new("L", (max(columns * cell, 1), high), PAPER)
    column = 0
    for character in line.text:
        taken = character_width(character)
        if character != " ":
            glyph = draw_glyph(character, typeface, taken, wide, tall, scale, line.bold)
            strip.paste(glyph, (column * cell, 0))
        column += taken
    return strip


@lru_cache(maxsize=4096)
def draw_glyph(
    character: str,
    typeface: bytes | None,
    taken: int,
    wide: int,
    tall: int,
    scale: int,
    bold: bool,  # noqa: FBT001 - a private leaf, called in one place
) -> Image.Image:
    """Draw one character into its cell; drawn at the final size when it grows both ways."""
    size = CHARACTER_DOTS * scale * tall
    font = _font(typeface, round(size * 0.92))
    stroke = max(1, round(size / 40)) if bold else 0
    left, _, right, _ = font.getbbox(character, anchor="ms", stroke_width=stroke)
    # A proportional typeface's W or M is wider than a cell: it is drawn whole, then squeezed.
    room = max(COLUMN_DOTS * taken * tall * scale, 2 * ceil(max(-left, right)) + 2)
    natural = Image.new("L", (room, size), PAPER)
    pen = ImageDraw.Draw(natural)
    if character in "-_":
        _rule(pen, character, natural.width, size)
    else:
        where = (natural.width / 2, size * 0.80)
        pen.text(where, character, fill=INK, font=font, anchor="ms", stroke_width=stroke)
    width = COLUMN_DOTS * taken * wide * scale
    return natural if width == natural.width else natural.resize((width, size))


def _rule(pen: ImageDraw.ImageDraw, character: str, width: int, size: int) -> None:
    """Draw a dash or an underscore as a bar that nearly fills its cell, so that rules are even."""
    thick = max(2, size // 16)
    top = round(size * (0.52 if character == "-" else 0.9))
    left = round(width * 0.12) if character == "-" else 0
    pen.rectangle((left, top, width - left - 1, top + thick - 1), fill=INK)


@lru_cache(maxsize=16)
def _font(typeface: bytes | None, size: int) -> ImageFont.FreeTypeFont:
    if typeface is None:
        built_in = ImageFont.load_default(size)
        assert isinstance(built_in, ImageFont.FreeTypeFont)
        return built_in
    return ImageFont.truetype(BytesIO(typeface), size, index=_face(typeface))


@lru_cache(maxsize=4)
def _face(typeface: bytes) -> int:
    """Return which face of a collection to use: one of even widths where there is one."""
    for index in range(FACES_MAX):
        try:
            family, _ = ImageFont.truetype(BytesIO(typeface), CHARACTER_DOTS, index).getname()
        except OSError:
            break
        if family and "Mono" in family and not family.endswith(OTHER_REGIONS):
            return index
    return 0
