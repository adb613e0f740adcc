"""The doctor: what was written one way is found to be that way, and the rest is given reasons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import Codec
from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.doctor import DATA_SIZE_MAX, Way, cut, examine, shipped_ways
from protocol.framing import Framing, LengthKind
from protocol.message import Message

CARD = "4111111111111111"
SALE = Message(
    "0200",
    {2: CARD, 3: "000000", 4: "000000001850", 11: "000002", 41: "TERM0001", 49: "156"},
)
ECHO = Message("0800", {11: "000001"})


def sale(dialect: Dialect) -> Message:
    """Return the sale as an edition of the dialect numbers its messages."""
    return Message(f"{dialect.mti.versions[0]}200", SALE.fields)


@pytest.mark.parametrize("counting", ["", ", inclusive"])
@pytest.mark.parametrize("kind", LengthKind)
def test_framing_and_dialect_are_found(kind: LengthKind, counting: str) -> None:
    """Issue 3: the doctor says which framing and dialect fit."""
    framing = Framing(kind=kind, inclusive=bool(counting))
    for way in shipped_ways():
        wire = Codec(way.dialect).encode(sale(way.dialect))

        fitting = examine(framing.wrap(wire)).fitting

        assert {f"{kind.value}{counting}"} == {finding.framing for finding in fitting}, way.name
        assert way.name in {finding.dialect for finding in fitting}
        assert {"pyiso8583 agrees"} == {finding.opinion for finding in fitting}


@pytest.mark.parametrize("name", BUILTIN)
def test_own_header_of_a_dialect_comes_first(name: str) -> None:
    """cup has a TPDU and a terminal header; iso87_bcd behind them is thinkable, and comes later."""
    dialect = builtin_dialect(name)

    best = examine(Codec(dialect).encode(sale(dialect))).findings[0]

    assert (name, "none", True) == (best.dialect, best.framing, best.usual)


def test_dialect_found_can_be_made_from_its_toml() -> None:
    way = next(way for way in shipped_ways() if way.name == "iso87, EBCDIC")

    best = examine(Codec(way.dialect).encode(SALE)).findings[0]

    assert SALE == Codec(load_dialect(best.toml, "own.toml")).decode(
        Codec(way.dialect).encode(SALE)
    )


def test_packed_message_behind_a_tpdu_is_found() -> None:
    """The commonest wire of terminals outside China: no terminal header."""
    wire = bytes.fromhex("6000060000") + Codec(builtin_dialect("iso87_bcd")).encode(SALE)

    best = examine(Framing(kind=LengthKind.BCD2).wrap(wire)).findings[0]

    assert ("bcd2", "TPDU", "iso87_bcd") == (best.framing, best.header, best.dialect)
    text = f'base = "iso87_bcd"\nname = "own"\n[header]\n{best.header_toml}'
    assert SALE.fields == Codec(load_dialect(text, "own.toml")).decode(wire).fields


def test_several_messages_are_counted() -> None:
    framing = Framing()
    wire = Codec(builtin_dialect()).encode(ECHO)

    best = examine(framing.wrap(wire) * 3).findings[0]

    assert (3, "binary2", True) == (best.frames, best.framing, best.fits)


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("iso87", lambda wire: wire[:-3], "F49 at byte 70: needs 3 bytes, 0 are left"),
        ("iso87", lambda wire: wire + b"00", "end at byte 73: 2 bytes follow the last field"),
        ("iso87", lambda wire: b"9" + wire[1:], "MTI at byte 0: is no message type"),
        ("iso87", lambda wire: wire[:20] + b"99" + wire[22:], "F2 at byte 20: its length"),
    ],
)
def test_reason_names_field_and_position(name: str, spoil: object, reason: str) -> None:
    assert callable(spoil)
    wire = spoil(Codec(builtin_dialect(name)).encode(SALE))

    findings = examine(wire).findings

    assert not [one for one in findings if one.fits]
    found = [one for one in findings if (one.dialect, one.header) == (name, "none")]
    assert found[0].reason.startswith(reason)


def test_strictness_about_a_value_is_told_from_a_wrong_layout() -> None:
    """pyiso8583 takes letters in a numeric field: the layout fits, the value does not."""
    wire = Codec(builtin_dialect()).encode(ECHO).replace(b"000001", b"00000A")

    best = examine(wire).findings[0]

    assert best.nearly
    assert "the layout fits" in best.opinion
    assert "F11 at byte 20: holds something other than digits" == best.reason


def test_dialect_of_ones_own_is_tried_first() -> None:
    own = load_dialect('base = "iso87"\nname = "own"\n[field]\n11 = { value = "ans" }', "own")
    wire = Codec(builtin_dialect()).encode(ECHO).replace(b"000001", b"00000A")

    best = examine(wire, [Way(name="own", dialect=own)]).findings[0]

    assert (True, "own") == (best.fits, best.dialect)


@pytest.mark.parametrize("data", [b"", bytes(DATA_SIZE_MAX + 1)])
def test_nothing_and_too_much_are_not_looked_at(data: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 65536"):
        examine(data)


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_examined(data: bytes) -> None:
    """Whatever comes, every way has been tried and has its reason."""
    diagnosis = examine(data)

    assert len(diagnosis.framings) <= 2 * len(LengthKind)
    assert all(one.fits or one.reason for one in diagnosis.findings)
    assert all(one.problem for one in diagnosis.framings)


@given(st.sampled_from(range(77)), st.binary(max_size=3))
def test_findings_carry_no_value(at: int, put: bytes) -> None:
    """REQ 000-11: whatever is broken, no digit of the card is told."""
    wire = Codec(builtin_dialect()).encode(SALE)

    told = repr(examine(wire[:at] + put + wire[at:]))

    assert CARD not in told
    assert "41111" not in told


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x00", "needs 2 bytes and a message, there are 1"),
        (b"\x00\x05abc", "announces 5 bytes, 3 follow"),
        (b"\x00\x03abc\x00", "announces 3 bytes, then comes no other length that can be true"),
        (b"\x00\x00abc", "a frame of 0 bytes was announced"),
        (b"\x00\x01a" * 65, "would be 65 messages"),
    ],
)
def test_framing_that_cannot_be_has_its_reason(data: bytes, problem: str) -> None:
    piece = cut("binary2", Framing(), data)

    assert () == piece.payloads
    assert problem in piece.problem
