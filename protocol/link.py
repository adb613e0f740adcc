"""One connection as a sans-I/O object: bytes and the time go in, events and bytes come out.

    receive_data(data, now) ──▶ ┌──────┐ ──▶ events()
    send_request(...), send() ─▶│ Link │ ──▶ data_to_send()
    handle_timer(now) ────────▶ └──────┘ ──▶ next_deadline()

Its rules:

- Many requests may be in flight; the match rule says which reply is whose. A key that is in
  flight cannot be sent again: that is a LocalProtocolError, a bug of this side.
- A reply at or after its deadline is Late, however the calls fell: time passes before bytes.
- A reply is handed to the request it answers, or to nobody: Late and Unmatched are events.
- A frame that is no message is a BadMessage, and the connection lives: whoever waits goes on
  waiting, because a bad answer proves nothing. Bytes that are no frame end the connection.
- After `idle_s` without a frame in either direction, the link sends the echo test that the
  factory in its settings makes. When neither its answer nor any other frame comes in time,
  the peer is gone (a half-open connection says nothing by itself).
- Nothing a peer sends raises. When the link is lost, one LinkLost is the last event.

All times are seconds of one monotonic clock, the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from protocol.errors import FieldError, FrameError, LocalProtocolError
from protocol.events import (
    BadMessage,
    EchoAnswered,
    Event,
    Late,
    LinkLost,
    LossReason,
    ReplyReceived,
    RequestReceived,
    TimedOut,
    Unmatched,
)
from protocol.framing import Deframer, Framing
from protocol.inflight import InFlight, Waiting
from protocol.matching import MatchRule, is_reply
from protocol.message import Message, MessageCodec

IN_FLIGHT_MAX: Final = 256
LATE_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How one connection behaves; times in seconds.

    `echo` makes the profile's echo test, with a number of its own each time; without it, or
    with `idle_s` None, the link never asks.
    """

    match: MatchRule = field(default_factory=MatchRule)
    in_flight_max: int = IN_FLIGHT_MAX
    late_max: int = LATE_MAX
    idle_s: float | None = None
    echo_timeout_s: float = 10.0
    echo: Callable[[], Message] | None = None

    def __post_init__(self) -> None:
        if self.in_flight_max < 1 or self.late_max < 0:
            raise ValueError("in_flight_max is at least 1, late_max at least 0")
        if (self.idle_s is not None and self.idle_s <= 0) or self.echo_timeout_s <= 0:
            raise ValueError("idle_s and echo_timeout_s are positive")


class Link:
    """The state of one connection, from its making at `now` to its LinkLost."""

    def __init__(
        self,
        codec: MessageCodec,
        framing: Framing,
        settings: LinkSettings | None = None,
        *,
        now: float,
    ) -> None:
        self._codec = codec
        self._framing = framing
        self._settings = settings or LinkSettings()
        self._deframer = Deframer(framing)
        self._in_flight = InFlight(
            in_flight_max=self._settings.in_flight_max, late_max=self._settings.late_max
        )
        self._tickets = count(1)
        self._echo: Waiting | None = None
        self._echo_left_at = now
        self._heard_at = now
        self._spoke_at = now
        self._lost = False
        self._out: list[bytes] = []
        self._events: list[Event] = []

    @property
    def lost(self) -> bool:
        """True once the connection is over."""
        return self._lost

    @property
    def full(self) -> bool:
        """True while `in_flight_max` requests wait; another would be a LocalProtocolError."""
        return self._in_flight.full

    @property
    def in_flight(self) -> int:
        """How many requests wait for an answer, the link's own echo test among them."""
        return len(self._in_flight)

    # What this side does

    def send_request(self, message: Message, now: float, timeout_s: float) -> int:
        """Send a request and return its ticket, which the event of its end will carry.

        Raises LocalProtocolError, and then nothing was sent: the link is lost or full, the
        key is in flight, the message lacks a key field or cannot be encoded.
        """
        waiting = self._send_awaited(message, now, timeout_s)
        return waiting.ticket

    def send(self, message: Message, now: float) -> None:
        """Send a message that nobody waits for an answer to. Raises LocalProtocolError."""
        self._check_alive()
        self._put(self._framing.wrap(self._codec.encode(message)), now)

    def abandon(self, ticket: int, now: float) -> None:
        """Stop waiting for one answer; when it comes it will be Late."""
        self._in_flight.give_up(ticket, now)

    def data_to_send(self) -> bytes:
        """Return the bytes to write now, and forget them."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    # What the world does

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes of the peer, cut anywhere."""
        self.handle_timer(now)
        if self._lost:
            return
        for frame in self._cut(data):
            self._receive_frame(frame, now)
        if self._deframer.failure is not None:
            self.lose(LossReason.BAD_FRAME, str(self._deframer.failure))

    def lose(self, reason: LossReason, detail: str = "") -> None:
        """The connection ended, for a `reason` that either side may have caused."""
        if self._lost:
            return
        self._lost = True
        self._echo = None
        self._out.clear()
        self._events.append(LinkLost(reason, detail, self._in_flight.clear()))

    def handle_timer(self, now: float) -> None:
        """Let time pass: deadlines, then the echo test. Harmless when called early."""
        for waiting in self._in_flight.expire(now):
            if self._echo is not waiting:
                self._events.append(TimedOut(waiting.ticket, waiting.key))
                continue
            self._echo = None
            if self._heard_at < self._echo_left_at:
                self.lose(LossReason.ECHO_UNANSWERED)
        echo_at = self._echo_at()
        if echo_at is not None and echo_at <= now:
            self._ask_for_echo(now)

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` is to be called; it may move with every other call."""
        deadline, echo_at = self._in_flight.next_deadline(), self._echo_at()
        if deadline is None or echo_at is None:
            return echo_at if deadline is None else deadline
        return min(deadline, echo_at)

    def events(self) -> list[Event]:
        """Return what happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    # Inside

    def _send_awaited(self, message: Message, now: float, timeout_s: float) -> Waiting:
        self._check_alive()
        key = self._settings.match.expected(message)
        frame = self._framing.wrap(self._codec.encode(message))
        waiting = Waiting(next(self._tickets), key, now + timeout_s)
        self._in_flight.add(waiting)
        self._put(frame, now)
        return waiting

    def _check_alive(self) -> None:
        if self._lost:
            raise LocalProtocolError("the link is lost; nothing can be sent on it")

    def _put(self, frame: bytes, now: float) -> None:
        self._out.append(frame)
        self._spoke_at = now

    def _cut(self, data: bytes) -> list[bytes]:
        try:
            return self._deframer.receive_data(data)
        except FrameError:
            return []  # the deframer keeps it as its failure

    def _receive_frame(self, frame: bytes, now: float) -> None:
        self._heard_at = now
        try:
            message = self._codec.decode(frame)
        except FieldError as error:
            self._events.append(BadMessage(error, len(frame)))
            return
        if is_reply(message.mti):
            self._events.append(self._match(message, frame))
        else:
            self._events.append(RequestReceived(message, frame))

    def _match(self, message: Message, frame: bytes) -> Event:
        key = self._settings.match.came(message)
        waiting = self._in_flight.take(key)
        if waiting is None:
            given_up = self._in_flight.take_late(key)
            if given_up is None:
                return Unmatched(key, self._in_flight.nearest(key), message, frame)
            return Late(given_up.ticket, key, given_up.at, message, frame)
        if waiting is self._echo:
            self._echo = None
            return EchoAnswered(message)
        return ReplyReceived(waiting.ticket, message, frame)

    def _echo_at(self) -> float | None:
        settings = self._settings
        if settings.echo is None or settings.idle_s is None or self._echo or self._lost:
            return None
        return max(self._heard_at, self._spoke_at) + settings.idle_s

    def _ask_for_echo(self, now: float) -> None:
        assert self._settings.echo is not None, "_echo_at says None without a factory"
        # Whatever happens below, the next test is an idle time away: no test, no storm of tests.
        self._spoke_at = self._echo_left_at = now
        if self._in_flight.full:
            return  # the deadlines of those who wait will tell
        self._echo = self._send_awaited(self._settings.echo(), now, self._settings.echo_timeout_s)
