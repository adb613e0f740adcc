"""pyiso8583 specifications: what comes in says the same as what it came from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protocol.codec import Codec
from protocol.errors import DialectError
from protocol.field import ValueClass
from protocol.imports import Imported, read_specification
from protocol.message import Message
from protocol.reference import ReferenceCodec, specification


def row(enc: str, most: int, prefix: int = 0, **more: object) -> dict[str, Any]:
    return {"data_enc": enc, "len_enc": "ascii", "len_type": prefix, "max_len": most, **more}


SHOP = {
    "h": row("ascii", 0, desc="Message Header"),
    "t": row("b", 2, desc="Message Type"),
    "p": row("b", 8, desc="Bitmap, Primary"),
    "1": row("b", 8, desc="Bitmap, Secondary"),
    "2": row("b", 19, 1, len_enc="bcd", len_count="nibbles", right_pad="F", desc="PAN"),
    "3": row("b", 3, desc="Processing Code"),
    "35": row("b", 37, 1, len_enc="b", len_count="nibbles", left_pad="0", right_pad="1"),
    "41": row("cp500", 8, desc="Terminal"),
    "52": row("b", 8, desc="PIN"),
    "55": row("b", 255, 3, desc="ICC data"),
    "60": row("latin-1", 60, 3, desc="Batch"),
    "64": row("ascii", 16, desc="MAC"),
    "70": row("ascii", 3, desc="Network Management Information Code"),
    "128": row("ascii", 8, desc="MAC, short"),
}


def read(text: str) -> Imported:
    return read_specification(text, source="my_spec.py", name="shop")


def test_specification_is_the_same_when_it_has_come_through() -> None:
    """What `protocol.reference` makes of the dialect is what was imported, row by row."""
    made = specification(read(json.dumps(SHOP)).dialect)

    kept = {**SHOP, "35": {**SHOP["35"]}}
    del kept["35"]["right_pad"]  # the left one takes precedence
    for key, wanted in kept.items():
        rest = {name: made[key].get(name, "") for name in wanted if name != "desc"}
        assert {name: value for name, value in wanted.items() if name != "desc"} == rest, key
    assert set(kept) == set(made)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SHOP),
        f"specification = {SHOP!r}\n",
        f"import iso8583\n\nspec: dict = {SHOP!r}\nprint('never run')\n",
        repr(SHOP),
    ],
)
def test_forms_of_one_specification_are_one_dialect(text: str) -> None:
    assert read(json.dumps(SHOP)) == read(text)


def test_classes_are_those_of_iso87_where_the_encoding_allows() -> None:
    """pyiso8583 tells no digits from text and no binary from packed digits."""
    fields = read(json.dumps(SHOP)).dialect.field

    classes = {number: field.value for number, field in fields.items()}
    wanted = {2: "n", 3: "n", 35: "z", 41: "ans", 52: "b", 55: "b", 60: "ans", 64: "b", 128: "ans"}
    assert {**{number: ValueClass(name) for number, name in wanted.items()}, 70: ValueClass.N} == (
        classes
    )
    assert fields[2].secret
    assert fields[52].secret
    assert not fields[41].secret


def test_message_reads_as_pyiso8583_reads_it() -> None:
    """The imported dialect and pyiso8583 itself say the same of one frame."""
    dialect = read(json.dumps(SHOP)).dialect
    message = Message(
        "0200",
        {
            2: "4111111111111111",
            3: "000000",
            35: "4111111111111111=2812",
            41: "TERM0001",
            52: bytes(range(8)),
            60: "000001",
        },
    )

    wire = ReferenceCodec(dialect).encode(message)

    assert message == Codec(dialect).decode(wire)
    assert message == ReferenceCodec(dialect).decode(wire)


def test_changes_below_the_dictionary_are_followed() -> None:
    text = f"spec = {SHOP!r}\nspec['60']['max_len'] = 99\nspec['61'] = {row('ascii', 9, 2)!r}\n"

    fields = read(text).dialect.field

    assert 99 == fields[60].max_len
    assert 9 == fields[61].max_len


def test_code_is_never_run_and_what_it_does_is_said() -> None:
    text = f"spec = {SHOP!r}\nspec['60']['max_len'] = int('99')\nspec = fix(spec)\n"

    imported = read(text)

    assert 60 == imported.dialect.field[60].max_len
    assert ["Line 2", "Line 3"] == [note[:6] for note in imported.notes]


def test_what_cannot_be_carried_over_is_named() -> None:
    odd = {
        **SHOP,
        "h": row("b", 12),
        "65": row("b", 8),
        "48": row("ascii", 9999, 3),
        "61": row("utf-16", 10),
        "62": {**row("ascii", 10), "max_len": "ten"},
        "63": row("ascii", 10, sub=True),
    }

    imported = read(json.dumps(odd))

    notes = "\n".join(imported.notes)
    assert {48, 61, 62, 65}.isdisjoint(imported.dialect.field)
    assert "header h of 12 bytes" in notes
    assert "F65 is left out" in notes
    assert "F48 is left out: max_len above 999 needs a wider len_type." in notes
    assert "F61 is left out: 'utf-16' is neither" in notes
    assert "F62 is left out" in notes
    assert "F63: pyiso8583 has no key 'sub'" in notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("from iso8583.specs import default as spec", "json.dumps"),
        ("{}", "json.dumps"),
        ("spec = {", "neither JSON nor Python"),
        ("spec = " + "[" * 5000, "neither JSON nor Python"),
        ("[" * 100_000, "my_spec.py"),
        (json.dumps({**SHOP, "t": row("ascii", 5)}), "t: found max_len 5, allowed is 4"),
        (json.dumps({"t": SHOP["t"], "p": SHOP["p"]}), "no field"),
        ("\0", "neither JSON nor Python"),
    ],
)
def test_what_is_no_specification_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(DialectError, match=r"my_spec\.py") as caught:
        read(text)

    assert words in str(caught.value)
