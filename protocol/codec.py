"""Bytes to message and back, by one dialect.

Each bitmap that comes and each set of fields that goes earns a function of its own, written
and compiled by `protocol.compiler`, which checks everything in the same pass; what it refuses
is read again field by field, by the code that can say why. A peer chooses its bitmaps, so a
function is earned only by messages that were right, and their number is bounded.
"""

from __future__ import annotations

from protocol.dialect import Dialect
from protocol.layout import Layout
from protocol.message import Message


class Codec:
    """Turns the bytes of one message into a `Message` and back."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._layout = Layout(dialect)

    def decode(self, data: bytes) -> Message:
        """Return the message that `data` is, whole. Raises FieldError."""
        return self._layout.explain(data)

    def encode(self, message: Message) -> bytes:
        """Return the bytes of `message`. Raises LocalProtocolError when it breaks the dialect."""
        return self._layout.build(message)
