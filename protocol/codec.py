"""Bytes to message and back, by one dialect.

Every MTI with its bitmaps that comes and every set of fields that goes earns a function of
its own, written by `protocol.compiler` and `protocol.writer`, which checks everything in the
same pass. What it refuses is read again field by field by `protocol.layout`, the code that can
say why.

A peer chooses its bitmaps, and a function costs a hundred messages' time to make. So it is
earned by messages that were right, `EARNED_AFTER` of them, and there are at most
`FUNCTIONS_MAX` each way; the oldest goes.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from protocol.compiler import Reader, compile_reader
from protocol.dialect import Dialect
from protocol.element import PACKED
from protocol.generated import REFUSALS
from protocol.layout import Layout
from protocol.message import Message
from protocol.writer import Writer, compile_writer

EARNED_AFTER: Final = 4
FUNCTIONS_MAX: Final = 256
SIGHTINGS_MAX: Final = 4096

K = TypeVar("K")
F = TypeVar("F")


class Functions(Generic[K, F]):
    """The functions made so far, and how often each key without one was seen."""

    def __init__(self, functions_max: int) -> None:
        self.made: dict[K, F] = {}
        self._sightings: dict[K, int] = {}
        self._functions_max = functions_max

    def earned(self, key: K) -> bool:
        """Count a sighting of `key`; True when it has now earned its function."""
        if key in self.made:
            return False
        if len(self._sightings) >= SIGHTINGS_MAX:
            self._sightings.clear()
        count = self._sightings.get(key, 0) + 1
        self._sightings[key] = count
        return count > EARNED_AFTER

    def add(self, key: K, function: F) -> None:
        """Keep a function; the oldest makes room for it."""
        if len(self.made) >= self._functions_max:
            del self.made[next(iter(self.made))]
        self._sightings.pop(key, None)
        self.made[key] = function


class Codec:
    """Turns the bytes of one message into a `Message` and back."""

    def __init__(self, dialect: Dialect, *, functions_max: int = FUNCTIONS_MAX) -> None:
        self.dialect = dialect
        self._layout = layout = Layout(dialect)
        self._readers: Functions[bytes, Reader] = Functions(functions_max)
        self._writers: Functions[tuple[int, ...], Writer] = Functions(functions_max)
        self._made_readers = self._readers.made
        self._made_writers = self._writers.made
        self._mti_begin = layout.header_size
        self._bitmap_begin = begin = layout.bitmap_begin
        self._types = [
            slice(
                layout.header_size or None,
                begin + layout.bitmap_size * (2 if byte in layout.secondary_marks else 1),
            )
            for byte in range(256)
        ]

    def decode(self, data: bytes) -> Message:
        """Return the message that `data` is, whole. Raises FieldError."""
        try:
            # MTI and bitmaps end where the bitmap's first byte says.
            message = self._made_readers[data[self._types[data[self._bitmap_begin]]]](data)
            if message is not None:
                return message
        except REFUSALS:
            # Judged below, outside this block: the error at hand may hold a value.
            pass
        return self._read_slowly(data)

    def _read_slowly(self, data: bytes) -> Message:
        message = self._layout.explain(data)
        numbers, end = self._layout.bitmap_at(data, self._bitmap_begin)
        # Letters in both cases would give one bitmap thousands of keys.
        bitmap = data[self._bitmap_begin : end]
        one_case = self.dialect.bitmap.data_enc == PACKED or bitmap in (
            bitmap.upper(),
            bitmap.lower(),
        )
        key = data[self._mti_begin : end]
        if one_case and self._readers.earned(key):
            self._readers.add(key, compile_reader(self._layout, message.mti, numbers, end))
        return message

    def encode(self, message: Message) -> bytes:
        """Return the bytes of `message`. Raises LocalProtocolError when it breaks the dialect."""
        data = None
        fields = message.fields
        try:  # noqa: SIM105 - contextlib.suppress would cost more than the rest of this method
            data = self._made_writers[tuple(fields)](message, fields.values())
        except REFUSALS:
            pass
        return self._write_slowly(message) if data is None else data

    def _write_slowly(self, message: Message) -> bytes:
        data = self._layout.build(message)
        numbers = tuple(message.fields)
        if self._writers.earned(numbers):
            self._writers.add(numbers, compile_writer(self._layout, numbers))
        return data
