"""A dialect judged: messages drawn from it through our codec and through pyiso8583, both ways.

What one writes the other must write and read. Where they differ, a peer on another codec would
too, and it is better to know that before the peer does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import FieldError, LocalProtocolError
from protocol.message import Message
from protocol.reference import ReferenceCodec
from tallywire.dialects.draw import draw_messages

MESSAGES: Final = 800
OURS: Final = "our codec"
THEIRS: Final = "pyiso8583"

Finding = tuple[str, str]
"""Where, like "F60", and what, in words without a value."""


class TwoWay(Protocol):
    """What is judged: both codecs have these two methods."""

    def encode(self, message: Message) -> bytes:
        """Return bytes, or raise LocalProtocolError."""

    def decode(self, data: bytes) -> Message:
        """Return a message, or raise FieldError."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which the two codecs differ, and in how many messages it was seen."""

    field: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many messages were drawn, and what the codecs do not agree on."""

    messages: int
    disagreements: tuple[Disagreement, ...]


def judge(dialect: Dialect, *, seed: int = 0, count: int = MESSAGES) -> Verdict:
    """Draw messages from the dialect, the same for the same seed, and compare both codecs."""
    drawn = draw_messages(dialect, seed=seed, count=count)
    return compare(Codec(dialect), ReferenceCodec(dialect), drawn)


def compare(ours: TwoWay, theirs: TwoWay, messages: Iterable[Message]) -> Verdict:
    """Send every message through both codecs, both ways."""
    found: Counter[Finding] = Counter()
    count = 0
    for message in messages:
        count += 1
        found.update(set(_differences(ours, theirs, message)))
    return Verdict(
        count,
        tuple(
            Disagreement(field, reason, times)
            for (field, reason), times in sorted(found.items(), key=_by_field)
        ),
    )


def _by_field(item: tuple[Finding, int]) -> tuple[int, Finding]:
    digits = item[0][0].removeprefix("F")
    return (int(digits) if digits.isdigit() else 0), item[0]


def _differences(ours: TwoWay, theirs: TwoWay, message: Message) -> Iterator[Finding]:
    """Yield where the two differ on one message."""
    wire, problem = _encode(ours, message, OURS)
    other, problem_there = _encode(theirs, message, THEIRS)
    yield from (found for found in (problem, problem_there) if found)
    if wire and other and wire != other:
        yield _where_written(ours, theirs, message), "they write different bytes"
        return
    if other:
        yield from _misread(ours, other, message, f"{OURS} reading what {THEIRS} wrote")
    if wire:
        yield from _misread(theirs, wire, message, f"{THEIRS} reading what {OURS} wrote")


def _encode(codec: TwoWay, message: Message, who: str) -> tuple[bytes, Finding | None]:
    try:
        return codec.encode(message), None
    except LocalProtocolError as error:
        where, _, words = str(error).partition(": ")
    return b"", (f"F{where}" if where.isdigit() else where, f"{who} refuses to write it: {words}")


def _misread(codec: TwoWay, wire: bytes, message: Message, who: str) -> Iterator[Finding]:
    try:
        read = codec.decode(wire)
    except FieldError as error:
        field = f"F{error.field}" if isinstance(error.field, int) else error.field
        yield field, f"{who}: {error.problem}"
        return
    if read.header != message.header:
        yield "header", f"{who}: another header"
    if read.mti != message.mti:
        yield "MTI", f"{who}: another message type"
    for number in sorted(read.fields.keys() | message.fields.keys()):
        if read.fields.get(number) != message.fields.get(number):
            yield f"F{number}", f"{who}: another value"


def _where_written(ours: TwoWay, theirs: TwoWay, message: Message) -> str:
    """Return what alone is written differently: the message without fields, or the first field."""
    before = "MTI or bitmap" if message.header is None else "header, MTI or bitmap"
    parts = [(before, Message(message.mti, {}, message.header))]
    parts += [(f"F{n}", Message(message.mti, {n: value})) for n, value in message.fields.items()]
    for name, part in parts:
        if _encode(ours, part, OURS)[0] != _encode(theirs, part, THEIRS)[0]:
            return name
    return "message"
