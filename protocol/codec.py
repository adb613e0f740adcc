"""Bytes to message and back. (Interface; the compiled codec follows.)"""

from __future__ import annotations

from protocol.dialect import Dialect
from protocol.message import Message


class Codec:
    """Turns the bytes of one message into a `Message` and back, by one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def decode(self, data: bytes) -> Message:
        """Return the message that `data` is, whole. Raises FieldError."""
        raise NotImplementedError

    def encode(self, message: Message) -> bytes:
        """Return the bytes of `message`. Raises LocalProtocolError when it breaks the dialect."""
        raise NotImplementedError
