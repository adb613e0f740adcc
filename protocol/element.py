"""One data element: how a field's value becomes bytes and bytes a value, one field at a time.

This is the slow and explaining half of the codec. It says what is wrong in words, never in
values, and it is the definition that compiled functions (`protocol.compiler`) must agree with.

Everything textual is checked as ASCII bytes: `bytes.isdigit` knows only 0-9, where `str.isdigit`
takes superscripts and `int` takes "+5", " 5" and "1_0".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Final

from protocol.field import SHAPE_PARTS, Field, ValueClass
from protocol.message import FieldValue

PRINTABLE: Final = bytes(range(0x20, 0x7F))
ALPHANUMERIC: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 "
"""Class an with its filler: shorter values are blank-filled (ISO 8583:1987, 4.3.4)."""

NOT_ASCII: Final = 0xFF
PACKED: Final = "b"


class ElementError(Exception):
    """What is wrong with one field, in words without its value.

    `end` is where the field ends, when only its value is wrong: then the next can still be read.
    """

    end: int | None = None


def is_digits(text: bytes) -> bool:
    """Class n."""
    return text.isdigit()


def is_letters(text: bytes) -> bool:
    """Class a."""
    return text.isalpha()


def is_alphanumeric(text: bytes) -> bool:
    """Class an, blanks included."""
    return text.isalnum() or not text.translate(None, ALPHANUMERIC)


def is_printable(text: bytes) -> bool:
    """Class ans."""
    return not text.translate(None, PRINTABLE)


def is_signed(text: bytes) -> bool:
    """Class x+n: C for credit or D for debit, then digits."""
    return text[:1] in (b"C", b"D") and text[1:].isdigit()


def is_track(text: bytes) -> bool:
    """Class z: digits with separators (ISO/IEC 7813), which the field writes as = or D."""
    return text.translate(None, b"=D").isdigit()


CHECKS: Final[dict[ValueClass, tuple[Callable[[bytes], bool], str]]] = {
    ValueClass.N: (is_digits, "holds something other than digits"),
    ValueClass.A: (is_letters, "holds something other than letters"),
    ValueClass.AN: (is_alphanumeric, "holds something other than letters and digits"),
    ValueClass.ANS: (is_printable, "holds something that is not printable ASCII"),
    ValueClass.XN: (is_signed, "is not C or D and digits"),
    ValueClass.Z: (is_track, "is no track data"),
}

NEVER_EMPTY: Final = frozenset({ValueClass.N, ValueClass.A, ValueClass.XN, ValueClass.Z})


@functools.cache
def shape_pattern(shape: str) -> str:
    """Return the regular expression of a date or time such as MMDDhhmmss."""
    return "".join(SHAPE_PARTS[shape[at : at + 2]] for at in range(0, len(shape), 2))


@functools.cache
def ascii_table(charset: str) -> bytes:
    """Return the 256 bytes that translate `charset` to ASCII; what is not ASCII becomes FF."""
    return bytes(_ascii_of(bytes((code,)), charset) for code in range(256))


def _ascii_of(byte: bytes, charset: str) -> int:
    text = byte.decode(charset, "replace")
    return ord(text) if len(text) == 1 and text.isascii() else NOT_ASCII


@functools.cache
def charset_table(charset: str) -> bytes:
    """Return the 256 bytes that translate ASCII to `charset`."""
    return bytes(chr(code).encode(charset)[0] if code < 128 else 0 for code in range(256))


def write_prefix(length: int, encoding: str, width: int) -> bytes:
    """Return a length prefix of `width` bytes."""
    if encoding == "b":
        return length.to_bytes(width, "big")
    if encoding == "bcd":
        return bytes.fromhex(f"{length:0{2 * width}d}")
    return f"{length:0{width}d}".encode(encoding)


@functools.cache
def length_tables(
    *, encoding: str, width: int, least: int, most: int, step: int
) -> tuple[Mapping[bytes, int], Mapping[int, bytes]]:
    """Return every allowed length prefix and the length it means, and the same turned round."""
    if not width:
        return {}, {}
    first = least + least % step
    prefixes = {
        length: write_prefix(length, encoding, width) for length in range(first, most + 1, step)
    }
    return {prefix: length for length, prefix in prefixes.items()}, prefixes


class Element:
    """One field of one dialect, with the tables that reading and writing it need.

    `lengths` maps every allowed length prefix to the length it means, in the units of the
    field: what is not in the table is no length. `characters` is the most that the value has,
    written as text or, when packed, as hexadecimal digits.
    """

    def __init__(self, number: int, field: Field) -> None:
        self.number = number
        self.field = field
        self.binary = field.value is ValueClass.B
        self.packed = field.data_enc == PACKED
        self.nibbles = field.len_count == "nibbles"
        self.pad = field.left_pad + field.right_pad
        self.characters = field.max_len * (2 if self.packed and not self.nibbles else 1)

    @functools.cached_property
    def _tables(self) -> tuple[Mapping[bytes, int], Mapping[int, bytes]]:
        """Made when they are first looked into: most fields of a dialect never travel."""
        field = self.field
        halves = (self.nibbles or (self.binary and not self.packed)) and not self.pad
        return length_tables(
            encoding=field.len_enc,
            width=field.len_type,
            least=1 if field.value in NEVER_EMPTY else 0,
            most=field.max_len,
            step=2 if halves else 1,
        )

    @property
    def lengths(self) -> Mapping[bytes, int]:
        """Every allowed length prefix and the length it means."""
        return self._tables[0]

    @property
    def prefixes(self) -> Mapping[int, bytes]:
        """Every allowed length and its prefix."""
        return self._tables[1]

    @property
    def unit(self) -> str:
        """What the field's length counts, in a word."""
        return "digits" if self.nibbles else "bytes"

    def read(self, data: bytes, at: int) -> tuple[FieldValue, int]:
        """Return the value that begins at byte `at` and where it ends. Raises ElementError."""
        length, begin = self._read_length(data, at)
        end = begin + ((length + 1) // 2 if self.nibbles else length)
        if end > len(data):
            raise ElementError(f"needs {end - begin} bytes, {max(len(data) - begin, 0)} are left")
        raw = data[begin:end]
        try:
            return (self._read_binary(raw) if self.binary else self._read_text(raw, length)), end
        except ElementError as error:
            error.end = end
            raise

    def _read_length(self, data: bytes, at: int) -> tuple[int, int]:
        field = self.field
        if not field.len_type:
            return field.max_len, at
        begin = at + field.len_type
        if begin > len(data):
            raise ElementError("ends within its length")
        length = self.lengths.get(data[at:begin])
        if length is None:
            raise ElementError(f"its length is not allowed (at most {field.max_len} {self.unit})")
        return length, begin

    def _read_binary(self, raw: bytes) -> bytes:
        if self.packed:
            return raw
        digits = raw.translate(ascii_table(self.field.data_enc))
        # bytes.fromhex skips blanks, hence the look at every digit first.
        if digits.translate(None, b"0123456789ABCDEFabcdef"):
            raise ElementError("holds something other than hexadecimal digits")
        return bytes.fromhex(digits.decode("ascii"))

    def _read_text(self, raw: bytes, length: int) -> str:
        if self.packed:
            digits = raw.hex()
            if self.nibbles and length % 2:
                digits = digits[1:] if self.field.left_pad else digits[:-1]
            if self.field.value is ValueClass.Z:
                digits = digits.replace("d", "=")
            text = digits.encode("ascii")
        else:
            text = raw.translate(ascii_table(self.field.data_enc))
        self._check(text)
        return text.decode("ascii")

    def _check(self, text: bytes) -> None:
        holds, problem = CHECKS[self.field.value]
        if (text or self.field.value in NEVER_EMPTY) and not holds(text):
            raise ElementError(problem)
        shape = self.field.shape
        if shape and not re.fullmatch(shape_pattern(shape), text.decode("ascii")):
            raise ElementError(f"is no {shape}")

    def write(self, value: FieldValue) -> bytes:
        """Return the bytes of `value`, its length before it. Raises ElementError."""
        raw, length = self._write_binary(value) if self.binary else self._write_text(value)
        if not self.field.len_type:
            if length != self.field.max_len:
                raise ElementError(f"has {length} {self.unit}, must have {self.field.max_len}")
            return raw
        prefix = self.prefixes.get(length)
        if prefix is None:
            raise ElementError(
                f"has {length} {self.unit}, which is not allowed (at most {self.field.max_len})"
            )
        return prefix + raw

    def _write_binary(self, value: FieldValue) -> tuple[bytes, int]:
        if not isinstance(value, bytes):
            raise ElementError("is a binary field, its value is bytes")
        raw = value if self.packed else value.hex().upper().encode(self.field.data_enc)
        return raw, 2 * len(raw) if self.nibbles else len(raw)

    def _write_text(self, value: FieldValue) -> tuple[bytes, int]:
        if not isinstance(value, str):
            raise ElementError("is a text field, its value is str")
        if not value.isascii():
            raise ElementError("holds something that is not ASCII")
        text = value.encode("ascii")
        self._check(text)
        if not self.packed:
            return text.translate(charset_table(self.field.data_enc)), len(text)
        if len(text) % 2 and not self.pad:
            raise ElementError("has an odd number of digits and no padding")
        digits = value.replace("=", "D")
        if len(text) % 2:
            digits = self.field.left_pad + digits + self.field.right_pad
        return bytes.fromhex(digits), len(text) if self.nibbles else len(digits) // 2
