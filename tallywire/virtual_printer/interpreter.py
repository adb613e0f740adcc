"""Tokens in, actions out: the part of a printer that knows what commands mean.

It keeps the styles, the line being filled and the stored symbols; it knows nothing about paper,
sockets or faults. A line is printed when LF comes, when it is full, or when a command that needs
the beginning of a line follows (`ESC d`, a raster, the knife). What a command says is a row in a
table; what no row covers is an action `Strange`, never an error.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Final, assert_never

from tallywire.virtual_printer import symbols
from tallywire.virtual_printer.actions import (
    Acknowledge,
    Action,
    Answer,
    Cut,
    OfflineBack,
    Sensor,
    StatusBack,
    Strange,
)
from tallywire.virtual_printer.commands import Command, Rows, Text, Token, Unknown
from tallywire.virtual_printer.paper import (
    COLUMN_DOTS,
    LINE_DOTS,
    Feed,
    Line,
    Place,
    Raster,
    Run,
    Style,
)
from tallywire.virtual_printer.pictures import Pictures

CODE_PAGES: Final = {
    # The argument of ESC t → Python's codec; any other number reads as CP437.
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737",
    15: "iso8859_7", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 21: "cp874",
    32: "cp720", 33: "cp775", 34: "cp855", 35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869",
    39: "iso8859_2", 40: "iso8859_15", 44: "cp1125", 45: "cp1250", 46: "cp1251", 47: "cp1253",
    48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
MANUFACTURER: Final = "Tallywire"
MODEL: Final = "Virtual 58"
TAB_COLUMNS: Final = 8


class Interpreter:
    """One printer's language; `width_dots` is how wide it prints."""

    def __init__(self, width_dots: int) -> None:
        assert width_dots % 8 == 0
        self._width_dots = width_dots
        self.reset()

    @property
    def kanji(self) -> bool:
        """Whether bytes from 0x81 on are halves of GB18030 characters now."""
        return self._kanji

    def reset(self) -> None:
        """ESC @, and power: everything as it was in the beginning."""
        self._style = Style()
        self._place = Place.LEFT
        self._spacing = LINE_DOTS
        self._page = "cp437"
        self._kanji = False
        self._line: list[Run] = []
        self._line_dots = 0
        self._picture_dots = 0
        self._pictures = Pictures()

    def clear_line(self) -> None:
        """Forget the line being filled."""
        self._line = []
        self._line_dots = 0

    def interpret(self, token: Token) -> list[Action]:
        """Return what one token makes the printer do, in order."""
        match token:
            case Text(raw=raw, kanji=kanji):
                return self._set_text(_decoded(raw, "gb18030" if kanji else self._page))
            case Command(prefix=prefix, arguments=arguments):
                # Commands of known length without effect here, and stray control characters,
                # have no handler: they are passed over in silence.
                handler = _HANDLERS.get(prefix)
                return handler(self, arguments) if handler else []
            case Rows():
                return self._rows(token)
            case Unknown(prefix=prefix):
                return [Strange(prefix)]
            case _:
                assert_never(token)

    def print_raw(self, text: bytes) -> list[Action]:
        """Set bytes as text, whatever they were meant to be."""
        return self._set_text(_decoded(text, "ascii"))

    # Text

    def _set_text(self, text: str) -> list[Action]:
        actions: list[Action] = []
        for columns, characters in groupby(text, self._columns):
            rest = "".join(characters)
            cell_dots = Run(" ", self._style, columns).dots
            while rest:
                fitting = (self._width_dots - self._line_dots) // cell_dots
                if fitting <= 0 and self._line:
                    actions += self._end_line()
                    continue
                # One letter may be wider than the paper: it is printed, cropped.
                taken = max(1, fitting)
                self._append(Run(rest[:taken], self._style, columns))
                rest = rest[taken:]
        return actions

    def _columns(self, character: str) -> int:
        """In kanji mode everything outside ASCII came as two bytes or four, and is square."""
        return 2 if self._kanji and not character.isascii() else 1

    def _append(self, run: Run) -> None:
        self._line_dots += run.dots
        last = self._line[-1] if self._line else None
        if last and last.style == run.style and last.columns == run.columns:
            self._line[-1] = replace(last, text=last.text + run.text)
        else:
            self._line.append(run)

    def _end_line(self, spacing: int | None = None) -> list[Action]:
        """Print the line; the paper moves at least `spacing`, and never less than the letters."""
        runs, self._line, self._line_dots = tuple(self._line), [], 0
        spacing = self._spacing if spacing is None else spacing
        if not runs:
            spacing = max(0, spacing - self._picture_dots)
            self._picture_dots = 0
            return [Feed(spacing)] if spacing else []
        self._picture_dots = 0
        tallest = max(run.height for run in runs)
        return [Line(runs, self._place, max(spacing, tallest))]

    def _flush(self) -> list[Action]:
        return self._end_line() if self._line else []

    def _line_feed(self, _: bytes) -> list[Action]:
        return self._end_line()

    def _tab(self, _: bytes) -> list[Action]:
        column = self._line_dots // self._style.column_dots
        return self._set_text(" " * (TAB_COLUMNS - column % TAB_COLUMNS))

    def _move_to(self, arguments: bytes) -> list[Action]:
        wanted = min(int.from_bytes(arguments, "little"), self._width_dots)
        blanks = max(0, wanted - self._line_dots) // COLUMN_DOTS
        if blanks:
            self._append(Run(" " * blanks, Style()))
        return []

    # Style

    def _initialise(self, _: bytes) -> list[Action]:
        self.reset()
        return [StatusBack(0), OfflineBack.OFF]

    def _print_mode(self, arguments: bytes) -> list[Action]:
        mode = arguments[0]
        self._style = replace(
            self._style,
            narrow=bool(mode & 0x01),
            bold=bool(mode & 0x08),
            height=2 if mode & 0x10 else 1,
            width=2 if mode & 0x20 else 1,
            underline=1 if mode & 0x80 else 0,
        )
        return []

    def _kanji_print_mode(self, arguments: bytes) -> list[Action]:
        mode = arguments[0]
        self._style = replace(
            self._style,
            width=2 if mode & 0x04 else 1,
            height=2 if mode & 0x08 else 1,
            underline=1 if mode & 0x80 else 0,
        )
        return []

    def _size(self, arguments: bytes) -> list[Action]:
        width, height = (arguments[0] >> 4 & 7) + 1, (arguments[0] & 7) + 1
        self._style = replace(self._style, width=width, height=height)
        return []

    def _bold(self, arguments: bytes) -> list[Action]:
        self._style = replace(self._style, bold=bool(arguments[0] & 1))
        return []

    def _underline(self, arguments: bytes) -> list[Action]:
        thickness = arguments[0] % 48
        if thickness <= 2:
            self._style = replace(self._style, underline=thickness)
        return []

    def _font(self, arguments: bytes) -> list[Action]:
        self._style = replace(self._style, narrow=arguments[0] in (1, 49))
        return []

    def _reverse(self, arguments: bytes) -> list[Action]:
        self._style = replace(self._style, reverse=bool(arguments[0] & 1))
        return []

    def _align(self, arguments: bytes) -> list[Action]:
        if arguments[0] % 48 <= 2:
            self._place = Place(arguments[0] % 48)
        return []

    def _code_page(self, arguments: bytes) -> list[Action]:
        self._page = CODE_PAGES.get(arguments[0], "cp437")
        return []

    def _kanji_on(self, _: bytes) -> list[Action]:
        self._kanji = True
        return []

    def _kanji_off(self, _: bytes) -> list[Action]:
        self._kanji = False
        return []

    def _line_spacing(self, arguments: bytes) -> list[Action]:
        self._spacing = arguments[0] if arguments else LINE_DOTS
        return []

    # Paper

    def _feed_lines(self, arguments: bytes) -> list[Action]:
        lines = arguments[0]
        if self._line:
            printed = self._end_line(self._spacing if lines else 0)
            lines -= 1
        else:
            printed = []
        self._picture_dots = 0
        return printed + ([Feed(lines * self._spacing)] if lines > 0 and self._spacing else [])

    def _feed_dots(self, arguments: bytes) -> list[Action]:
        return self._end_line(arguments[0])

    def _cut(self, arguments: bytes) -> list[Action]:
        kind, feed = arguments[0], arguments[1] if len(arguments) > 1 else 0
        if kind in (0, 1, 48, 49) or len(arguments) > 1:
            knife = Cut.PARTIAL if kind in (1, 49, 66, 98, 104) else Cut.FULL
            return [*self._flush(), *([Feed(feed)] if feed else []), knife]
        return [Strange(b"\x1dV")]

    def _old_cut(self, _: bytes) -> list[Action]:
        return [*self._flush(), Cut.PARTIAL]

    # Pictures and symbols

    def _rows(self, rows: Rows) -> list[Action]:
        across, down = 1 + (rows.mode & 1), 1 + (rows.mode >> 1 & 1)
        width, bits = symbols.scaled(rows.width_bytes, rows.bits, across=across, down=down)
        return self._picture(Raster(width, bits, self._place))

    def _picture(self, raster: Raster | None) -> list[Action]:
        if raster is None or not raster.bits:
            return self._flush()
        return [*self._flush(), symbols.cropped(raster, self._width_dots // 8)]

    def _raster_head(self, arguments: bytes) -> list[Action]:
        return self._flush()

    def _column_picture(self, arguments: bytes) -> list[Action]:
        raster = self._pictures.columns(arguments, self._place)
        actions = self._picture(raster)
        self._picture_dots = raster.height if raster else 0
        return actions

    def _picture_command(self, arguments: bytes) -> list[Action]:
        """GS ( with a letter: pictures, symbols, or the process ID of GS ( H."""
        if arguments[:1] == b"H":
            return _response(arguments[3:])
        return self._finished(self._pictures.function(arguments[:1], arguments[3:], self._place))

    def _long_graphics(self, arguments: bytes) -> list[Action]:
        return self._finished(self._pictures.function(b"L", arguments[5:], self._place))

    def _finished(self, raster: Raster | None) -> list[Action]:
        return self._picture(raster) if raster else []

    def _bar_size(self, arguments: bytes) -> list[Action]:
        self._pictures.bar_dots = min(max(arguments[0], 1), 6)
        return []

    def _bar_tall(self, arguments: bytes) -> list[Action]:
        self._pictures.bar_height = arguments[0]
        return []

    def _barcode(self, arguments: bytes) -> list[Action]:
        return self._picture(self._pictures.barcode(arguments, self._place))

    # Questions

    def _ask_sensor(self, arguments: bytes) -> list[Action]:
        match arguments[0]:
            case 1 | 49:
                return [Sensor.PAPER]
            case 2 | 50:
                return [Sensor.DRAWER]
            case _:
                return []

    def _identify(self, arguments: bytes) -> list[Action]:
        texts = {66: MANUFACTURER, 67: MODEL, 68: "0000000001", 65: "1.00"}
        kind = arguments[0]
        if kind in texts:
            return [Answer(b"\x5f" + texts[kind].encode("ascii") + b"\0")]
        single = {1: b"\x20", 49: b"\x20", 2: b"\x03", 50: b"\x03", 3: b"\x01", 51: b"\x01"}
        return [Answer(single[kind])] if kind in single else []

    def _status_back(self, arguments: bytes) -> list[Action]:
        return [StatusBack(arguments[0])]


Handler = Callable[[Interpreter, bytes], list[Action]]

_HANDLERS: Final[dict[bytes, Handler]] = {
    b"\n": Interpreter._line_feed,
    b"\t": Interpreter._tab,
    b"\x0c": Interpreter._line_feed,
    b"\x1b@": Interpreter._initialise,
    b"\x1b!": Interpreter._print_mode,
    b"\x1bE": Interpreter._bold,
    b"\x1bG": Interpreter._bold,
    b"\x1b-": Interpreter._underline,
    b"\x1bM": Interpreter._font,
    b"\x1ba": Interpreter._align,
    b"\x1bt": Interpreter._code_page,
    b"\x1b2": Interpreter._line_spacing,
    b"\x1b3": Interpreter._line_spacing,
    b"\x1bd": Interpreter._feed_lines,
    b"\x1bJ": Interpreter._feed_dots,
    b"\x1b$": Interpreter._move_to,
    b"\x1b*": Interpreter._column_picture,
    b"\x1bi": Interpreter._old_cut,
    b"\x1bm": Interpreter._old_cut,
    b"\x1d!": Interpreter._size,
    b"\x1dB": Interpreter._reverse,
    b"\x1dV": Interpreter._cut,
    b"\x1dv": Interpreter._raster_head,
    b"\x1d(": Interpreter._picture_command,
    b"\x1d8": Interpreter._long_graphics,
    b"\x1dk": Interpreter._barcode,
    b"\x1dw": Interpreter._bar_size,
    b"\x1dh": Interpreter._bar_tall,
    b"\x1da": Interpreter._status_back,
    b"\x1dr": Interpreter._ask_sensor,
    b"\x1dI": Interpreter._identify,
    b"\x1c&": Interpreter._kanji_on,
    b"\x1c.": Interpreter._kanji_off,
    b"\x1c!": Interpreter._kanji_print_mode,
}


def _decoded(raw: bytes, encoding: str) -> str:
    text = codecs.decode(raw, encoding, errors="replace")
    # What the code page places below a blank (0x7F in most) leaves an empty cell.
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _response(arguments: bytes) -> list[Action]:
    """GS ( H: function 48, four printable characters to be echoed; 49, offline responses."""
    if arguments[:2] == b"10" and len(arguments) > 2:
        wanted = [one for one in OfflineBack if arguments[2] in (one.value, one.value + 48)]
        return [*wanted]
    process_id = arguments[2:6]
    right = len(process_id) == 4 and all(0x20 <= byte <= 0x7E for byte in process_id)
    return [Acknowledge(process_id)] if arguments[:2] == b"00" and right else []
