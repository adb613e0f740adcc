from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import Message, mask_field
from protocol.trace import Assembler, Entry, Piece, Told, TraceLine, TraceReader, What
from tests.protocol.drawn import DIALECTS, messages

DIALECT = builtin_dialect("iso87")
PAN = "4111111111111111"
SALE = Message(
    "0200",
    {
        2: PAN,
        3: "000000",
        4: "000000001850",
        11: "000123",
        14: "2912",
        35: PAN + "=29121010000000000",
        41: "TERM0001",
        52: bytes(range(1, 9)),
        60: "000007",
    },
)
PAYLOAD = Codec(DIALECT).encode(SALE)
FRAME = DIALECT.framing.wrap(PAYLOAD)


def entry(what: What, data: Any, connection: int = 1) -> Entry:
    return Entry(1, 1_795_000_000.25, connection, what, data)


def told(*entries: Entry) -> list[TraceLine]:
    reader = TraceReader(DIALECT)
    return [line for one in entries for line in reader.read(one)]


def test_message_is_told_by_name_and_masked() -> None:
    """Issue 5, Trace: time, direction, connection, fields by name; nothing that is secret."""
    (line,) = told(entry(What.RECEIVED, (PAYLOAD,)))

    assert ("2026-11-18T11:06:40.250000Z", "message", 1, "in", "0200") == (
        line.at,
        line.event,
        line.connection,
        line.direction,
        line.mti,
    )
    shown = {one.number: (one.name, one.value) for one in line.fields}
    assert set(SALE.fields) == set(shown)
    assert "411111******1111" == shown[2][1]
    assert ("****", "*" * 34, "(8 bytes)") == (shown[14][1], shown[35][1], shown[52][1])
    assert shown[2][0]
    assert PAN.encode() not in msgspec.json.encode(line)


@pytest.mark.parametrize("name", DIALECTS)
@given(data=st.data())
def test_line_shows_what_a_screen_shows(name: str, data: st.DataObject) -> None:
    """The short way around the masks leads to the same place, in every dialect."""
    dialect = DIALECTS[name]
    message = data.draw(messages(dialect))
    payload = Codec(dialect).encode(message)
    (line,) = TraceReader(dialect).read(entry(What.RECEIVED, (payload,)))

    assert {
        number: mask_field(number, value, dialect.hidden)
        for number, value in message.fields.items()
    } == {one.number: one.value for one in line.fields}


def test_messages_of_one_read_are_lines_in_their_order() -> None:
    lines = told(entry(What.RECEIVED, (PAYLOAD, PAYLOAD)), entry(What.SENT, (FRAME, FRAME)))

    assert ["in", "in", "out", "out"] == [line.direction for line in lines]
    assert {len(PAYLOAD)} == {line.size for line in lines}


def test_reply_is_one_line_when_it_left_byte_by_byte() -> None:
    """N10: the line comes with the last byte."""
    lines = told(*(entry(What.SENT, (FRAME[at : at + 1],)) for at in range(len(FRAME))))

    assert [("message", "0200")] == [(line.event, line.mti) for line in lines]


def test_bytes_are_unreadable_when_they_are_no_message() -> None:
    """N11, N12: a size and a position, never the bytes."""
    garbage = PAN.encode()
    lines = told(
        entry(What.SENT, (b"\0\0" + garbage,)),
        entry(What.SENT, (FRAME[:30],), 2),
        entry(What.CLOSED, None, 2),
        entry(What.LOST, 7, 3),
        entry(What.RECEIVED, (garbage,), 3),
    )

    assert [
        ("unreadable", "out", 18),
        ("unreadable", "out", 30),
        ("closed", "", 0),
        ("unreadable", "in", 7),
        ("unreadable", "in", 16),
    ] == [(line.event, line.direction, line.size) for line in lines]
    assert garbage not in msgspec.json.encode(lines)


def test_message_that_breaks_off_shows_what_was_read() -> None:
    (line,) = told(entry(What.RECEIVED, (PAYLOAD[:-3],)))

    assert ("unreadable", "0200") == (line.event, line.mti)
    assert [2, 3, 4, 11, 14, 35, 41, 52] == [one.number for one in line.fields]
    assert PAN.encode() not in msgspec.json.encode(line)


def test_other_things_are_told_in_their_words() -> None:
    lines = told(
        entry(What.OPENED, ("127.0.0.1:40000", "127.0.0.1:8583")),
        entry(What.TOLD, Told("fault", "drop_reply", {"id": 3})),
    )

    assert ["127.0.0.1:40000 to 127.0.0.1:8583", "drop_reply"] == [line.text for line in lines]
    assert ["opened", "fault"] == [line.event for line in lines]
    assert {"id": 3} == lines[1].details


def test_assembler_keeps_the_segments_in_which_bytes_left() -> None:
    assembler = Assembler(DIALECT.framing)

    pieces = [
        piece
        for part in (FRAME[:10], FRAME[10:] + FRAME)
        for piece in assembler.take(entry(What.SENT, (part,)))
    ]

    segments = ((1_795_000_000.25, 10), (1_795_000_000.25, 2 * len(FRAME) - 10))
    assert [Piece(FRAME + FRAME, (PAYLOAD, PAYLOAD), 0, segments)] == pieces
