"""Dialects of every kind, and messages drawn from them."""

from __future__ import annotations

import string
from typing import Final

from hypothesis import strategies as st

from protocol.dialect import Dialect, builtin_dialect, load_dialect
from protocol.field import Field, ValueClass
from protocol.header import Header, HeaderRule
from protocol.layout import Layout
from protocol.message import FieldValue, Message

ALNUM = string.ascii_letters + string.digits
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

PACKED: Final = """
base = "iso87"
name = "packed"
binary = "raw"
[mti]
data_enc = "b"
[bitmap]
data_enc = "b"
[field]
2 = { data_enc = "b", len_enc = "bcd", len_type = 1, len_count = "nibbles", right_pad = "F" }
3 = { data_enc = "b", max_len = 3 }
4 = { data_enc = "b", max_len = 6 }
7 = { data_enc = "b", max_len = 5 }
11 = { data_enc = "b", max_len = 3 }
12 = { data_enc = "b", max_len = 3 }
13 = { data_enc = "b", max_len = 2 }
22 = { data_enc = "b", max_len = 3, len_count = "nibbles", right_pad = "0" }
23 = { data_enc = "b", max_len = 3, len_count = "nibbles", left_pad = "0" }
24 = { data_enc = "b", max_len = 3, len_count = "nibbles", left_pad = "0" }
32 = { data_enc = "b", len_enc = "bcd", len_type = 1, len_count = "nibbles", left_pad = "0" }
33 = { data_enc = "b", len_enc = "b", len_type = 1, max_len = 6 }
35 = { data_enc = "b", len_enc = "bcd", len_type = 1, len_count = "nibbles", right_pad = "0" }
36 = { data_enc = "b", len_enc = "bcd", len_type = 2, len_count = "nibbles", right_pad = "F" }
44 = { len_enc = "b", len_type = 1 }
48 = { len_enc = "bcd", len_type = 2 }
53 = { data_enc = "b", max_len = 8 }
54 = { len_enc = "bcd", len_type = 2 }
55 = { data_enc = "b", len_enc = "bcd", len_type = 2, max_len = 255 }
60 = { len_enc = "b", len_type = 2 }
64 = { data_enc = "b", len_count = "nibbles", max_len = 16 }
70 = { data_enc = "b", max_len = 3, len_count = "nibbles", left_pad = "0" }
90 = { data_enc = "b", max_len = 21 }
"""

EBCDIC: Final = """
base = "iso87"
name = "ebcdic"
[mti]
data_enc = "cp500"
[bitmap]
data_enc = "cp500"
"""

ODD: Final = """
base = "iso87"
name = "odd"
[field]
9 = { value = "a", max_len = 8 }
10 = { value = "z", max_len = 8 }
11 = { value = "z", data_enc = "b", max_len = 4 }
12 = { value = "a", len_type = 1, max_len = 9, shape = "" }
13 = { value = "xn", len_type = 2, max_len = 12, shape = "" }
14 = { value = "an", len_type = 2, max_len = 20 }
15 = { value = "n", data_enc = "cp037", max_len = 4, shape = "YYMM" }
16 = { value = "ans", data_enc = "cp037", len_enc = "cp037", len_type = 2, max_len = 20 }
17 = { value = "b", data_enc = "b", max_len = 3 }
18 = { value = "b", data_enc = "b", len_type = 2, len_count = "nibbles", max_len = 8 }
19 = { value = "b", data_enc = "cp500", len_type = 2, max_len = 8 }
20 = { data_enc = "b", len_type = 2, len_count = "nibbles", max_len = 9, left_pad = "0" }
21 = { value = "n", data_enc = "b", len_type = 2, len_count = "nibbles", max_len = 8 }
"""

DIALECTS: Final[dict[str, Dialect]] = {
    "iso87": builtin_dialect(),
    "binary-bitmap": load_dialect('base = "iso87"\n[bitmap]\ndata_enc = "b"', "binary-bitmap"),
    "raw-binary": load_dialect('base = "iso87"\nbinary = "raw"', "raw-binary"),
    "iso87_bcd": builtin_dialect("iso87_bcd"),
    "packed": load_dialect(PACKED, "packed"),
    "ebcdic": load_dialect(
        EBCDIC + '[defaults]\ndata_enc = "cp500"\nlen_enc = "cp500"\n', "ebcdic"
    ),
    "odd": load_dialect(ODD, "odd"),
    "cup": builtin_dialect("cup"),
    "iso93": builtin_dialect("iso93"),
    "iso93_bcd": builtin_dialect("iso93_bcd"),
    "iso93-ebcdic": load_dialect(
        EBCDIC.replace("iso87", "iso93").replace("cp500", "cp037")
        + '[defaults]\ndata_enc = "cp037"\nlen_enc = "cp037"\n',
        "iso93-ebcdic",
    ),
    "cup-binary-lengths": load_dialect(
        'base = "cup"\ndefaults = { len_enc = "b" }\nheader = { terminal = "" }',
        "cup-binary-lengths",
    ),
}
LAYOUTS: Final = {name: Layout(dialect) for name, dialect in DIALECTS.items()}

SHAPES: Final = {
    "YY": st.integers(0, 99),
    "MM": st.integers(1, 12),
    "DD": st.integers(1, 31),
    "hh": st.integers(0, 23),
    "mm": st.integers(0, 59),
    "ss": st.integers(0, 59),
}


def texts(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(alphabet), min_size=least, max_size=most)


def lengths(field: Field) -> tuple[int, int]:
    """Return the fewest and most characters of a value, or bytes of a binary one."""
    most = field.max_len
    if field.value is ValueClass.B:
        most //= 1 if field.data_enc == "b" and field.len_count == "bytes" else 2
    elif field.data_enc == "b" and field.len_count == "bytes":
        most *= 2
    least = most if not field.len_type else int(field.value in (ValueClass.N, ValueClass.A))
    return least, min(most, 60) if field.len_type else most


def values(field: Field) -> st.SearchStrategy[FieldValue]:
    """Return every kind of value that a field may have."""
    least, most = lengths(field)
    if field.shape:
        parts = [SHAPES[field.shape[at : at + 2]] for at in range(0, len(field.shape), 2)]
        return st.tuples(*parts).map(lambda drawn: "".join(f"{part:02d}" for part in drawn))
    match field.value:
        case ValueClass.N:
            drawn = texts(string.digits, least, most)
        case ValueClass.A:
            drawn = texts(string.ascii_letters, least, most)
        case ValueClass.AN:
            drawn = texts(ALNUM + " ", least, most)
        case ValueClass.ANS:
            drawn = texts(PRINTABLE, least, most)
        case ValueClass.XN:
            digits = texts(string.digits, max(least - 1, 1), most - 1)
            drawn = st.tuples(st.sampled_from("CD"), digits).map("".join)
        case ValueClass.Z:
            drawn = texts("0123456789=", max(least, 1), most).filter(lambda text: text.strip("="))
        case ValueClass.B:
            return st.binary(min_size=least, max_size=most)
    odd_forbidden = field.data_enc == "b" and not (field.left_pad or field.right_pad)
    return drawn.filter(lambda text: len(text) % 2 == 0) if odd_forbidden else drawn


def headers(rule: HeaderRule) -> st.SearchStrategy[Header | None]:
    """Return headers of the dialect's parts; None when it has none."""
    raw = st.tuples(*[st.integers(0, 99)] * rule.size).map(
        lambda pairs: bytes.fromhex("".join(f"{pair:02d}" for pair in pairs))
    )
    return raw.map(rule.read) if rule.size else st.none()


def messages(dialect: Dialect) -> st.SearchStrategy[Message]:
    """Return messages with any fields of the dialect."""
    drawn = {number: values(field) for number, field in dialect.field.items()}
    fields = st.sets(st.sampled_from(sorted(drawn)), max_size=16).flatmap(
        lambda numbers: st.fixed_dictionaries({number: drawn[number] for number in numbers})
    )
    return st.builds(Message, st.sampled_from(dialect.mti.all()), fields, headers(dialect.header))
