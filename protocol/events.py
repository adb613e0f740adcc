"""What a link tells its owner: one class per thing that can happen on a connection.

Whatever the peer does becomes one of these, never an exception. `str()` of each is one line
that is safe to log; so is `repr()`, because a frame holds card numbers and a key may be odd.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from protocol.errors import FieldError
from protocol.matching import Key, describe_key
from protocol.message import Message


class LossReason(Enum):
    """Why a connection is gone, as far as this side can tell."""

    EOF = "the peer closed"
    RESET = "the connection broke"
    BAD_FRAME = "the peer's bytes cannot be cut into messages"
    ECHO_UNANSWERED = "no answer to an echo test"
    CLOSED = "closed on this side"


class Event(msgspec.Struct, frozen=True):
    """Base of all. `str()` and `repr()` never show a value that a peer may keep secret."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class RequestReceived(Event, frozen=True):
    """The peer asks something, or tells something nobody asked for. `frame` is its bytes."""

    message: Message
    frame: bytes

    def __str__(self) -> str:
        return repr(self.message)


class ReplyReceived(Event, frozen=True):
    """The answer to the request with `ticket`, in time."""

    ticket: int
    message: Message
    frame: bytes

    def __str__(self) -> str:
        return f"ticket {self.ticket}: {self.message!r}"


class EchoAnswered(Event, frozen=True):
    """The peer answered the link's own echo test."""

    message: Message

    def __str__(self) -> str:
        return repr(self.message)


class TimedOut(Event, frozen=True):
    """No answer to the request with `ticket` before its deadline: its outcome is unknown."""

    ticket: int
    key: Key

    def __str__(self) -> str:
        return f"ticket {self.ticket}: no {describe_key(self.key)}"


class Late(Event, frozen=True):
    """An answer whose request was given up at `given_up_at` (seconds of the link's clock).

    `ticket` is that request's. The answer is for the journal; it revives nothing.
    """

    ticket: int
    came: Key
    given_up_at: float
    message: Message
    frame: bytes

    def __str__(self) -> str:
        return f"ticket {self.ticket}: {describe_key(self.came)} came after the deadline"


class Unmatched(Event, frozen=True):
    """An answer that nobody waits for. `expected` are the keys waited for, most alike first."""

    came: Key
    expected: tuple[Key, ...]
    message: Message
    frame: bytes

    def __str__(self) -> str:
        waited = ", ".join(map(describe_key, self.expected)) or "nothing"
        return f"came {describe_key(self.came)}, expected {waited}"


class BadMessage(Event, frozen=True):
    """A whole frame that is no message: which field, at which byte, what is wrong."""

    error: FieldError
    frame_size: int

    def __str__(self) -> str:
        return f"{self.error} (frame of {self.frame_size} bytes)"


class LinkLost(Event, frozen=True):
    """The connection is over. `unanswered` are the tickets whose outcome is now unknown."""

    reason: LossReason
    detail: str
    unanswered: tuple[int, ...]

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.reason.value}{detail}; {len(self.unanswered)} unanswered"
