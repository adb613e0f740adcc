"""One row of a dialect's field table, and what makes such a row contradict itself."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

import msgspec

LENGTH_MAX: Final = 9999
"""No field is longer: the widest length prefix there is is LLLLVAR."""

SHAPE_PARTS: Final = {
    "YY": "[0-9]{2}",
    "MM": "(?:0[1-9]|1[0-2])",
    "DD": "(?:0[1-9]|[12][0-9]|3[01])",
    "hh": "(?:[01][0-9]|2[0-3])",
    "mm": "[0-5][0-9]",
    "ss": "[0-5][0-9]",
}
"""The parts of a date or time as regular expressions. The wire carries no year, so a month has
31 days."""


class ValueClass(Enum):
    """What a field may hold (ISO 8583:1987, 4.3.4)."""

    A = "a"
    N = "n"
    AN = "an"
    ANS = "ans"
    XN = "xn"
    Z = "z"
    B = "b"


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one field is written. Lengths count what is on the wire: bytes, or nibbles.

    `data_enc` is "b" for packed digits and raw bytes, else the name of a single-byte charset;
    `len_enc` is "b", "bcd" or a charset; `len_type` the bytes of the length prefix, 0 for none.
    """

    value: ValueClass
    max_len: int
    data_enc: str = "ascii"
    len_enc: str = "ascii"
    len_type: int = 0
    len_count: Literal["bytes", "nibbles"] = "bytes"
    left_pad: str = ""
    right_pad: str = ""
    shape: str = ""
    secret: bool = False
    desc: str = ""

    def __post_init__(self) -> None:
        problem = _field_problem(self)
        if problem:
            raise ValueError(problem)


def check_charset(name: str) -> None:
    """Refuse what is no encoding with one byte for each digit and letter."""
    if name == "b":
        return
    try:
        one_byte_each = len("0Az ".encode(name)) == 4
    except (LookupError, UnicodeError):
        one_byte_each = False
    if not one_byte_each:
        raise ValueError(f'{name!r} is neither "b" nor a charset of one byte a character')


_PREFIX_MAX: Final = {"b": 256, "bcd": 100}
_PACKABLE: Final = frozenset({ValueClass.N, ValueClass.Z, ValueClass.B})


def _field_problem(field: Field) -> str:
    """Return what contradicts itself in a field, or "" when nothing does."""
    check_charset(field.data_enc)
    if field.len_enc != "bcd":
        check_charset(field.len_enc)
    packed = field.data_enc == "b"
    room = min(LENGTH_MAX, _PREFIX_MAX.get(field.len_enc, 10) ** field.len_type - 1)
    pad = field.left_pad + field.right_pad
    nibbles = field.len_count == "nibbles"
    checks = (
        (0 <= field.len_type <= 4, "len_type is 0 to 4"),
        (1 <= field.max_len <= LENGTH_MAX, f"max_len is 1 to {LENGTH_MAX}"),
        (
            not field.len_type or field.max_len <= room,
            f"max_len above {room} needs a wider len_type",
        ),
        (not packed or field.value in _PACKABLE, 'data_enc "b" is for classes n, z and b'),
        (packed or not nibbles, 'len_count "nibbles" needs data_enc "b"'),
        (nibbles or not pad, 'padding needs len_count "nibbles"'),
        (len(pad) <= 1 and pad in "0123456789ABCDEF", "a pad is one digit 0-9 or A-F, on one side"),
        (not _odd(field) or bool(pad), "an odd number of digits needs a pad"),
        (not pad or field.value is not ValueClass.B, "binary fields are never padded"),
        (field.value is not ValueClass.B or _whole_bytes(field), "a binary field has whole bytes"),
        (
            not field.shape or _shape_fits(field),
            "shape is made of YY MM DD hh mm ss and fits max_len",
        ),
    )
    return next((problem for holds, problem in checks if not holds), "")


def _odd(field: Field) -> bool:
    return field.len_count == "nibbles" and not field.len_type and field.max_len % 2 == 1


def _whole_bytes(field: Field) -> bool:
    per_byte = 1 if field.data_enc == "b" and field.len_count == "bytes" else 2
    return bool(field.len_type) or field.max_len % per_byte == 0


def _shape_fits(field: Field) -> bool:
    parts = [field.shape[at : at + 2] for at in range(0, len(field.shape), 2)]
    digits = field.max_len * (2 if field.data_enc == "b" and field.len_count == "bytes" else 1)
    fixed_digits = field.value is ValueClass.N and field.len_type == 0
    return fixed_digits and digits == len(field.shape) and set(parts) <= set(SHAPE_PARTS)
