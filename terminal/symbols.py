"""QR codes as modules (ISO/IEC 18004): the one picture on a receipt.

A person who has the paper scans it instead of typing twelve digits. Every output shows the same
symbol at the same place: an ESC/POS printer draws it itself from the same data and level, a
picture is drawn from these modules, and a preview has one line for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import qrcode

MODULE_DOTS: Final = 6
"""One module on paper: 0.75 mm at eight dots to the millimetre, wide enough for any scanner."""
CORRECTION: Final = qrcode.ERROR_CORRECT_M

Modules = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=64)
def qr_modules(text: str) -> Modules:
    """Return the rows of a QR code without its quiet zone; True is black."""
    code = qrcode.QRCode(error_correction=CORRECTION, border=0)
    code.add_data(text.encode("ascii"))
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def qr_dots(text: str) -> int:
    """Return the height and width of a QR code on paper."""
    return len(qr_modules(text)) * MODULE_DOTS
