"""A dialect made ready, and whole messages read and written field by field.

`explain` and `build` are the whole codec for what is seen rarely, and the judge of what a
compiled function refuses: only they can say why. What they accept, compiled functions accept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from protocol.dialect import Dialect
from protocol.element import PACKED, Element, ElementError, ascii_table, charset_table
from protocol.errors import FieldError, LocalProtocolError
from protocol.header import Header
from protocol.message import FieldValue, Message

SECONDARY: Final = 1
"""Bit 1 of the first bitmap says that a second follows; it is no field."""

HEX: Final = b"0123456789ABCDEFabcdef"
FIRST_SET: Final = "89ABCDEFabcdef"
"""The hexadecimal digits whose first bit is set."""


def write_digits(digits: str, encoding: str) -> bytes:
    """Return hexadecimal digits packed, or one byte each in a charset."""
    if encoding == PACKED:
        return bytes.fromhex(digits)
    return digits.encode("ascii").translate(charset_table(encoding))


def bitmap_digits(numbers: Iterable[int]) -> str:
    """Return the bitmap of some fields as 16 or, with any above 64, 32 hexadecimal digits."""
    bits = set(numbers)
    width = 64
    if max(bits, default=0) > 64:
        bits.add(SECONDARY)
        width = 128
    return f"{sum(1 << (width - number) for number in bits):0{width // 4}X}"


class Layout:
    """The MTIs, the bitmap's form and the elements of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.elements = {number: Element(number, field) for number, field in dialect.field.items()}
        self.mtis = {write_digits(mti, dialect.mti.data_enc): mti for mti in dialect.mti.all()}
        self.mti_bytes = {mti: raw for raw, mti in self.mtis.items()}
        self.header_size = dialect.header.size
        self.read_header = dialect.header.remembering_reader()
        self.write_header = dialect.header.remembering_writer()
        self.mti_size = 2 if dialect.mti.data_enc == PACKED else 4
        self.bitmap_begin = self.header_size + self.mti_size
        packed = dialect.bitmap.data_enc == PACKED
        self.bitmap_size = 8 if packed else 16
        marks = range(0x80, 0x100) if packed else write_digits(FIRST_SET, dialect.bitmap.data_enc)
        self.secondary_marks = frozenset(marks)

    def bitmap_at(self, data: bytes, begin: int) -> tuple[tuple[int, ...], int]:
        """Return the field numbers of the bitmaps at `begin` and where those end.

        Raises ElementError.
        """
        end = begin + self.bitmap_size
        if data[begin : begin + 1] and data[begin] in self.secondary_marks:
            end += self.bitmap_size
        raw = data[begin:end]
        if len(raw) < end - begin:
            raise ElementError(f"needs {end - begin} bytes, {len(raw)} are left")
        if self.dialect.bitmap.data_enc != PACKED:
            digits = raw.translate(ascii_table(self.dialect.bitmap.data_enc))
            if digits.translate(None, HEX):
                raise ElementError("holds something other than hexadecimal digits")
            raw = bytes.fromhex(digits.decode("ascii"))
        return self._known(raw), end

    def _known(self, bitmap: bytes) -> tuple[int, ...]:
        bits = int.from_bytes(bitmap, "big")
        width = 8 * len(bitmap)
        numbers = tuple(n for n in range(2, width + 1) if bits >> (width - n) & 1)
        for number in numbers:
            if number not in self.elements:
                raise ElementError(f"F{number} is not in this dialect")
        return numbers

    def explain(self, data: bytes) -> Message:
        """Return the message that `data` is, read field by field. Raises FieldError."""
        header = self._explain_header(data)
        at = self.bitmap_begin
        mti = self.mtis.get(data[self.header_size : at])
        if mti is None:
            raise FieldError("MTI", self.header_size, "is no message type of this dialect")
        fields: dict[int, FieldValue] = {}
        partial = Message(mti, fields, header)
        reading: int | str = "bitmap"
        problem = ""
        numbers: tuple[int, ...] = ()
        end: int | None = None
        try:
            numbers, end = self.bitmap_at(data, at)
            for number in numbers:
                at, reading = end, number
                fields[number], end = self.elements[number].read(data, at)
            at, reading = end, "end"
            if at != len(data):
                raise ElementError(f"{len(data) - at} bytes follow the last field")
        except ElementError as error:
            problem, end = str(error), error.end
        if problem:
            if end is not None:
                self._read_on(data, end, [n for n in numbers if n > int(reading)], fields)
            raise FieldError(reading, at, problem, partial)
        return partial

    def _read_on(
        self, data: bytes, at: int, numbers: Iterable[int], fields: dict[int, FieldValue]
    ) -> None:
        """Read what can be read behind a wrong value, to tell its sender which was refused."""
        end: int | None = at
        for number in numbers:
            if end is None:
                return
            try:
                fields[number], end = self.elements[number].read(data, end)
            except ElementError as error:
                end = error.end

    def _explain_header(self, data: bytes) -> Header | None:
        if not self.header_size:
            return None
        problem = ""
        try:
            return self.read_header(data[: self.header_size])
        except ValueError as error:
            problem = str(error)
        raise FieldError("header", 0, problem)

    def _build_header(self, header: Header | None) -> bytes:
        problem = ""
        try:
            return self.write_header(header)
        except ValueError as error:
            problem = str(error)
        raise LocalProtocolError(f"header: {problem}")

    def build(self, message: Message) -> bytes:
        """Return the bytes of a message, written field by field. Raises LocalProtocolError."""
        mti = self.mti_bytes.get(message.mti)
        if mti is None:
            raise LocalProtocolError("MTI: is no message type of this dialect")
        numbers = sorted(message.fields)
        missing = [number for number in numbers if number not in self.elements]
        if missing:
            raise LocalProtocolError(f"F{missing[0]}: is not in this dialect")
        pieces = [
            self._build_header(message.header),
            mti,
            write_digits(bitmap_digits(numbers), self.dialect.bitmap.data_enc),
        ]
        problem = ""
        number = 0
        try:
            for number in numbers:
                pieces.append(self.elements[number].write(message.fields[number]))
        except ElementError as error:
            problem = f"F{number}: {error}"
        if problem:
            raise LocalProtocolError(problem)
        return b"".join(pieces)
