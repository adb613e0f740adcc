"""What the printer remembers for its next picture: QR data, sizes of symbols, a stored raster."""

from __future__ import annotations

from typing import Final

from tallywire.virtual_printer import symbols
from tallywire.virtual_printer.paper import Place, Raster

PICTURE_SIZE_MAX: Final = 32 * 1024
QR_FAMILY: Final = b"1"


class Pictures:
    """The graphics memory. Its methods take the bytes behind a command's own length."""

    def __init__(self) -> None:
        self.bar_dots = 3
        self.bar_height = 162
        self._qr_data = b""
        self._qr_dots = 3
        self._qr_correction = 0
        self._stored: Raster | None = None

    def function(self, family: bytes, arguments: bytes, place: Place) -> Raster | None:
        """GS ( `family`: do one function; return the raster to print, if it prints one."""
        match family:
            case b"k":
                return self._symbol(arguments, place)
            case b"L":
                return self._graphics(arguments, place)
            case _:
                return None

    def columns(self, arguments: bytes, place: Place) -> Raster | None:
        """ESC *: a picture one head high, given column by column."""
        column_bytes = 3 if arguments[0] in (32, 33) else 1
        columns = arguments[3:]
        if len(columns) < column_bytes:
            return None
        return symbols.columns_raster(columns, column_bytes, place)

    def barcode(self, arguments: bytes, place: Place) -> Raster | None:
        """GS k in both its forms."""
        kind = arguments[0]
        data = arguments[2:] if kind >= 65 else arguments[1:].rstrip(b"\0")
        return symbols.barcode_raster(
            kind, data, module_dots=self.bar_dots, height_dots=self.bar_height, place=place
        )

    def _symbol(self, arguments: bytes, place: Place) -> Raster | None:
        """GS ( k: the QR functions; other symbols are passed over."""
        function, rest = arguments[1:2], arguments[2:]
        if arguments[:1] != QR_FAMILY or not function:
            return None
        match function[0]:
            case 67 if rest:
                self._qr_dots = min(max(rest[0], 1), 16)
            case 69 if rest:
                self._qr_correction = min(max(rest[0], 48), 51) - 48
            case 80:
                self._qr_data = rest[1:]
            case 81:
                return symbols.qr_raster(
                    self._qr_data,
                    module_dots=self._qr_dots,
                    correction=self._qr_correction,
                    place=place,
                )
            case _:
                pass
        return None

    def _graphics(self, arguments: bytes, place: Place) -> Raster | None:
        """GS ( L and GS 8 L: store a raster (function 112), print it (2 or 50)."""
        function, rest = arguments[1:2], arguments[2:]
        if function == b"\x70":
            self._store(rest, place)
        if function not in (b"\x02", b"\x32"):
            return None
        stored, self._stored = self._stored, None
        return stored

    def _store(self, rest: bytes, place: Place) -> None:
        if len(rest) <= 8:
            return
        width_bytes = (int.from_bytes(rest[4:6], "little") + 7) // 8
        size = width_bytes * int.from_bytes(rest[6:8], "little")
        if 0 < size <= min(len(rest) - 8, PICTURE_SIZE_MAX):
            across, down = 1 + (rest[1] == 2), 1 + (rest[2] == 2)
            width, bits = symbols.scaled(width_bytes, rest[8 : 8 + size], across=across, down=down)
            self._stored = Raster(width, bits, place)
