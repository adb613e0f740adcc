"""A moov-io/iso8583 specification in JSON, as its builder exports it.

    {"name": "...", "fields": {"2": {"type": "String", "length": 19, "description": "PAN",
                                     "enc": "ASCII", "prefix": "ASCII.LL"}}}

`length` counts characters, or digits with BCD (filled up before) and LBCD (filled up behind).
Paddings of fixed fields are the writer's business there; here a value has its full length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from protocol.field import ValueClass
from protocol.imports.draft import Draft, Wire, iso_field

CHARSETS: Final[Mapping[str, str]] = {"ASCII": "ascii", "EBCDIC": "cp500", "EBCDIC1047": "cp037"}
DIGITS: Final[Mapping[str, str]] = {"BCD": "left_pad", "LBCD": "right_pad"}
"""Packed digits -> the side on which an odd one is filled up with 0."""
HEXADECIMAL: Final = frozenset({"HexToASCII", "Hex"})
BINARY_TYPES: Final = frozenset({"Binary", "Hex", "Composite"})
TYPES: Final = frozenset({"String", "Numeric", "Track1", "Track2", "Track3", *BINARY_TYPES})

PREFIXES: Final[Mapping[str, str]] = {**CHARSETS, "BCD": "bcd", "Binary": "b"}
WIDTHS: Final = {"Fixed": 0, "L": 1, "LL": 2, "LLL": 3, "LLLL": 4}

Row = Mapping[str, Any]


class CannotSayError(Exception):
    """Why a dialect cannot say what a field is."""


def read(text: str, draft: Draft) -> None:
    """Read a specification into `draft`. Raises DialectError."""
    problem = ""
    found: Any = None
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        problem = f"is no JSON: {error}"
    if problem:
        raise draft.refuse(problem)
    fields = found.get("fields") if isinstance(found, dict) else None
    if not isinstance(fields, dict):
        raise draft.refuse('fields: a moov-io specification has a table "fields"')
    draft.title = str(found.get("name", "")) or "imported from moov-io"
    for key, row in fields.items():
        if not key.isdecimal() or not isinstance(row, dict):
            raise draft.refuse(f"fields: {key!r} is no field number with its keys")
        _take(int(key), row, draft)


def _take(number: int, row: Row, draft: Draft) -> None:
    encoding = str(row.get("enc", ""))
    if number == 0:
        draft.mti_enc = "b" if encoding in DIGITS or encoding == "Binary" else _charset(row, draft)
    elif number == 1:
        draft.bitmap_enc = _bitmap(encoding, draft)
    else:
        reason = ""
        try:
            wire = _wire(number, row)
        except CannotSayError as error:
            reason = str(error)
        if reason:
            draft.leave_out(number, reason)
            return
        draft.add(number, wire, row.get("description", ""))
        if row.get("subfields"):
            draft.note(f"F{number}: its subfields are not carried over.")


def _charset(row: Row, draft: Draft) -> str:
    encoding = str(row.get("enc", ""))
    if encoding not in CHARSETS:
        allowed = ", ".join([*CHARSETS, *DIGITS])
        raise draft.refuse(f"fields.0.enc: found {encoding!r}, allowed are {allowed}")
    return CHARSETS[encoding]


def _bitmap(encoding: str, draft: Draft) -> str:
    if encoding == "Binary":
        return "b"
    if encoding in HEXADECIMAL:
        return "ascii"
    raise draft.refuse(f"fields.1.enc: found {encoding!r}, allowed are Binary and HexToASCII")


def _wire(number: int, row: Row) -> Wire:
    """Return how one field is written. Raises CannotSayError."""
    kind, encoding = str(row.get("type", "")), str(row.get("enc", ""))
    length = row.get("length", 0)
    if kind not in TYPES:
        raise CannotSayError(f"type {kind!r} is unknown")
    if type(length) is not int:
        raise CannotSayError(f"length {length!r} is no number")
    content = _content(number, row, kind, encoding)
    return msgspec.convert({**content, **_prefix(str(row.get("prefix", "")))}, Wire)


def _content(number: int, row: Row, kind: str, encoding: str) -> dict[str, Any]:
    """Return the keys of a field's content, whatever its length prefix. Raises CannotSayError."""
    length = row.get("length", 0)
    fixed = str(row.get("prefix", "")).endswith(".Fixed")
    if encoding in CHARSETS:
        value = "n" if kind == "Numeric" else ""
        return {"value": value, "data_enc": CHARSETS[encoding], "max_len": length}
    if encoding in DIGITS:
        pad = {} if fixed and length % 2 == 0 else {DIGITS[encoding]: "0"}
        return {"value": "n", "data_enc": "b", "len_count": "nibbles", "max_len": length, **pad}
    if encoding == "Binary" or (kind == "Composite" and not encoding):
        iso = iso_field(number)
        raw = kind in BINARY_TYPES or (iso is not None and iso.value is ValueClass.B)
        return {**({"value": "b", "data_enc": "b"} if raw else {}), "max_len": length}
    if encoding in HEXADECIMAL and fixed:
        return {"value": "b", "max_len": 2 * length}
    if encoding in HEXADECIMAL:
        raise CannotSayError(f"enc {encoding}: its length counts bytes, its content digits")
    raise CannotSayError(f"enc {encoding!r} is none that a dialect knows")


def _prefix(name: str) -> dict[str, Any]:
    family, _, width = name.partition(".")
    if width == "Fixed":
        return {}
    if family not in PREFIXES or width not in WIDTHS:
        raise CannotSayError(f"prefix {name!r} is none that a dialect knows")
    digits = WIDTHS[width]
    len_type = (digits + 1) // 2 if family == "BCD" else digits
    return {"len_enc": PREFIXES[family], "len_type": len_type}
