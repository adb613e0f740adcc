"""QR codes, barcodes and dots: everything that becomes a raster.

The two symbol libraries are imported when a symbol is printed, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tallywire.virtual_printer.paper import Place, Raster

BARCODES: Final = {
    # The type byte of GS k (both its forms) → the library's name.
    0: "upca",
    2: "ean13",
    3: "ean8",
    4: "code39",
    5: "itf",
    65: "upca",
    67: "ean13",
    68: "ean8",
    69: "code39",
    70: "itf",
    73: "code128",
}
QR_SIZE_MAX: Final = 2000


def qr_raster(data: bytes, *, module_dots: int, correction: int, place: Place) -> Raster | None:
    """Draw a QR code (ISO/IEC 18004) of square modules; None when nothing can be drawn.

    `correction` is 0 to 3 for L, M, Q, H. The caption holds the data, for the text of the slip.
    """
    import qrcode

    if not data or len(data) > QR_SIZE_MAX:
        return None
    levels = (
        qrcode.ERROR_CORRECT_L,
        qrcode.ERROR_CORRECT_M,
        qrcode.ERROR_CORRECT_Q,
        qrcode.ERROR_CORRECT_H,
    )
    code = qrcode.QRCode(error_correction=levels[correction], border=0)
    code.add_data(data)
    try:
        code.make(fit=True)
    except ValueError:
        return None  # too much data for the level
    rows = [[bool(module) for module in row] for row in code.get_matrix()]
    caption = "QR " + data.decode("utf-8", errors="replace")
    return modules_raster(rows, across=module_dots, down=module_dots, place=place, caption=caption)


def barcode_raster(
    kind: int, data: bytes, *, module_dots: int, height_dots: int, place: Place
) -> Raster | None:
    """Draw a barcode's bars; None for a kind or data that makes no bars."""
    name = BARCODES.get(kind)
    if name is None or height_dots <= 0:
        return None
    import barcode
    from barcode.errors import BarcodeError

    text = data.decode("ascii", errors="replace")
    if name == "code128" and text.startswith("{"):
        text = text[2:]  # the code set is chosen by the library
    options = {"add_checksum": False} if name == "code39" else {}
    try:
        pattern: str = barcode.get(name, text, options=options).build()[0]
    except (BarcodeError, ValueError, KeyError, IndexError):
        return None
    bars = [bar in "1G" for bar in pattern]
    caption = f"barcode {text}"
    raster = modules_raster([bars], across=module_dots, down=1, place=place, caption=caption)
    return Raster(raster.width_bytes, raster.bits * height_dots, place, caption)


def modules_raster(
    rows: Sequence[Sequence[bool]], *, across: int, down: int, place: Place, caption: str = ""
) -> Raster:
    """Blow a matrix of modules up to dots, `across` by `down` each."""
    width_bytes = (len(rows[0]) * across + 7) // 8
    bits = b"".join(_packed(row, across, width_bytes) * down for row in rows)
    return Raster(width_bytes, bits, place, caption)


def _packed(row: Sequence[bool], across: int, width_bytes: int) -> bytes:
    dots = "".join(("1" if module else "0") * across for module in row)
    return int(dots.ljust(width_bytes * 8, "0"), 2).to_bytes(width_bytes, "big")


def scaled(width_bytes: int, bits: bytes, *, across: int, down: int) -> tuple[int, bytes]:
    """Double the dots of a raster across, down, or both (1 or 2)."""
    if across == 1 and down == 1:
        return width_bytes, bits
    rows = [bits[at : at + width_bytes] for at in range(0, len(bits), width_bytes)]
    if across == 2:
        rows = [b"".join(_DOUBLED[byte] for byte in row) for row in rows]
    return width_bytes * across, b"".join(row * down for row in rows)


def _doubled(byte: int) -> bytes:
    return int("".join(bit * 2 for bit in f"{byte:08b}"), 2).to_bytes(2, "big")


_DOUBLED: Final = tuple(_doubled(byte) for byte in range(256))


def columns_raster(columns: bytes, column_bytes: int, place: Place) -> Raster:
    """Turn the columns of ESC * (top bit first) into rows."""
    count = len(columns) // column_bytes
    height = column_bytes * 8
    rows = [
        [bool(columns[x * column_bytes + y // 8] & (0x80 >> y % 8)) for x in range(count)]
        for y in range(height)
    ]
    return modules_raster(rows, across=1, down=1, place=place)


def cropped(raster: Raster, width_bytes_max: int) -> Raster:
    """Cut off what stands beyond the edge of the paper."""
    if raster.width_bytes <= width_bytes_max:
        return raster
    rows = range(0, len(raster.bits), raster.width_bytes)
    bits = b"".join(raster.bits[at : at + width_bytes_max] for at in rows)
    return Raster(width_bytes_max, bits, raster.place, raster.caption)
