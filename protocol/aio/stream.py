"""The asyncio.Protocol that owns a Link: sockets on one side, events on the other.

After every call, `_pump` does the rest in one place and one order: bytes to the transport,
events to the owner, the one timer to the link's next deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from protocol.events import Event, LossReason
from protocol.framing import Framing
from protocol.link import Link, LinkSettings, MessageCodec
from protocol.message import Message


class LinkStream(asyncio.Protocol):
    """One connection. Made by an opener's factory, so before its transport is known."""

    def __init__(
        self,
        codec: MessageCodec,
        framing: Framing,
        settings: LinkSettings,
        on_event: Callable[[Event], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._link = Link(codec, framing, settings, now=self._loop.time())
        self._on_event = on_event
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def alive(self) -> bool:
        """True while a byte handed over may still arrive."""
        return (
            self._transport is not None
            and not self._link.lost
            and not self._transport.is_closing()
        )

    @property
    def full(self) -> bool:
        """True while no further request may be in flight."""
        return self._link.full

    @property
    def writable(self) -> bool:
        """False while the transport asks for patience."""
        return self._writable.is_set()

    async def wait_writable(self) -> None:
        """Wait until the transport takes more, or the connection is over."""
        await self._writable.wait()

    async def wait_closed(self) -> None:
        """Wait until the transport is gone."""
        await self._closed.wait()

    def send_request(self, message: Message, timeout_s: float) -> int:
        """Hand a request over now; see `Link.send_request`. The caller asked `alive` first."""
        ticket = self._link.send_request(message, self._loop.time(), timeout_s)
        self._pump()
        return ticket

    def send(self, message: Message) -> None:
        """Hand over a message that nobody waits for an answer to."""
        self._link.send(message, self._loop.time())
        self._pump()

    def abandon(self, ticket: int) -> None:
        """Stop waiting for one answer."""
        self._link.abandon(ticket, self._loop.time())
        self._pump()

    def close(self, reason: LossReason = LossReason.CLOSED, detail: str = "") -> None:
        """End the connection: what was written still leaves, what waits is unanswered."""
        self._link.lose(reason, detail)
        self._pump()

    def abort(self) -> None:
        """End the connection now, for a peer that does not read what was written."""
        self._link.lose(LossReason.CLOSED, "")
        if self._transport is not None:
            self._transport.abort()
        self._pump()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._writable.set()
        self._pump()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._link.receive_data(data, self._loop.time())
        self._pump()

    def eof_received(self) -> bool:
        """Called by the loop: the peer sends no more, so no answer can come any more."""
        self._link.lose(LossReason.EOF)
        self._pump()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self._link.lose(LossReason.RESET if error else LossReason.EOF, type(error).__name__ if error else "")
        self._pump()
        self._closed.set()

    def pause_writing(self) -> None:
        """Called by the loop: the transport's buffer is over its limit."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by the loop."""
        self._writable.set()

    def _timer_due(self) -> None:
        self._timer = None
        self._link.handle_timer(self._loop.time())
        self._pump()

    def _pump(self) -> None:
        transport = self._transport
        data = self._link.data_to_send()
        if transport is not None and data and not transport.is_closing():
            transport.write(data)
        if self._link.lost:
            self._writable.set()
            if transport is not None and not transport.is_closing():
                transport.close()
        for event in self._link.events():
            self._on_event(event)
        self._arm(self._link.next_deadline())

    def _arm(self, deadline: float | None) -> None:
        """Let the timer ring at `deadline` or before; one that rings early does no harm."""
        if self._timer is not None:
            if deadline is not None and self._timer.when() <= deadline:
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._timer_due)
