"""What was on the wire, told to people and programs: masked, in order, with its time.

An `Entry` is what a connection notes while it works: whole frames in, pieces out, as they are, so
that noting costs next to nothing. `TraceReader` makes lines of entries later, in another thread or
when somebody asks; nothing leaves it that is not masked. What left a host in pieces (a byte at a
time, in half, two at once) is put together again before it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

import msgspec

from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import FieldError, FrameError
from protocol.framing import Deframer, Framing
from protocol.message import HIDDEN, Message, mask_field

PENDING_SIZE_MAX: Final = 64 * 1024
"""Bytes of one connection that wait to become a frame; beyond them they are told as unreadable."""

PAN_DIGITS_MIN: Final = 13
"""Shorter runs of digits are no card numbers to `mask_digit_runs`."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class What(Enum):
    """The kinds of entries. The value is the `event` of the lines that are made of them."""

    OPENED = "opened"
    RECEIVED = "received"
    SENT = "sent"
    LOST = "unreadable"
    CLOSED = "closed"
    TOLD = "told"


class Told(msgspec.Struct, frozen=True):
    """Something other than bytes: an incident, a fault that struck, a word of the host."""

    event: str
    text: str
    details: dict[str, Any] = {}


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One note. `at_s` is seconds since 1970, `connection` 0 where it concerns none.

    `data` is: (peer, own address) of OPENED; the messages of RECEIVED; the pieces of SENT, with
    their framing or whatever they have instead; the size of what was LOST; a Told.
    """

    number: int
    at_s: float
    connection: int
    what: What
    data: Any = None

    @property
    def size(self) -> int:
        """Return how many bytes it keeps."""
        return sum(map(len, self.data)) if self.what in _BYTES else 0


_BYTES: Final = frozenset({What.RECEIVED, What.SENT})


class ShownField(msgspec.Struct, frozen=True):
    """One field by its name. The value is masked where it is nobody's to see."""

    number: int
    name: str
    value: str


class TraceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a trace. `event` is message, unreadable, opened, closed, or what was told.

    `number` counts entries: two messages that came in one read have the same.
    """

    number: int
    at: str
    event: str
    connection: int = 0
    direction: str = ""
    mti: str = ""
    header: str = ""
    fields: tuple[ShownField, ...] = ()
    size: int = 0
    text: str = ""
    details: dict[str, Any] = {}


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Bytes that left, put together: `raw` begins with the frames of `payloads`.

    `segments` are the times and sizes in which they left.
    """

    raw: bytes
    payloads: tuple[bytes, ...]
    unread_size: int
    segments: tuple[tuple[float, int], ...]


class Assembler:
    """Puts together what leaves each connection in pieces."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._pending: dict[int, tuple[bytearray, list[tuple[float, int]]]] = {}

    def take(self, entry: Entry) -> Iterator[Piece]:
        """Yield what has become whole, or never will."""
        for data in entry.data:
            if entry.connection not in self._pending:
                payload = self._one_frame(data)
                if payload is not None:
                    yield Piece(data, (payload,), 0, ((entry.at_s, len(data)),))
                    continue
            raw, segments = self._pending.setdefault(entry.connection, (bytearray(), []))
            raw += data
            segments.append((entry.at_s, len(data)))
            payloads, unread, over = self._cut(bytes(raw))
            if over or not unread or len(raw) > PENDING_SIZE_MAX:
                del self._pending[entry.connection]
                yield Piece(bytes(raw), payloads, unread, tuple(segments))

    def forget(self, connection: int) -> Iterator[Piece]:
        """Yield what was left of a connection that is gone."""
        raw, segments = self._pending.pop(connection, (b"", []))
        if raw:
            payloads, unread, _ = self._cut(bytes(raw))
            yield Piece(bytes(raw), payloads, unread, tuple(segments))

    def _one_frame(self, data: bytes) -> bytes | None:
        """Return the message when the piece is one frame, as it nearly always is."""
        begin = self._framing.header_size
        try:
            whole = self._framing.payload_size(data[:begin]) == len(data) - begin
        except (FrameError, ValueError):
            return None
        return data[begin:] if whole and len(data) > begin else None

    def _cut(self, raw: bytes) -> tuple[tuple[bytes, ...], int, bool]:
        """Return the whole frames, the bytes behind them, and whether no more can come."""
        deframer = Deframer(self._framing)
        try:
            frames = tuple(deframer.receive_data(raw))
        except FrameError:
            return (), len(raw), True
        told = sum(map(len, frames)) + len(frames) * self._framing.header_size
        return frames, len(raw) - told, deframer.failure is not None


class TraceReader:
    """Makes lines of entries, which it is given in order."""

    def __init__(self, dialect: Dialect) -> None:
        self._decode = Codec(dialect).decode
        self._hidden = dialect.hidden
        self._closed = HIDDEN | self._hidden | {2}
        self._names = dialect.names
        self._assembler = Assembler(dialect.framing)

    def read(self, entry: Entry) -> Iterator[TraceLine]:
        """Yield the lines of one entry: none while a frame is not whole yet."""
        match entry.what:
            case What.RECEIVED:
                for payload in entry.data:
                    yield self._tell(entry, "in", payload)
            case What.SENT:
                yield from self._told_pieces(entry, self._assembler.take(entry))
            case What.LOST:
                yield _line(entry, "unreadable", direction="in", size=entry.data)
            case What.OPENED:
                peer, own = entry.data
                yield _line(entry, "opened", text=f"{peer} to {own}")
            case What.CLOSED:
                yield from self._told_pieces(entry, self._assembler.forget(entry.connection))
                yield _line(entry, "closed")
            case What.TOLD:
                told: Told = entry.data
                yield _line(entry, told.event, text=told.text, details=told.details)

    def _told_pieces(self, entry: Entry, pieces: Iterator[Piece]) -> Iterator[TraceLine]:
        for piece in pieces:
            for payload in piece.payloads:
                yield self._tell(entry, "out", payload)
            if piece.unread_size:
                yield _line(entry, "unreadable", direction="out", size=piece.unread_size)

    def _tell(self, entry: Entry, direction: str, payload: bytes) -> TraceLine:
        size = len(payload)
        try:
            message = self._decode(payload)
        except FieldError as error:
            partial = error.partial or Message("", {})
            return self._message(
                entry, "unreadable", partial, direction=direction, size=size, text=str(error)
            )
        return self._message(entry, "message", message, direction=direction, size=size)

    def _message(self, entry: Entry, event: str, message: Message, **more: Any) -> TraceLine:
        names, hidden, closed = self._names, self._hidden, self._closed
        fields = tuple(
            [
                ShownField(
                    number,
                    names.get(number, ""),
                    value
                    # Too short to hold a card number: as `mask_field` would show it.
                    if len(value) < PAN_DIGITS_MIN and number not in closed and type(value) is str
                    else mask_field(number, value, hidden),
                )
                for number, value in sorted(message.fields.items())
            ]
        )
        header = "" if message.header is None else str(message.header)
        return _line(entry, event, mti=message.mti, header=header, fields=fields, **more)


def _line(entry: Entry, event: str, **more: Any) -> TraceLine:
    return TraceLine(
        number=entry.number,
        at=stamp(entry.at_s),
        event=event,
        connection=entry.connection,
        **more,
    )


def stamp(at_s: float) -> str:
    """Return seconds since 1970 as RFC 3339 has them, in UTC, with microseconds."""
    moment = EPOCH + timedelta(seconds=at_s)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"
