"""One accepted connection: an asyncio.Protocol that a service answers through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from protocol.message import Message

Received = tuple[bytes, Message]
"""The payload of a frame, for whoever computes a MAC over it, and the message it holds."""


class Connection(asyncio.Protocol):
    """Answers go out in one write per turn: those given inside the service's callback when it
    returns, later ones at the end of the loop's turn.
    """

    @property
    def number(self) -> int:
        """Which connection of the server, from 1."""
        raise NotImplementedError

    @property
    def peer(self) -> str:
        """Who is at the other end, as host:port or the transport's own words."""
        raise NotImplementedError

    @property
    def alive(self) -> bool:
        """False once an answer can no longer be delivered."""
        raise NotImplementedError

    def reply(self, message: Message) -> None:
        """Answer one request. Silently dropped when the connection is gone; loop thread only.

        Raises LocalProtocolError when the message cannot be encoded.
        """
        raise NotImplementedError

    def reply_bytes(self, payload: bytes) -> None:
        """Answer one request with an encoded message, as a stored reply is; it gets its frame here."""
        raise NotImplementedError

    def withhold(self) -> None:
        """Say that one request gets no answer, so that it is no longer in flight."""
        raise NotImplementedError

    def close(self) -> None:
        """End the connection after what was written."""
        raise NotImplementedError

    def abort(self) -> None:
        """End the connection now; what was not yet sent is lost."""
        raise NotImplementedError


Service = Callable[[Connection, list[Received]], None]
"""Called once per read with every message of it, in order. What it raises is counted and costs
this connection only."""
