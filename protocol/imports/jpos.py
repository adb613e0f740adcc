"""A jPOS GenericPackager file: one `isofield` for each field, its class says how it is written.

    <isofield id="2" length="19" name="PAN" class="org.jpos.iso.IFA_LLNUM"/>

IFA_ classes are ASCII, IFE_ EBCDIC, IFB_ packed; L is a digit of the length, H a length in
binary. In packed fields jPOS counts digits; an odd one is filled up behind, or before with
`pad="true"`. Its EBCDIC is IBM1047, which Python has not: cp037 has the same letters and digits.

The document type that such files name is never fetched; entities are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

import msgspec

from protocol.errors import DialectError
from protocol.imports.draft import Draft, Wire

PACKAGE: Final = "org.jpos.iso."
EBCDIC: Final = "cp037"
NESTED: Final = "isofieldpackager"


class Form(msgspec.Struct, frozen=True):
    """How the fields of one class are written; `fill` is what completes an odd digit."""

    value: str
    data_enc: str
    len_enc: str = "ascii"
    len_type: int = 0
    fill: str = ""
    characters_each: int = 1


FORMS: Final[Mapping[str, Form]] = {
    "IF_CHAR": Form("ans", "ascii"),
    "IFA_NUMERIC": Form("n", "ascii"),
    "IFA_AMOUNT": Form("xn", "ascii"),
    "IFA_LCHAR": Form("ans", "ascii", "ascii", 1),
    "IFA_LLCHAR": Form("ans", "ascii", "ascii", 2),
    "IFA_LLLCHAR": Form("ans", "ascii", "ascii", 3),
    "IFA_LLLLCHAR": Form("ans", "ascii", "ascii", 4),
    "IFA_LLNUM": Form("n", "ascii", "ascii", 2),
    "IFA_LLLNUM": Form("n", "ascii", "ascii", 3),
    "IFA_BINARY": Form("b", "ascii", characters_each=2),
    "IFA_LLBINARY": Form("b", "b", "ascii", 2),
    "IFA_LLLBINARY": Form("b", "b", "ascii", 3),
    "IFA_LLLLBINARY": Form("b", "b", "ascii", 4),
    "IFB_NUMERIC": Form("n", "b", fill="0"),
    "IFB_LLNUM": Form("n", "b", "bcd", 1, "0"),
    "IFB_LLLNUM": Form("n", "b", "bcd", 2, "0"),
    "IFB_LLHNUM": Form("n", "b", "b", 1, "0"),
    "IFB_LLLHNUM": Form("n", "b", "b", 2, "0"),
    "IFB_FLLNUM": Form("n", "b", "bcd", 1, "F"),
    "IFB_LLCHAR": Form("ans", "ascii", "bcd", 1),
    "IFB_LLLCHAR": Form("ans", "ascii", "bcd", 2),
    "IFB_LLHCHAR": Form("ans", "ascii", "b", 1),
    "IFB_LLLHCHAR": Form("ans", "ascii", "b", 2),
    "IFB_LLHECHAR": Form("ans", EBCDIC, "b", 1),
    "IFB_LLLHECHAR": Form("ans", EBCDIC, "b", 2),
    "IFB_BINARY": Form("b", "b"),
    "IFB_LLBINARY": Form("b", "b", "bcd", 1),
    "IFB_LLLBINARY": Form("b", "b", "bcd", 2),
    "IFB_LLHBINARY": Form("b", "b", "b", 1),
    "IFB_LLLHBINARY": Form("b", "b", "b", 2),
    "IFE_CHAR": Form("ans", EBCDIC),
    "IFE_NUMERIC": Form("n", EBCDIC),
    "IFE_AMOUNT": Form("xn", EBCDIC),
    "IFE_LLCHAR": Form("ans", EBCDIC, EBCDIC, 2),
    "IFE_LLLCHAR": Form("ans", EBCDIC, EBCDIC, 3),
    "IFE_LLNUM": Form("n", EBCDIC, EBCDIC, 2),
    "IFE_LLLNUM": Form("n", EBCDIC, EBCDIC, 3),
    "IFE_BINARY": Form("b", EBCDIC, characters_each=2),
    "IFE_LLBINARY": Form("b", "b", EBCDIC, 2),
    "IFE_LLLBINARY": Form("b", "b", EBCDIC, 3),
}
"""Class -> how its fields are written. `length` counts what the value has."""

BITMAPS: Final = {"IFA_BITMAP": "ascii", "IFB_BITMAP": "b", "IFE_BITMAP": EBCDIC}
MTIS: Final = {
    "IFA_NUMERIC": "ascii",
    "IF_CHAR": "ascii",
    "IFB_NUMERIC": "b",
    "IFE_NUMERIC": EBCDIC,
}
ABSENT: Final = frozenset({"IF_NOP", "IF_UNUSED"})

WHY_NOT: Final = {
    "IFB_AMOUNT": "its letter is text and its digits are packed, a dialect has one encoding",
    "IFEB_LLNUM": "its length counts bytes, and the digits tell their number by a filler",
}

Attributes = Mapping[str, str]


def read(text: str, draft: Draft) -> None:
    """Read a packager into `draft`. Raises DialectError."""
    draft.title = "imported from jPOS"
    found = _elements(text, draft)
    if not found or found[0][0] != "isopackager":
        raise draft.refuse("found no isopackager; a GenericPackager file begins with one")
    _look_at_packager(found[0][1], draft)
    for name, attributes in found[1:]:
        _take(attributes, draft)
        if name == NESTED:
            draft.note(f"F{attributes.get('id')}: its subfields are not carried over.")


def _elements(text: str, draft: Draft) -> list[tuple[str, Attributes]]:
    """Return the outermost element and those directly within it."""
    parser = expat.ParserCreate("utf-8")
    found: list[tuple[str, Attributes]] = []
    depth = 0

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth <= 2:
            found.append((name, attributes))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse_entity(*_declaration: object) -> None:
        raise draft.refuse("declares an entity, which is not read")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse_entity
    problem = ""
    try:
        content = text.encode("utf-8", "replace")
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        problem = f"is no XML: {error}"
    if problem:
        raise draft.refuse(problem)
    return found


def _look_at_packager(attributes: Attributes, draft: Draft) -> None:
    if attributes.get("emitBitmap") == "false" or attributes.get("bitmapField", "1") != "1":
        raise draft.refuse("emitBitmap, bitmapField: a dialect has its bitmap behind the MTI")
    header = attributes.get("headerLength", "0")
    if header != "0":
        draft.note(f"The header of {header} bytes is not carried over; a TPDU goes into [header].")


def _take(attributes: Attributes, draft: Draft) -> None:
    number, length = attributes.get("id", ""), attributes.get("length", "")
    kind = attributes.get("class", "")
    if not _is_number(number) or not _is_number(length):
        raise draft.refuse(f"isofield id {number!r} length {length!r}: both are numbers")
    short = kind.removeprefix(PACKAGE)
    if number == "0":
        draft.mti_enc = _encoding(MTIS, short, "MTI", draft)
    elif number == "1":
        draft.bitmap_enc = _encoding(BITMAPS, short, "bitmap", draft)
    elif short in FORMS:
        draft.add(
            int(number),
            _wire(FORMS[short], int(length), pad_left=attributes.get("pad") == "true"),
            attributes.get("name", ""),
        )
        if EBCDIC in (FORMS[short].data_enc, FORMS[short].len_enc):
            draft.note("jPOS writes EBCDIC as IBM1047, here it is cp037: [ ] and ^ differ.")
    elif short not in ABSENT:
        reason = WHY_NOT.get(short, "no dialect knows this class")
        draft.leave_out(number, f"{kind or 'no class'}: {reason}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5


def _encoding(table: Mapping[str, str], short: str, what: str, draft: Draft) -> str:
    if short not in table:
        raise DialectError(
            f"{draft.source}: {what}: found class {short!r}, allowed are {', '.join(table)}"
        )
    return table[short]


def _wire(form: Form, length: int, *, pad_left: bool) -> Wire:
    odd = form.len_type > 0 or length % 2 == 1
    fill = form.fill if odd else ""
    return Wire(
        value=form.value,
        max_len=length * form.characters_each,
        data_enc=form.data_enc,
        len_enc=form.len_enc,
        len_type=form.len_type,
        len_count="nibbles" if form.fill else "bytes",
        left_pad="0" if fill and pad_left else "",
        right_pad="" if pad_left else fill,
    )
