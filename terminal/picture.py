"""Lines of paper as a picture: the same cells that a thermal head would burn.

A column is 12 dots, so 32 columns are the 384 dots of 58 mm paper. The typeface is given as
bytes: finding one on this computer is `terminal.aio.fonts`' business.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from terminal.lines import Line

DOTS_58_MM = 384
COLUMN_DOTS = 12


def draw_lines(
    lines: Sequence[Line], *, typeface: bytes | None, width_dots: int = DOTS_58_MM, scale: int = 2
) -> Image.Image:
    """Draw lines on white paper, `width_dots * scale` pixels wide.

    With no `typeface` only ASCII can be drawn: give English lines, never boxes.
    """
    raise NotImplementedError
