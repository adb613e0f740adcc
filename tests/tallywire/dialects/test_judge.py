"""The judge: silent about what agrees, and never about what does not."""

from __future__ import annotations

import pytest

from protocol.codec import Codec
from protocol.dialect import BUILTIN, builtin_dialect, load_dialect
from protocol.message import Message
from protocol.reference import ReferenceCodec
from tallywire.dialects.draw import draw_messages
from tallywire.dialects.judge import compare, judge
from tests.protocol.drawn import DIALECTS


@pytest.mark.parametrize("name", BUILTIN)
def test_shipped_dialect_is_understood_by_pyiso8583(name: str) -> None:
    verdict = judge(builtin_dialect(name), count=80)

    assert () == verdict.disagreements
    assert 2 * len(builtin_dialect(name).field) + 80 == verdict.messages


@pytest.mark.parametrize("name", DIALECTS)
def test_other_dialects_are_too(name: str) -> None:
    assert () == judge(DIALECTS[name], seed=3, count=40).disagreements


OTHERS = [
    ('[field]\n3 = { value = "n", max_len = 5 }', "F3", "refuses to write it"),
    ('[field]\n41 = { data_enc = "cp500" }', "F41", "they write different bytes"),
    ("[field]\n60 = { max_len = 40 }", "F60", "pyiso8583 cannot write it"),
    ('[bitmap]\ndata_enc = "b"', "MTI or bitmap", "they write different bytes"),
    ('[mti]\nversions = "1"', "MTI", "our codec refuses to write it"),
]


@pytest.mark.parametrize(("change", "field", "reason"), OTHERS)
def test_difference_is_found_by_field_and_reason(change: str, field: str, reason: str) -> None:
    """A codec of another dialect stands for one that reads this dialect in another way."""
    dialect = builtin_dialect()
    other = load_dialect(f'base = "iso87"\n{change}', "other")
    ours, theirs = (dialect, other) if "pyiso8583" in reason else (other, dialect)
    drawn = list(draw_messages(dialect, seed=0, count=0))

    verdict = compare(Codec(ours), ReferenceCodec(theirs), drawn)

    found = [one for one in verdict.disagreements if one.field == field]
    assert found
    assert any(reason in one.reason for one in found)
    assert all(1 <= one.count <= len(drawn) for one in found)


def test_lost_header_is_found() -> None:
    class Unaddressed(Codec):
        def decode(self, data: bytes) -> Message:
            message = super().decode(data)
            return Message(message.mti, message.fields)

    dialect = builtin_dialect("cup")
    drawn = list(draw_messages(dialect, seed=0, count=0))

    verdict = compare(Unaddressed(dialect), ReferenceCodec(dialect), drawn)

    assert {"header"} == {one.field for one in verdict.disagreements}


def test_misreading_is_found_both_ways() -> None:
    """What is written alike can still be read otherwise."""

    class Deaf(Codec):
        def decode(self, data: bytes) -> Message:
            message = super().decode(data)
            return Message("0800", {**message.fields, 11: "000000"})

    dialect = builtin_dialect()
    message = Message("0200", {11: "000001"})

    verdict = compare(Deaf(dialect), ReferenceCodec(dialect), [message])

    assert [
        ("F11", "our codec reading what pyiso8583 wrote: another value"),
        ("MTI", "our codec reading what pyiso8583 wrote: another message type"),
    ] == sorted((one.field, one.reason) for one in verdict.disagreements)


def test_disagreements_carry_no_value() -> None:
    """REQ 000-11: what is told of a card number is its field."""
    other = load_dialect('base = "iso87"\n[field]\n2 = { max_len = 12 }', "other")
    message = Message("0200", {2: "4111111111111111", 35: "4111111111111111=2812"})

    told = repr(compare(Codec(other), ReferenceCodec(other), [message]))

    assert "F2" in told
    assert "4111" not in told
