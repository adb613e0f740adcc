"""One accepted connection: an asyncio.Protocol that a service answers through.

A turn is one read: cut, decode, call the service once. Answers leave at the end of the loop's
turn, those of one connection in one write and those of all connections one after the other: to
write each at once would wake its reader, who has hardly begun when the next answer is ready, and
waking costs more than writing. What a peer does wrong ends here; nothing of it reaches the service
or another connection.

    bytes that are no frame         counted, closed
    a frame that is no message      counted, refused with a format error, closed if none can be
    too many of those               counted, closed
    half a frame, then silence      counted, closed by the sweeper; counted if the peer hangs up
    requests faster than answers    reading pauses at in_flight_max
    answers nobody reads            reading pauses, then counted and aborted by the sweeper
"""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from protocol.aio.incidents import Counters, Incident, IncidentKind, locate
from protocol.errors import FieldError, FrameError
from protocol.framing import Deframer, Framing
from protocol.limits import ServerSettings
from protocol.message import Message, MessageCodec
from protocol.refusal import refusal_bytes

if TYPE_CHECKING:
    from protocol.aio.tracing import Tracer

Received = tuple[bytes, Message]
"""The payload of a frame, for whoever computes a MAC over it, and the message it holds."""

Service = Callable[["Connection", list[Received]], None]
"""Called once per read with every message of it, in order. What it raises is counted and costs
this connection only."""

NEVER: Final = math.inf

RECEIVE_SIZE_MAX: Final = 64 * 1024
"""Bytes of one read, and so of one turn."""


class House:
    """What the connections of one server share. The server fills it and owns it."""

    __slots__ = (
        "buffer",
        "counters",
        "decode",
        "empty",
        "encode",
        "framing",
        "later",
        "registered",
        "report",
        "ring_by",
        "service",
        "settings",
        "tap",
        "time",
        "wrap",
    )

    def __init__(
        self, service: Service, codec: MessageCodec, framing: Framing, settings: ServerSettings
    ) -> None:
        self.service = service
        self.decode = codec.decode
        self.encode = codec.encode
        self.framing = framing
        self.wrap = framing.wrapper()
        self.settings = settings
        self.counters = Counters()
        self.registered: dict[int, Connection] = {}
        # One for all connections: a turn takes its bytes out before the next read begins.
        self.buffer = memoryview(bytearray(RECEIVE_SIZE_MAX))
        self.empty = asyncio.Event()
        self.empty.set()
        self.tap: Tracer | None = None
        self.time: Callable[[], float]
        self.later: Callable[[Connection], None]
        self.report: Callable[[Incident], None]
        self.ring_by: Callable[[float], None]


class Connection(asyncio.BufferedProtocol):
    """One of them. Call it from the loop's thread only."""

    __slots__ = (
        "_bad_messages",
        "_closing_since",
        "_deframer",
        "_half_since",
        "_heard_at",
        "_house",
        "_in_flight",
        "_out",
        "_paused",
        "_stalled_since",
        "_transport",
        "number",
        "scheduled",
    )

    def __init__(self, house: House, number: int) -> None:
        self.number = number
        self.scheduled = False
        self._house = house
        self._deframer = Deframer(house.framing)
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] = []
        self._in_flight = 0
        self._bad_messages = 0
        self._paused = False
        self._heard_at = self._half_since = self._stalled_since = self._closing_since = NEVER

    # For the service

    @property
    def alive(self) -> bool:
        """False once an answer can no longer be delivered."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def in_flight(self) -> int:
        """How many requests were handed to the service and are not answered."""
        return self._in_flight

    @property
    def peer(self) -> str:
        """Who is at the other end: host:port, or what the transport says instead."""
        return self._end_of_line("peername")

    def reply(self, message: Message) -> None:
        """Answer one request; dropped when the connection is gone.

        Raises LocalProtocolError when the message cannot be encoded.
        """
        self.reply_bytes(self._house.encode(message))

    def reply_bytes(self, payload: bytes) -> None:
        """Answer one request with a message encoded before, as a stored reply is."""
        house = self._house
        self._out.append(house.wrap(payload))
        if self._in_flight:
            self._in_flight -= 1
        if not self.scheduled:
            house.later(self)
        if self._paused:
            self._regulate()

    def reply_raw(self, data: bytes) -> None:
        """Write bytes as they are, framed or not; for what no honest host would send."""
        self._out.append(data)
        if not self.scheduled:
            self._house.later(self)

    def withhold(self) -> None:
        """Say that one request gets no answer, so that it no longer counts as in flight."""
        if self._in_flight:
            self._in_flight -= 1
        if self._paused:
            self._regulate()

    def close(self) -> None:
        """End the connection after what was written has left, or cannot leave."""
        self.flush()
        if self._transport is None or self._transport.is_closing():
            return
        house = self._house
        self._heard_at = self._half_since = self._stalled_since = NEVER
        self._closing_since = house.time()
        house.ring_by(self._closing_since + house.settings.stalled_timeout_s)
        self._transport.close()

    def abort(self) -> None:
        """End the connection now; what was not yet sent is lost."""
        self._out.clear()
        self._half_since = NEVER
        if self._transport is not None:
            self._transport.abort()

    def reset(self) -> None:
        """End the connection now and say so rudely: what was flushed leaves, then a reset."""
        held = self._transport.get_extra_info("socket") if self._transport else None
        if held is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    # For the server

    def flush(self) -> None:
        """Write the answers given so far, in one piece."""
        self.scheduled = False
        out = self._out
        transport = self._transport
        # Some loops raise when a closed transport is written to, others grumble in the log.
        if out and transport is not None and not transport.is_closing():
            if self._house.tap is not None:
                self._house.tap.sent(self.number, out)
            transport.write(b"".join(out) if len(out) > 1 else out[0])
        out.clear()

    def due(self) -> float:
        """Return when `expire` has something to do, in loop time."""
        settings = self._house.settings
        return min(
            self._heard_at + settings.idle_timeout_s,
            self._half_since + settings.half_frame_timeout_s,
            self._stalled_since + settings.stalled_timeout_s,
            self._closing_since + settings.stalled_timeout_s,
        )

    def expire(self, now: float) -> None:
        """End the connection for the limit that has passed."""
        settings = self._house.settings
        if self._stalled_since + settings.stalled_timeout_s <= now:
            self._report(IncidentKind.STALLED, closed=True)
            self.abort()
        elif self._closing_since + settings.stalled_timeout_s <= now:
            self.abort()
        elif self._half_since + settings.half_frame_timeout_s <= now:
            have = f"{self._deframer.unfinished_size} bytes, then silence"
            self._end(IncidentKind.HALF_FRAME, have)
        elif self._heard_at + settings.idle_timeout_s <= now:
            self._end(IncidentKind.IDLE, "")

    # For the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        house = self._house
        self._transport = cast(asyncio.Transport, transport)
        if len(house.registered) >= house.settings.connections_max:
            full = f"connections_max is {house.settings.connections_max}"
            self._report(IncidentKind.TOO_MANY_CONNECTIONS, full, closed=True)
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=house.settings.write_buffer_max)
        house.registered[self.number] = self
        house.empty.clear()
        house.counters.connections += 1
        house.counters.accepted += 1
        self._heard_at = house.time()
        house.ring_by(self.due())
        if house.tap is not None:
            house.tap.opened(self.number, self.peer, self._end_of_line("sockname"))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Called by the loop: where the next read goes.

        A loop that has to find room itself allocates 256 KiB for every read, which the C library
        may have to ask of the kernel, and give back, for every message.
        """
        return self._house.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Called by the loop: so much was read."""
        self.data_received(self._house.buffer[:nbytes].tobytes())

    def data_received(self, data: bytes) -> None:
        """Take the bytes of one read: one turn."""
        house = self._house
        deframer = self._deframer
        received: list[Received] = []
        frames: list[bytes] = []
        unanswerable = False
        self._heard_at = house.time()
        try:
            frames = deframer.receive_data(data)
            if house.tap is not None and frames:
                house.tap.received(self.number, frames)
            for frame in frames:
                try:
                    received.append((frame, house.decode(frame)))
                except FieldError as error:
                    unanswerable = not self._refuse(error)
                    if unanswerable:
                        break
            if received:
                count = len(received)
                house.counters.messages += count
                self._in_flight += count
                house.service(self, received)
        except FrameError:
            pass  # the deframer keeps it as its failure
        except Exception as error:  # noqa: BLE001 — any bug of a service costs one connection
            self._end(IncidentKind.SERVICE_FAILED, locate(error))
        if unanswerable:
            self.close()
        elif deframer.rest or deframer.failure is not None:
            self._watch_rest(whole=bool(frames))
        else:
            self._half_since = NEVER
        if self._in_flight >= house.settings.in_flight_max:
            self._regulate()

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self._out.clear()
        house = self._house
        if house.registered.pop(self.number, None) is None:
            return  # refused at the door
        size = self._deframer.unfinished_size
        if self._half_since != NEVER:
            self._report(IncidentKind.HALF_FRAME, f"{size} bytes, then nobody", closed=True)
        if house.tap is not None:
            house.tap.closed(self.number, size)
        self._transport = None
        house.counters.connections -= 1
        if not house.registered:
            house.empty.set()

    def pause_writing(self) -> None:
        """Called by the loop: the peer reads slower than it is answered, or not at all."""
        house = self._house
        self._stalled_since = house.time()
        house.ring_by(self._stalled_since + house.settings.stalled_timeout_s)
        self._regulate()

    def resume_writing(self) -> None:
        """Called by the loop."""
        self._stalled_since = NEVER
        self._regulate()

    # Inside

    def _regulate(self) -> None:
        """Read from the peer only while its answers flow and few enough of them are due."""
        crowded = self._in_flight >= self._house.settings.in_flight_max
        paused = crowded or self._stalled_since != NEVER
        if paused == self._paused or self._transport is None or self._transport.is_closing():
            return
        self._paused = paused
        if paused:
            self._half_since = NEVER  # whatever is missing, it is us who do not read it
            self._transport.pause_reading()
        else:
            if self._deframer.rest:
                self._watch_rest(whole=True)
            self._transport.resume_reading()

    def _watch_rest(self, *, whole: bool) -> None:
        """Look at what the frames of this turn left: the start of another, or nonsense."""
        failure = self._deframer.failure
        if failure is not None:
            if self._house.tap is not None:
                self._house.tap.lost(self.number, self._deframer.unread_size)
            self._end(IncidentKind.BAD_FRAME, str(failure))
        elif whole or self._half_since == NEVER:
            self._half_since = self._house.time()
            self._house.ring_by(self._half_since + self._house.settings.half_frame_timeout_s)

    def _refuse(self, error: FieldError) -> bool:
        """Count a bad message and answer it; False when that cannot be."""
        if not self.alive:
            return False  # it was one too many already
        self._bad_messages += 1
        where = {"field": error.field, "position": error.position}
        answer = refusal_bytes(error.partial, self._house.encode)
        self._report(IncidentKind.BAD_MESSAGE, str(error), closed=not answer, **where)
        if answer:
            self.reply_raw(self._house.wrap(answer))
        if self._bad_messages > self._house.settings.bad_messages_max:
            self._end(IncidentKind.TOO_MANY_BAD_MESSAGES, "")
        return bool(answer)

    def _end(self, kind: IncidentKind, detail: str) -> None:
        if self.alive:
            self._report(kind, detail, closed=True)
            self.close()

    def _end_of_line(self, name: str) -> str:
        found = self._transport.get_extra_info(name) if self._transport else None
        return f"{found[0]}:{found[1]}" if isinstance(found, tuple) else str(found or "nobody")

    def _report(self, kind: IncidentKind, detail: str = "", **more: Any) -> None:
        self._house.report(Incident(kind, self.number, self.peer, detail, **more))
