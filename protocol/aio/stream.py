"""The asyncio.Protocol that owns a Link: sockets on one side, events on the other.

After every call, `_pump` does the rest in one place and one order: bytes to the transport,
events to the owner, the one timer to the link's next deadline.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from protocol.aio.errors import Unanswered
from protocol.aio.tls import tls_words
from protocol.events import Event, LinkLost, LossReason, ReplyReceived, TimedOut
from protocol.framing import Framing
from protocol.link import Link, LinkSettings
from protocol.message import Message, MessageCodec


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
        self._answers: dict[int, asyncio.Future[ReplyReceived]] = {}
        self._pumping = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def alive(self) -> bool:
        """True while a byte handed over may still arrive."""
        transport = self._transport
        return transport is not None and not self._link.lost and not transport.is_closing()

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

    async def exchange(self, message: Message, timeout_s: float) -> ReplyReceived:
        """Hand a request over at once and wait for its reply; the caller asked `alive` first.

        Raises Unanswered; LocalProtocolError when nothing was sent, see `Link.send_request`.
        A reply that comes while the caller is being cancelled goes to `on_event` instead.
        """
        ticket = self._link.send_request(message, self._loop.time(), timeout_s)
        answer: asyncio.Future[ReplyReceived] = self._loop.create_future()
        self._answers[ticket] = answer
        self._pump()
        try:
            return await answer
        except asyncio.CancelledError:
            if self._answers.pop(ticket, None) is not None:
                self._link.abandon(ticket, self._loop.time())
            elif not answer.cancelled() and answer.exception() is None:
                self._tell(answer.result())
            raise

    def send(self, message: Message) -> None:
        """Hand over a message that nobody waits for an answer to."""
        self._link.send(message, self._loop.time())
        self._pump()

    def close(self) -> None:
        """End the connection: what was written still leaves, what waits is unanswered."""
        self._link.lose(LossReason.CLOSED)
        self._pump()

    def abort(self) -> None:
        """End the connection now, for a peer that does not read what was written."""
        self._link.lose(LossReason.CLOSED)
        if self._transport is not None:
            self._transport.abort()
        self._pump()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
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
        if error is None:
            self._link.lose(LossReason.EOF)
        else:
            words = tls_words(error) if isinstance(error, ssl.SSLError) else type(error).__name__
            self._link.lose(LossReason.RESET, words)
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
        try:
            self._link.handle_timer(self._loop.time())
        finally:
            self._pump()

    def _pump(self) -> None:
        self._write()
        if self._pumping:
            return  # called by a listener: the call that told it goes on until all is said
        self._pumping = True
        try:
            while events := self._link.events():
                for event in events:
                    self._settle(event)
        finally:
            self._pumping = False
        self._arm(self._link.next_deadline())

    def _write(self) -> None:
        data = self._link.data_to_send()
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if data:
            transport.write(data)
        if self._link.lost:
            transport.close()

    def _settle(self, event: Event) -> None:
        """Give an event to the one who waits for it, or to the listener."""
        match event:
            case ReplyReceived(ticket=ticket) if ticket in self._answers:
                answer = self._answers.pop(ticket)
                if not answer.cancelled():
                    answer.set_result(event)
                    return
            case TimedOut(ticket=ticket) if ticket in self._answers:
                _leave_unanswered(self._answers.pop(ticket), Unanswered())
            case LinkLost(reason=reason):
                self._writable.set()
                for answer in self._answers.values():
                    _leave_unanswered(answer, Unanswered(reason))
                self._answers.clear()
            case _:
                pass
        self._tell(event)

    def _tell(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001 — a listener is not our code
            # A listener's bug must not cost the requests of others on this connection.
            self._loop.call_exception_handler(
                {"message": f"on_event failed on {type(event).__name__}", "exception": error}
            )

    def _arm(self, deadline: float | None) -> None:
        """Let the timer ring at `deadline` or before; one that rings early does no harm."""
        if self._timer is not None:
            if deadline is not None and self._timer.when() <= deadline:
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._timer_due)


def _leave_unanswered(answer: asyncio.Future[ReplyReceived], why: Unanswered) -> None:
    """Tell whoever waits; one who was cancelled in this turn of the loop hears nothing more."""
    if not answer.cancelled():
        answer.set_exception(why)
