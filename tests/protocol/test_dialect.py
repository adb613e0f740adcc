"""Dialects: what is shipped is complete, what contradicts itself is named."""

from __future__ import annotations

import pytest

from protocol.dialect import BUILTIN, builtin_dialect, load_dialect
from protocol.errors import DialectError
from protocol.field import ValueClass
from protocol.framing import Framing, LengthKind
from protocol.message import HIDDEN, NAMES


@pytest.mark.parametrize("name", BUILTIN)
def test_shipped_dialect_names_its_fields_and_hides_secrets(name: str) -> None:
    dialect = builtin_dialect(name)

    assert all(dialect.names.values())
    assert HIDDEN & set(dialect.field) <= dialect.hidden
    assert dialect.field[2].secret


@pytest.mark.parametrize("name", [name for name in BUILTIN if name != "cup"])
def test_shipped_dialect_has_all_fields(name: str) -> None:
    assert set(builtin_dialect(name).field) == set(range(2, 129)) - {65}


def test_cup_has_the_fields_of_its_terminals() -> None:
    numbers = "2 3 4 11 12 13 14 15 22 23 25 26 32 35 36 37 38 39 41 42 44 48 49 52 53 54 55 60"

    assert sorted(builtin_dialect("cup").field) == [*map(int, numbers.split()), *range(61, 65), 128]


def test_iso93_packs_what_iso93_has() -> None:
    """The two forms of the 1993 edition differ in how, not in what."""
    plain, packed = builtin_dialect("iso93"), builtin_dialect("iso93_bcd")

    assert plain.names == packed.names
    assert plain.hidden == packed.hidden
    for number, field in plain.field.items():
        other = packed.field[number]
        assert (field.value, field.shape) == (other.value, other.shape)
        assert bool(field.len_type) == bool(other.len_type), number


def test_dialect_names_the_part_of_a_header_that_is_wrong() -> None:
    with pytest.raises(DialectError, match=r"x.toml: header.tpdu: every part has its number"):
        load_dialect('base = "cup"\nheader = { tpdu = "60" }', "x.toml")


def test_iso87_knows_what_to_hide() -> None:
    """What `Message` hides without a dialect, the dialect hides too; the card number is masked."""
    dialect = builtin_dialect()

    assert set(dialect.hidden) >= HIDDEN
    assert 2 not in dialect.hidden
    assert dialect.field[2].secret


def test_iso87_names_fields_as_messages_do() -> None:
    names = builtin_dialect().names

    assert {number: names[number] for number in NAMES} == NAMES


def test_dialect_inherits_from_its_base() -> None:
    dialect = load_dialect(
        """
        base = "iso87"
        name = "shop"
        binary = "raw"
        [bitmap]
        data_enc = "b"
        [framing]
        kind = "ascii4"
        [field]
        60 = { value = "n", max_len = 6 }
        """,
        "shop.toml",
    )

    assert dialect.name == "shop"
    assert dialect.bitmap.data_enc == "b"
    assert dialect.framing == Framing(kind=LengthKind.ASCII4)
    assert (dialect.field[60].value, dialect.field[60].len_type) == (ValueClass.N, 3)
    assert (dialect.field[52].data_enc, dialect.field[52].max_len) == ("b", 8)
    assert dialect.field[41] == builtin_dialect().field[41]


def test_binary_fields_turn_raw_and_back() -> None:
    raw = load_dialect('base = "iso87"\nbinary = "raw"', "raw")
    hexadecimal = load_dialect('base = "iso87"\nbinary = "hex"', "hex")

    assert raw.field[55].max_len == 255
    assert hexadecimal.field == builtin_dialect().field


def test_iso87_bcd_differs_in_writing_only() -> None:
    """Same classes, shapes and secrets: a value that one can carry, the other can."""
    plain, packed = builtin_dialect("iso87"), builtin_dialect("iso87_bcd")

    for number, field in plain.field.items():
        other = packed.field[number]
        assert (field.value, field.shape, field.secret, field.desc, field.len_type > 0) == (
            (other.value, other.shape, other.secret, other.desc, other.len_type > 0)
        )
    assert packed.field[90].max_len == 21


FIELD = 'base = "iso87"\n[field]\n60 = '

WRONG = [
    ("name = ", r"own\.toml: Invalid value"),
    ('name = "own"', r"own\.toml: field: a dialect has tables"),
    ('base = "iso99"', r"own\.toml: base: 'iso99' is no shipped dialect; there are iso87"),
    ('base = "iso87"\n[field]\npan = { secret = true }', r"own\.toml: field\.pan: .* 2 to 128"),
    ('base = "iso87"\n[framing]\nkind = "b"', r"framing\.kind: .* found 'b'; allowed: binary2, "),
    ('base = "iso87"\nbinary = "octal"', r'binary: found \'octal\', allowed are "hex" and "raw"'),
    ('base = "iso87"\nsize = 1', r"own\.toml: size: no such key; allowed: name, "),
    ('base = "iso87"\nfield = 60', "field: a dialect has tables"),
    ('base = "iso87"\n[field]\n60 = 1', r"field\.60: Expected `object`"),
    ('base = "iso87"\n[field]\n65 = { value = "n", max_len = 1 }', "field 65"),
    ('base = "iso87"\n[field]\n129 = { value = "n", max_len = 1 }', "field 129"),
    ('base = "iso87"\n[mti]\nversions = "x"', r"own\.toml: mti: .*digits"),
    ('base = "iso87"\n[bitmap]\ndata_enc = "klingon"', "bitmap: 'klingon' is neither"),
    (
        'base = "iso87"\n[framing]\nframe_size_max = 70000',
        r"framing\.frame_size_max: is at most 65535 .*; found 70000",
    ),
    (FIELD + '{ value = "q" }', r"field\.60: value: .* found 'q'; allowed: a, n, "),
    (FIELD + "{ secrat = true }", r"field\.60: secrat: no such key; allowed: value, "),
    (FIELD + "{ max_len = 1000 }", r"field\.60: max_len: above 999 .*; found 1000"),
    (FIELD + "{ max_len = 0 }", r"field\.60: max_len: is 1 to"),
    (FIELD + "{ len_type = 5 }", r"field\.60: len_type"),
    (FIELD + '{ len_enc = "b", len_type = 1 }', r"field\.60: max_len: above 255"),
    (FIELD + '{ len_enc = "bcd", len_type = 1 }', r"field\.60: max_len: above 99 "),
    (FIELD + '{ data_enc = "utf-16" }', r"field\.60: 'utf-16' is neither"),
    (FIELD + '{ data_enc = "b" }', 'field.60: data_enc: "b" is for classes'),
    (FIELD + '{ len_count = "nibbles" }', r"field\.60: len_count: .* needs data_enc"),
    (FIELD + '{ left_pad = "0" }', r"field\.60: padding needs"),
    (FIELD + '{ value = "b", len_type = 0, max_len = 15 }', r"field\.60: .* whole bytes"),
    (FIELD + '{ shape = "MMDD" }', r"field\.60: shape"),
    ('base = "iso87"\n[field]\n13 = { shape = "MMXX" }', r"field\.13: shape"),
    (
        'base = "iso87"\n[field]\n22 = { data_enc = "b", len_count = "nibbles" }',
        r"field\.22: an odd number of digits",
    ),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_dialect_is_refused_with_file_key_and_reason(text: str, problem: str) -> None:
    with pytest.raises(DialectError, match=problem) as caught:
        load_dialect(text, "own.toml")
    assert caught.value.__context__ is None
