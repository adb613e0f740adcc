"""moov-io/iso8583 specifications in JSON, old spellings and new."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protocol.codec import Codec
from protocol.errors import DialectError
from protocol.field import ValueClass
from protocol.imports import Imported, read_specification
from protocol.message import Message
from protocol.reference import ReferenceCodec


def row(kind: str, length: int, enc: str, prefix: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "length": length, "enc": enc, "prefix": prefix, **more}


def spec(fields: dict[str, Any], name: str = "Shop") -> str:
    return json.dumps({"name": name, "fields": fields})


def read(text: str) -> Imported:
    return read_specification(text, source="shop.json", name="shop")


ASCII = {
    "0": row("String", 4, "ASCII", "ASCII.Fixed", description="Message Type Indicator"),
    "1": row("Bitmap", 16, "HexToASCII", "Hex.Fixed", description="Bitmap"),
    "2": row("String", 19, "ASCII", "ASCII.LL", description="Primary Account Number"),
    "3": row("Numeric", 6, "ASCII", "ASCII.Fixed", padding={"type": "Left", "pad": "0"}),
    "41": row("String", 8, "ASCII", "ASCII.Fixed", description="Terminal"),
    "52": row("Binary", 8, "HexToASCII", "Hex.Fixed", description="PIN Data"),
    "60": row("String", 999, "ASCII", "ASCII.LLL", description="Batch"),
    "64": row("String", 8, "Hex", "Hex.Fixed", description="MAC"),
}
PACKED = {
    "0": row("String", 4, "BCD", "BCD.Fixed"),
    "1": row("Bitmap", 8, "Binary", "Hex.Fixed"),
    "2": row("String", 19, "BCD", "BCD.LL"),
    "3": row("Numeric", 6, "BCD", "BCD.Fixed"),
    "22": row("String", 3, "BCD", "BCD.Fixed"),
    "23": row("String", 3, "LBCD", "BCD.Fixed"),
    "35": row("String", 37, "EBCDIC", "EBCDIC.LL"),
    "55": {
        **row("Composite", 255, "", "Binary.LL"),
        "tag": {"enc": "BerTLVTag", "sort": "StringsByHex"},
        "subfields": {"9A": row("Binary", 3, "Binary", "BerTLV")},
    },
    "64": row("Binary", 8, "Binary", "Binary.Fixed"),
}


@pytest.mark.parametrize(
    ("fields", "message", "wire"),
    [
        pytest.param(
            ASCII,
            Message("0200", {3: "000000", 52: b"\x01" * 8, 60: "000001"}),
            b"0200" + b"2000000000001010" + b"000000" + b"01" * 8 + b"006000001",
            id="ascii",
        ),
        pytest.param(
            PACKED,
            Message(
                "0200", {2: "4222222222222", 3: "000000", 22: "051", 23: "001", 55: b"\x9a\x00"}
            ),
            bytes.fromhex("0200 6000060000000200 13 04222222222222 000000 0051 0010 0002 9a00"),
            id="packed",
        ),
    ],
)
def test_message_is_written_as_moov_writes_it(
    fields: dict[str, Any], message: Message, wire: bytes
) -> None:
    """Worked out by hand from the encoders: BCD is filled up before, LBCD behind."""
    dialect = read(spec(fields)).dialect

    assert wire == Codec(dialect).encode(message)
    assert message == Codec(dialect).decode(wire)
    assert message == ReferenceCodec(dialect).decode(wire)


def test_title_classes_and_secrets_come_with_it() -> None:
    imported = read(spec(PACKED, name="Shop, packed"))

    fields = imported.dialect.field
    assert "Shop, packed" == imported.dialect.title
    assert [ValueClass.Z, ValueClass.B] == [fields[35].value, fields[55].value]
    assert "cp500" == fields[35].len_enc
    assert fields[64].secret
    assert ("F55: its subfields are not carried over.",) == imported.notes


def test_what_cannot_be_mapped_is_named_with_field_and_reason() -> None:
    fields = {
        **ASCII,
        "48": row("String", 999, "ASCII", "Hex.LLL"),
        "55": row("Binary", 255, "HexToASCII", "ASCII.LLL"),
        "61": row("String", 9, "Base64", "ASCII.LL"),
        "62": row("Own", 9, "ASCII", "ASCII.LL"),
        "63": {**row("String", 9, "ASCII", "ASCII.LL"), "length": "9"},
        "65": row("Bitmap", 8, "Binary", "Hex.Fixed"),
    }

    imported = read(spec(fields))

    notes = "\n".join(imported.notes)
    assert {48, 55, 61, 62, 63, 65}.isdisjoint(imported.dialect.field)
    assert "F48 is left out: prefix 'Hex.LLL' is none that a dialect knows." in notes
    assert "F55 is left out: enc HexToASCII: its length counts bytes" in notes
    assert "F61 is left out: enc 'Base64'" in notes
    assert "F62 is left out: type 'Own' is unknown." in notes
    assert "F63 is left out: length '9' is no number." in notes
    assert "F65 is left out" in notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"fields": ', "is no JSON"),
        ('{"fields": []}', 'a table "fields"'),
        ('{"fields": {}}', "no field"),
        ('{"fields": {"x": {}}}', "'x' is no field number"),
        (spec({"0": row("String", 4, "Morse", "ASCII.Fixed")}), "fields.0.enc: found 'Morse'"),
        (spec({"1": row("Bitmap", 8, "ASCII", "ASCII.Fixed")}), "fields.1.enc: found 'ASCII'"),
    ],
)
def test_what_is_no_specification_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(DialectError, match=r"shop\.json") as caught:
        read(text)

    assert words in str(caught.value)
