"""The wire: in-memory transports between one terminal's opener and the host's listener.

Bytes are handed to a queue per direction and delivered from its head, so they never overtake one
another, whatever asyncio does with timers of equal deadline. Each frame that is written is a
question to the weather: carry it, lose it, deliver it twice, deliver it after every deadline,
or break the connection before, in the middle of, or after it. Nothing is silently repaired: what
was lost stays lost, and a broken connection is `ConnectionResetError` on both sides.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.world import switch
from tests.world.choices import Weather
from tests.world.clock import VirtualLoop
from tests.world.dialect import Tongue, tongue_of
from tests.world.power import PowerLost, Process, current_process

LATENCY_S: Final = 0.02
LATE_S: Final = 200.0
"""Later than every deadline of a terminal."""

CARRY: Final = "carry"
REQUEST_FATES: Final = (
    CARRY,
    "lose",
    "twice",
    "late",
    "stray",
    "reset before",
    "reset inside",
    "reset after",
    "refuse",
    "mute",
    "power cut",
)
"""`stray`: held by a switch and given to the host much later, on a link of its own, so that a
reversal may overtake its purchase (N19); `refuse`: the switch answers 96 itself; `mute`: the link
is half open from now on, it carries nothing and nobody is told (N16); `power cut`: the sender
dies as the last byte leaves."""
REPLY_FATES: Final = (
    CARRY,
    "lose",
    "twice",
    "late",
    "reset before",
    "reset inside",
    "garble",
)
"""`garble`: the length before the reply is nonsense (N11)."""
ALTERABLE: Final = ("0110", "0210", "0230")
CONNECT_FATES: Final = (CARRY, "refused")


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame as it entered the wire: who sent it, when, its bytes, what became of it."""

    at_s: float
    link: str
    upstream: bool
    frame: bytes
    fate: str


@dataclass(slots=True)
class Wire:
    """All links of one world, what was seen on them, and the weather above them."""

    loop: VirtualLoop
    weather: Weather
    split: Callable[[bytes], list[bytes]]
    seen: list[Seen] = field(default_factory=list)
    listener: Callable[[], asyncio.BaseProtocol] | None = None
    host: Process | None = None
    late_s: float = LATE_S
    segment: int = 0
    links: int = 0
    tongue: Tongue = field(default_factory=lambda: tongue_of("iso87"))

    def listen(self, factory: Callable[[], asyncio.BaseProtocol], process: Process) -> None:
        """Let `process` accept connections with `factory`; its death ends the listening."""
        self.listener, self.host = factory, process
        process.on_death(self._stop_listening)

    def _stop_listening(self) -> None:
        self.listener = self.host = None

    async def open(
        self, name: str, factory: Callable[[], asyncio.BaseProtocol]
    ) -> tuple[asyncio.Transport, Any]:
        """Connect to the listener, as `loop.create_connection` would. Raises OSError."""
        process = current_process()
        if process is not None:
            process.check()
        fate = self.weather.choose(f"connect {name}", CONNECT_FATES)
        await asyncio.sleep(LATENCY_S)
        if process is not None:
            process.check()
        if fate != CARRY or self.listener is None or self.host is None:
            raise ConnectionRefusedError("nobody listens there")
        self.links += 1
        near = MemoryTransport(self, name, process, upstream=True)
        far = MemoryTransport(self, name, self.host, upstream=False)
        near.peer, far.peer = far, near
        far.attach(self.host.context.run(self.listener))
        near.attach(factory())
        return near, near.get_protocol()

    def deliver_stray(self, name: str, frame: bytes) -> None:
        """Give a request to the host long after, on another link, whose answers nobody hears."""
        self.loop.call_later(self.late_s, self._arrive, name, frame)

    def _arrive(self, name: str, frame: bytes) -> None:
        if self.listener is None or self.host is None:
            return
        near = MemoryTransport(self, f"{name} stray", None, upstream=True)
        far = MemoryTransport(self, f"{name} stray", self.host, upstream=False)
        near.peer, far.peer = far, near
        near.attach(asyncio.Protocol())
        far.attach(self.host.context.run(self.listener))
        far.enqueue(self.loop.time() + LATENCY_S, frame)


def whole(seen: list[Seen], reads: Callable[[bytes], bool]) -> list[Seen]:
    """Return what was said, with replies that came in pieces put together and scraps left out."""
    found: list[Seen] = []
    pieces: dict[str, bytes] = {}
    for one in seen:
        if one.upstream or reads(one.frame):
            pieces.pop(one.link, None)
            found.append(one)
            continue
        together = pieces[one.link] = pieces.get(one.link, b"") + one.frame
        if reads(together):
            found.append(replace(one, frame=pieces.pop(one.link)))
    return found


class MemoryTransport(asyncio.Transport):
    """One end of a link."""

    def __init__(self, wire: Wire, name: str, owner: Process | None, *, upstream: bool) -> None:
        super().__init__({"peername": (name, 0), "sockname": (name, 0)})
        self._wire = wire
        self._name = name
        self._owner = owner
        self._upstream = upstream
        self._queue: deque[tuple[float, bytes | None]] = deque()
        self._pumping = False
        self._paused = False
        self._closing = False
        self._lost = False
        self.mute = False
        self._protocol: Any = None
        self.peer: MemoryTransport
        if owner is not None:
            owner.on_death(self._die)

    def attach(self, protocol: asyncio.BaseProtocol) -> None:
        """Begin to deliver to `protocol`."""
        self._protocol = protocol
        self._inside(protocol.connection_made, self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Put bytes on the wire, frame by frame."""
        if self._closing or self._lost or not self._awake():
            return
        for frame in self._wire.split(bytes(data)):
            if not self._lost and not self.mute:
                self._carry(frame)

    def _carry(self, frame: bytes) -> None:
        wire, mti = self._wire, self._wire.tongue.mti(frame)
        way = "request" if self._upstream else "reply"
        fates: tuple[str, ...] = REQUEST_FATES if self._upstream else REPLY_FATES
        if mti in ALTERABLE:
            fates = (*fates, "alter")
        fate = wire.weather.choose(f"{way} {self._name} {mti}", fates)
        wire.seen.append(Seen(wire.loop.time(), self._name, self._upstream, frame, fate))
        soon = wire.loop.time() + LATENCY_S
        match fate:
            case "carry":
                self.peer.enqueue(soon, frame)
            case "lose":
                pass
            case "twice":
                self.peer.enqueue(soon, frame)
                self.peer.enqueue(soon, frame)
            case "late":
                self.peer.enqueue(wire.loop.time() + wire.late_s, frame)
            case "stray":
                wire.deliver_stray(self._name, frame)
            case "refuse":
                self.enqueue(soon + LATENCY_S, switch.refusal_of(wire.tongue, frame))
            case "alter":
                self.peer.enqueue(soon, switch.altered(wire.tongue, frame))
            case "mute":
                self.mute = self.peer.mute = True
            case "power cut":
                self.peer.enqueue(soon, frame)
                assert self._owner is not None, "only processes send"
                self._owner.cut()
            case "garble":
                self.peer.enqueue(soon, b"\xff\xff" + frame[2:])
            case "reset before":
                self.break_link()
            case "reset inside":
                self.peer.enqueue(soon, frame[: len(frame) // 2])
                self.break_link(after_s=soon)
            case "reset after":
                self.peer.enqueue(soon, frame)
                self.break_link(after_s=soon)
            case _:
                raise AssertionError(fate)

    def enqueue(self, at_s: float, data: bytes | None) -> None:
        """Queue bytes for this end's protocol; None is the peer's end of stream."""
        step = self._wire.segment
        pieces = (
            [data[i : i + step] for i in range(0, len(data), step)] if data and step else [data]
        )
        earliest = self._queue[-1][0] if self._queue else 0.0
        self._queue.extend((max(at_s, earliest), piece) for piece in pieces)
        self._pump()

    def _pump(self) -> None:
        if self._queue and not self._pumping and not self._paused and not self._lost:
            self._pumping = True
            self._wire.loop.call_at(self._queue[0][0], self._deliver)

    def _deliver(self) -> None:
        self._pumping = False
        if self._lost or self._paused or not self._queue or not self._awake():
            return
        _, data = self._queue.popleft()
        if data is None:
            self._inside(self._protocol.eof_received)
            self.close()
        else:
            self._inside(self._protocol.data_received, data)
        self._pump()

    def break_link(self, after_s: float | None = None) -> None:
        """Reset both ends, now for this one; the peer hears of it at `after_s`."""
        loop = self._wire.loop
        self._lose(ConnectionResetError("reset by the weather"))
        when = loop.time() if after_s is None else after_s
        loop.call_at(when + 1e-6, self.peer._lose, ConnectionResetError("reset by the weather"))

    def _lose(self, error: Exception | None) -> None:
        if self._lost:
            return
        self._lost = self._closing = True
        self._queue.clear()
        if self._awake():
            self._wire.loop.call_soon(self._inside, self._protocol.connection_lost, error)

    def _die(self) -> None:
        if not self._lost:
            self._lost = self._closing = True
            self._queue.clear()
            gone = ConnectionResetError("the peer has no power")
            self._tell_peer(gone)

    def close(self) -> None:
        """End the stream after what was written; the peer reads it all first."""
        if self._closing:
            return
        self._closing = True
        if self._awake() and not self.mute:
            self.peer.enqueue(self._wire.loop.time() + LATENCY_S, None)
        self._wire.loop.call_soon(self._lose, None)

    def abort(self) -> None:
        """Reset the connection."""
        if not self._lost and self._awake():
            self._tell_peer(ConnectionResetError("aborted by the peer"))
        self._lose(None)

    def _tell_peer(self, end: ConnectionResetError) -> None:
        if not self.mute:
            self._wire.loop.call_later(LATENCY_S, self.peer._lose, end)

    def _awake(self) -> bool:
        return self._owner is None or self._owner.alive

    def _inside(self, call: Callable[..., Any], *arguments: Any) -> None:
        if self._owner is None:
            call(*arguments)
            return
        if not self._owner.alive:
            return
        try:
            self._owner.context.copy().run(call, *arguments)
        except PowerLost:
            return

    def is_closing(self) -> bool:
        """True once `close` or the weather ended it."""
        return self._closing

    def get_protocol(self) -> Any:
        """Return the protocol this end delivers to."""
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Deliver to another protocol from now on."""
        self._protocol = protocol

    def pause_reading(self) -> None:
        """Keep what comes in the queue."""
        self._paused = True

    def resume_reading(self) -> None:
        """Deliver again."""
        self._paused = False
        self._pump()

    def is_reading(self) -> bool:
        """True unless paused or closing."""
        return not self._paused and not self._closing

    def can_write_eof(self) -> bool:
        """Return False: neither side half-closes."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return 0: the wire takes everything at once."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Ignore: the wire never pushes back."""
