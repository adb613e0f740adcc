"""Two links wired to each other, and the messages they exchange."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.events import Event, RequestReceived
from protocol.framing import Deframer
from protocol.link import Link, LinkSettings
from protocol.matching import reply_mti
from protocol.message import Message

DIALECT: Final = builtin_dialect()
FRAMING: Final = DIALECT.framing
CODEC: Final = Codec(DIALECT)


def request(stan: int, mti: str = "0200", terminal_id: str = "TERM0001") -> Message:
    """Return a small request; the number says which."""
    return Message(mti, {3: "000000", 11: f"{stan:06d}", 41: terminal_id})


def reply_to(message: Message, code: str = "00") -> Message:
    """Return the approval of a request."""
    return Message(reply_mti(message.mti), {**message.fields, 39: code})


def framed(message: Message) -> bytes:
    """Return a message as it is on the wire."""
    return FRAMING.wrap(CODEC.encode(message))


def unframed(data: bytes) -> list[Message]:
    """Return the messages of what was written."""
    return [CODEC.decode(frame) for frame in Deframer(FRAMING).receive_data(data)]


def link(settings: LinkSettings | None = None, now: float = 0.0) -> Link:
    """Return a fresh link."""
    return Link(CODEC, FRAMING, settings, now=now)


def pass_bytes(sender: Link, receiver: Link, now: float, sizes: Iterable[int] = ()) -> None:
    """Carry what `sender` has to send, in pieces of these sizes, the rest in one."""
    data = sender.data_to_send()
    for size in sizes:
        piece, data = data[:size], data[size:]
        receiver.receive_data(piece, now)
    receiver.receive_data(data, now)


def answer_all(host: Link, now: float) -> list[Event]:
    """Let `host` approve every request it received; return its events."""
    events = host.events()
    for event in events:
        if isinstance(event, RequestReceived):
            host.send(reply_to(event.message), now)
    return events


def kinds(events: list[Event]) -> list[type[Event]]:
    """Return what kind each event is of."""
    return [type(event) for event in events]
