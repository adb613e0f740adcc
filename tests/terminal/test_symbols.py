from __future__ import annotations

from PIL import Image

from terminal.lines import Align, Line
from terminal.picture import MARGIN_DOTS, draw_lines
from terminal.symbols import MODULE_DOTS, qr_dots, qr_modules


def test_twelve_digits_make_the_smallest_code() -> None:
    """ISO/IEC 18004: version 1 has 21 modules, and a finder pattern in three corners."""
    modules = qr_modules("600210000345")

    assert (21, 21 * MODULE_DOTS) == (len(modules), qr_dots("600210000345"))
    finder = (True,) * 7
    assert [finder] * 3 == [modules[0][:7], modules[0][-7:], modules[-1][:7]]


def test_picture_has_the_modules_in_its_middle_and_is_as_high() -> None:
    text = "600210000345"
    line = Line(f"[QR {text}]", align=Align.CENTRE, qr=text)
    picture = draw_lines([line], typeface=None, scale=1)

    left = MARGIN_DOTS + (384 - qr_dots(text)) // 2
    seen = picture.crop((left, MARGIN_DOTS, left + qr_dots(text), MARGIN_DOTS + qr_dots(text)))
    small = seen.resize((21, 21), Image.Resampling.NEAREST)
    rows = [tuple(small.getpixel((x, y)) < 128 for x in range(21)) for y in range(21)]  # type: ignore[operator] # a grey picture's pixels are numbers
    assert list(qr_modules(text)) == rows
    assert qr_dots(text) + 2 * MARGIN_DOTS == picture.height
