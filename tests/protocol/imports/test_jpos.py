"""jPOS GenericPackager files, as they look in the field."""

from __future__ import annotations

import pytest

from protocol.codec import Codec
from protocol.errors import DialectError
from protocol.field import ValueClass
from protocol.imports import Imported, read_specification
from protocol.imports.jpos import FORMS
from protocol.message import Message
from protocol.reference import ReferenceCodec

HEAD = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE isopackager PUBLIC
        "-//jPOS/jPOS Generic Packager DTD 1.0//EN"
        "http://jpos.org/dtd/generic-packager-1.0.dtd">
"""


def isofield(number: int, length: int, kind: str, more: str = "") -> str:
    return (
        f'  <isofield id="{number}" length="{length}" name="Field &amp; {number}"'
        f' class="org.jpos.iso.{kind}" {more}/>\n'
    )


def packager(*fields: str, attributes: str = "") -> str:
    return f"{HEAD}<isopackager {attributes}>\n{''.join(fields)}</isopackager>\n"


def read(text: str) -> Imported:
    return read_specification(text, source="shop.xml", name="shop")


ASCII = packager(
    isofield(0, 4, "IFA_NUMERIC"),
    isofield(1, 16, "IFA_BITMAP"),
    isofield(2, 19, "IFA_LLNUM"),
    isofield(3, 6, "IFA_NUMERIC"),
    isofield(28, 9, "IFA_AMOUNT"),
    isofield(35, 37, "IFA_LLNUM"),
    isofield(39, 2, "IF_CHAR"),
    isofield(41, 8, "IF_CHAR"),
    isofield(52, 8, "IFA_BINARY"),
    isofield(55, 255, "IFA_LLLBINARY"),
    isofield(60, 999, "IFA_LLLCHAR"),
)
PACKED = packager(
    isofield(0, 4, "IFB_NUMERIC", 'pad="true"'),
    isofield(1, 16, "IFB_BITMAP"),
    isofield(2, 19, "IFB_LLNUM", 'pad="false"'),
    isofield(3, 6, "IFB_NUMERIC", 'pad="true"'),
    isofield(22, 3, "IFB_NUMERIC", 'pad="true"'),
    isofield(32, 11, "IFB_LLHNUM", 'pad="true"'),
    isofield(35, 37, "IFB_LLNUM"),
    isofield(41, 8, "IFE_CHAR"),
    isofield(52, 8, "IFB_BINARY"),
    isofield(60, 999, "IFB_LLLHCHAR"),
)
SALE = Message(
    "0200",
    {2: "4111111111111111", 3: "000000", 35: "4111111111111111=281210100000", 41: "TERM0001"},
)


@pytest.mark.parametrize(
    ("text", "message", "wire"),
    [
        pytest.param(
            ASCII,
            Message("0210", {3: "000000", 28: "D00000150", 39: "00", 52: b"\x01" * 8, 55: b"\x9a"}),
            b"0210"
            + b"2000001002001200"
            + b"000000"
            + b"D00000150"
            + b"00"
            + b"01" * 8
            + b"001\x9a",
            id="ascii",
        ),
        pytest.param(
            PACKED,
            Message("0200", {2: "4222222222222", 3: "000000", 22: "051", 32: "12345", 60: "7"}),
            bytes.fromhex("0200 6000040100000010 13 42222222222220 000000 0051 05 012345 0001 37"),
            id="packed",
        ),
    ],
)
def test_message_is_written_as_jpos_writes_it(text: str, message: Message, wire: bytes) -> None:
    """Worked out by hand from the packer classes: fillers, length bytes, hexadecimal digits."""
    dialect = read(text).dialect

    assert wire == Codec(dialect).encode(message)
    assert message == Codec(dialect).decode(wire)


@pytest.mark.parametrize("text", [ASCII, PACKED], ids=["ascii", "packed"])
def test_imported_dialect_agrees_with_pyiso8583(text: str) -> None:
    dialect = read(text).dialect

    wire = ReferenceCodec(dialect).encode(SALE)

    assert SALE == Codec(dialect).decode(wire)


def test_classes_are_narrowed_by_iso87() -> None:
    """jPOS writes tracks with its classes for digits."""
    fields = read(ASCII).dialect.field

    wanted = {2: "n", 35: "z", 28: "xn", 39: "an", 41: "ans", 52: "b", 60: "ans"}
    assert {number: ValueClass(value) for number, value in wanted.items()} == {
        number: fields[number].value for number in wanted
    }
    assert "Field & 41" == fields[41].desc
    assert fields[35].secret


def test_every_form_makes_a_field() -> None:
    """The table of classes holds none that a dialect would refuse."""
    forms = list(enumerate(FORMS, start=66))
    text = packager(*(isofield(number, 8, name) for number, name in forms))

    imported = read(text)

    assert [number for number, _ in forms] == list(imported.dialect.field)


def test_what_cannot_be_mapped_is_named_with_field_and_class() -> None:
    text = packager(
        isofield(3, 6, "IFA_NUMERIC"),
        isofield(28, 9, "IFB_AMOUNT"),
        isofield(47, 9, "IF_UNUSED"),
        '<isofield id="48" length="9" name="own" class="com.example.IFX_MINE"/>',
        isofield(65, 8, "IFB_BINARY"),
        isofield(130, 8, "IFA_NUMERIC"),
        '<isofieldpackager id="63" length="99" name="parts" class="org.jpos.iso.IFA_LLLCHAR"'
        ' packager="org.jpos.iso.packager.GenericSubFieldPackager">'
        + isofield(5, 2, "IFA_NUMERIC")
        + "</isofieldpackager>",
        attributes='headerLength="5"',
    )

    imported = read(text)

    notes = "\n".join(imported.notes)
    assert [3, 63] == list(imported.dialect.field)
    assert "F28 is left out: org.jpos.iso.IFB_AMOUNT: its letter is text" in notes
    assert "F48 is left out: com.example.IFX_MINE: no dialect knows this class." in notes
    assert "F65" in notes
    assert "F130" in notes
    assert "F63: its subfields are not carried over." in notes
    assert "header of 5 bytes" in notes
    assert "F47" not in notes


BOMB = (
    '<!DOCTYPE isopackager [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><isopackager>&b;</isopackager>'
)
THIEF = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><isopackager>&e;</isopackager>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "declares an entity"),
        (THIEF, "declares an entity"),
        ("<isopackager>", "is no XML"),
        ("<beans/>", "no isopackager"),
        (packager(), "no field"),
        (packager(isofield(0, 4, "IFA_LLNUM")), "MTI: found class 'IFA_LLNUM'"),
        (packager(isofield(1, 8, "IF_CHAR")), "bitmap: found class 'IF_CHAR'"),
        (packager('<isofield id="2" length="x" class="y"/>'), "both are numbers"),
        (packager(attributes='emitBitmap="false"'), "emitBitmap"),
    ],
)
def test_what_is_no_packager_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(DialectError, match=r"shop\.xml") as caught:
        read(text)

    assert words in str(caught.value)
