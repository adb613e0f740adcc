"""ESC/POS bytes cut into tokens: text, commands, bands of raster rows.

The grammar is data: for every command prefix the number of bytes that follow it, or a rule that
reads the length out of the bytes. A prefix that nobody knows is skipped as printers do: the two
bytes go, what follows is taken for text. Whatever comes, the tokenizer holds at most what it was
given and always gets on: a command longer than `COMMAND_SIZE_MAX` is passed over byte by byte, a
raster is handed out in bands of rows as they arrive.

Each connection's bytes are a segment of their own, so that half a command left by a lost
connection never swallows the beginning of the next job.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

COMMAND_SIZE_MAX: Final = 32 * 1024
ROW_SIZE_MAX: Final = 1024
BAND_ROWS_MAX: Final = 24
BARCODE_SIZE_MAX: Final = 255
TABS_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Text:
    """A run of printable bytes, whole characters only; `kanji` tells how they were cut."""

    raw: bytes
    kanji: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One complete command: its prefix (`ESC E` is b"\\x1bE") and the bytes that follow it."""

    prefix: bytes
    arguments: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """Some whole rows of a `GS v 0` raster, eight dots to a byte; `mode` bits double the dots."""

    width_bytes: int
    bits: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A prefix this printer does not know; its two bytes were skipped."""

    prefix: bytes


Token = Text | Command | Rows | Unknown
Sizer = Callable[[bytes], int | None]
"""Takes the bytes from the prefix on; gives the whole command's size, None when too few came."""

_SINGLE_BYTE_TEXT = re.compile(rb"[\x20-\xff]+")
_KANJI_TEXT = re.compile(
    rb"(?:[\x20-\x7f\x80\xff]"
    rb"|[\x81-\xfe][\x40-\x7e\x80-\xfe]"
    rb"|[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39])+"
)
_PEEK_SIZE: Final = 600
"""As many bytes as any sizer looks at."""


def _little_endian(head: bytes, at: int, width: int) -> int | None:
    if len(head) < at + width:
        return None
    return int.from_bytes(head[at : at + width], "little")


def _counted(at: int, width: int = 2) -> Sizer:
    """A command whose length stands in `width` bytes at `at` and counts what follows them."""

    def size(head: bytes) -> int | None:
        length = _little_endian(head, at, width)
        return None if length is None else at + width + length

    return size


def _cut(head: bytes) -> int | None:
    if len(head) < 3:
        return None
    return 4 if head[2] in b"\x41\x42\x61\x62\x67\x68" else 3


def _barcode(head: bytes) -> int | None:
    if len(head) < 4:
        return None
    if head[2] >= 65:
        return 4 + head[3]
    end = head.find(0, 3, 3 + BARCODE_SIZE_MAX)
    if end >= 0:
        return end + 1
    return 3 + BARCODE_SIZE_MAX if len(head) >= 3 + BARCODE_SIZE_MAX else None


def _tabs(head: bytes) -> int | None:
    end = head.find(0, 2, 2 + TABS_MAX + 1)
    if end >= 0:
        return end + 1
    return 2 + TABS_MAX if len(head) >= 2 + TABS_MAX else None


def _column_image(head: bytes) -> int | None:
    columns = _little_endian(head, 3, 2)
    if columns is None:
        return None
    return 5 + columns * (3 if head[2] in (32, 33) else 1)


def _downloaded_image(head: bytes) -> int | None:
    return None if len(head) < 4 else 4 + head[2] * head[3] * 8


def _panel(head: bytes) -> int | None:
    if len(head) < 3:
        return None
    return 4 if head[2] in b"\x30\x31\x33\x34\x35" else 3


def _real_time(head: bytes) -> int | None:
    """DLE DC4 fn: the real-time commands were obeyed on arrival; here they are only passed."""
    if len(head) < 3:
        return None
    return {1: 5, 2: 5, 7: 4, 8: 10}.get(head[2], 3)


_FIXED: Final[dict[bytes, str]] = {
    # Lead byte and argument count: the letters of the commands that take so many.
    b"\x1b0": "@2SLiv<m\x0c",
    b"\x1b1": "E!adJtM-3GVRe{TK %=?rU",
    b"\x1b2": "\\$B",
    b"\x1b3": "p",
    b"\x1b8": "W",
    b"\x1d0": ":c",
    b"\x1d1": "!BarIhwHfTbj/E",
    b"\x1d2": "LWP$\\",
    b"\x1d3": "^",
    b"\x1c0": "&.",
    b"\x1c1": "!-WC",
    b"\x1c2": "Sp?",
    b"\x1c74": "2",
    b"\x101": "\x04\x05",
}
_SIZERS: Final[dict[bytes, Sizer]] = {
    b"\x1dV": _cut,
    b"\x1dk": _barcode,
    b"\x1bD": _tabs,
    b"\x1bc": _panel,
    b"\x1b*": _column_image,
    b"\x1b(": _counted(3),
    b"\x1d(": _counted(3),
    b"\x1c(": _counted(3),
    b"\x1d8": _counted(3, 4),
    b"\x1d*": _downloaded_image,
    b"\x10\x14": _real_time,
}
_RASTER: Final = b"\x1dv"
_RASTER_HEAD: Final = 8
_LEADS: Final = frozenset(b"\x1b\x1d\x1c\x10")


def _sizes() -> dict[bytes, int]:
    sizes: dict[bytes, int] = {}
    for key, letters in _FIXED.items():
        for letter in letters.encode("ascii"):
            sizes[key[:1] + bytes((letter,))] = 2 + int(key[1:])
    return sizes


_SIZES: Final = _sizes()


class Tokenizer:
    """Bytes in, tokens out. Never raises on what came."""

    def __init__(self) -> None:
        self._segments: deque[bytearray] = deque([bytearray()])
        self._skip_left = 0
        self._raster = (0, 0)  # bytes in a row, rows still to come
        self._raster_mode = 0

    def __len__(self) -> int:
        """How many bytes wait here."""
        return sum(map(len, self._segments))

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the current connection."""
        self._segments[-1] += data

    def end_segment(self) -> None:
        """The connection is gone: what follows belongs to another job."""
        if self._segments[-1] or (len(self._segments) == 1 and self._middle_of_image):
            self._segments.append(bytearray())

    def clear(self) -> None:
        """Forget everything that waits."""
        self._segments = deque([bytearray()])
        self._forget_image()

    def next_token(self, *, kanji: bool) -> Token | None:
        """Return the next whole token, or None when more bytes must come first."""
        while True:
            token = self._token_of_segment(kanji=kanji)
            if token is not None or len(self._segments) == 1:
                return token
            # The connection that began this command will never finish it.
            self._segments.popleft()
            self._forget_image()

    @property
    def _middle_of_image(self) -> bool:
        return bool(self._skip_left or self._raster[1])

    def _forget_image(self) -> None:
        self._skip_left = 0
        self._raster = (0, 0)

    def _token_of_segment(self, *, kanji: bool) -> Token | None:
        buffer = self._segments[0]
        if self._skip_left:
            skipped = min(self._skip_left, len(buffer))
            del buffer[:skipped]
            self._skip_left -= skipped
        if not buffer:
            return None
        if self._raster[1]:
            return self._rows(buffer)
        if buffer[0] >= 0x20:
            return _text(buffer, kanji=kanji)
        if buffer[0] in _LEADS:
            return self._command(buffer)
        return Command(_take(buffer, 1), b"")

    def _command(self, buffer: bytearray) -> Token | None:
        prefix = bytes(buffer[:2])
        if len(prefix) < 2:
            return None
        if prefix == _RASTER:
            return self._begin_raster(buffer)
        size = self._size(prefix, buffer)
        if size is None:
            return None
        if size < 0:
            return Unknown(_take(buffer, 2))
        if size > COMMAND_SIZE_MAX:
            self._skip_left = size
            return Unknown(prefix)
        if len(buffer) < size:
            return None
        whole = _take(buffer, size)
        return Command(prefix, whole[2:])

    @staticmethod
    def _size(prefix: bytes, buffer: bytearray) -> int | None:
        """The size of the command, None when it is not told yet, -1 when nobody knows it."""
        fixed = _SIZES.get(prefix)
        if fixed is not None:
            return fixed
        sizer = _SIZERS.get(prefix)
        return -1 if sizer is None else sizer(bytes(buffer[:_PEEK_SIZE]))

    def _begin_raster(self, buffer: bytearray) -> Token | None:
        """The head comes out as a command of its own, the rows follow as they arrive."""
        if len(buffer) < _RASTER_HEAD:
            return None
        head = _take(buffer, _RASTER_HEAD)
        width = int.from_bytes(head[4:6], "little")
        rows = int.from_bytes(head[6:8], "little")
        if width > ROW_SIZE_MAX:
            self._skip_left = width * rows
        elif width:
            self._raster = (width, rows)
            self._raster_mode = head[3] & 3
        return Command(_RASTER, head[2:])

    def _rows(self, buffer: bytearray) -> Rows | None:
        width, rows_left = self._raster
        rows = min(rows_left, len(buffer) // width, BAND_ROWS_MAX)
        if not rows:
            return None
        self._raster = (width, rows_left - rows)
        return Rows(width, _take(buffer, rows * width), self._raster_mode)


def _take(buffer: bytearray, size: int) -> bytes:
    taken = bytes(buffer[:size])
    del buffer[:size]
    return taken


def _text(buffer: bytearray, *, kanji: bool) -> Text | None:
    match = (_KANJI_TEXT if kanji else _SINGLE_BYTE_TEXT).match(buffer)
    if match:
        return Text(_take(buffer, match.end()), kanji)
    # A lead byte alone: wait for its second half; a lead byte with a stranger is one bad cell.
    wanted = 4 if len(buffer) > 1 and 0x30 <= buffer[1] <= 0x39 else 2
    if len(buffer) < wanted:
        return None
    return Text(_take(buffer, 1), kanji)
