"""A client of one acquirer: requests out, replies in, over a connection that may be remade.

What the caller knows after `request` is the whole point of it:

    returns a reply     the peer answered this request
    raises NotSent      certain: not one byte was handed over
    raises Unanswered   UNKNOWN: bytes were handed over and no answer came

A late or stray answer is never given to another request: it goes to `on_event`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from protocol.aio.errors import NotConnected, NotSent
from protocol.aio.stream import LinkStream
from protocol.aio.tls import tls_words
from protocol.events import Event, ReplyReceived
from protocol.framing import Framing
from protocol.link import LinkSettings
from protocol.message import Message, MessageCodec

Opener = Callable[
    [Callable[[], asyncio.Protocol]], Awaitable[tuple[asyncio.Transport, asyncio.Protocol]]
]
"""Makes one connection and joins it to the protocol of the factory; raises OSError."""

CONNECT_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before connection attempt n: first_s, doubled each time up to max_s.

    `spread` may add jitter where many clients share one host; the default adds none, so that
    a run can be repeated.
    """

    first_s: float = 0.5
    factor: float = 2.0
    max_s: float = 30.0
    spread: Callable[[float], float] = float

    def delay_s(self, failures: int) -> float:
        """Return the pause after `failures` attempts in a row went wrong, 0 after none."""
        if failures == 0:
            return 0.0
        # The exponent is bounded so that a host away for days does not overflow a float.
        return self.spread(min(self.max_s, self.first_s * self.factor ** min(failures - 1, 64)))


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How a client behaves; times in seconds."""

    link: LinkSettings = field(default_factory=LinkSettings)
    backoff: Backoff = field(default_factory=Backoff)
    close_timeout_s: float = CLOSE_TIMEOUT_S


def tcp_opener(
    host: str,
    port: int,
    *,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    tls: ssl.SSLContext | None = None,
    server_name: str = "",
) -> Opener:
    """Return the opener for one TCP address; with `tls`, the handshake is part of it.

    `server_name` is who the certificate must be of, where that is not `host`.
    """
    expected = (server_name or host) if tls is not None else None

    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(connect_timeout_s):
            return await loop.create_connection(
                factory, host, port, ssl=tls, server_hostname=expected
            )

    return open_connection


class Client:
    """One connection at a time, many requests in flight on it.

    `on_event` is told whatever is no reply to a request that waits: Late, Unmatched,
    BadMessage, RequestReceived, TimedOut, EchoAnswered, LinkLost. It must not block.
    """

    def __init__(
        self,
        opener: Opener,
        codec: MessageCodec,
        framing: Framing,
        settings: ClientSettings | None = None,
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._opener = opener
        self._codec = codec
        self._framing = framing
        self._settings = settings or ClientSettings()
        self._on_event = on_event or _ignore
        self._stream: LinkStream | None = None
        self._attempt: asyncio.Event | None = None
        self._problem = ""
        self._closed = False

    @property
    def connected(self) -> bool:
        """True while there is a connection that takes requests."""
        return self._stream is not None and self._stream.alive

    async def connect(self) -> None:
        """Make sure there is a connection; one attempt, shared by all who ask meanwhile.

        Raises NotConnected.
        """
        if self.connected:
            return
        if self._attempt is not None:
            await self._attempt.wait()
        else:
            await self._try_to_connect()
        if not self.connected:
            raise NotConnected(self._problem)

    async def keep_connected(self) -> None:
        """Connect, and again after every loss, with back-off, until closed or cancelled.

        For a task of the caller's TaskGroup. `connect` may be called meanwhile: it does not
        wait for the back-off.
        """
        backoff, failures, time = self._settings.backoff, 0, asyncio.get_running_loop().time
        while not self._closed:
            await asyncio.sleep(backoff.delay_s(failures))
            began = time()
            try:
                await self.connect()
            except NotConnected:
                failures += 1
                continue
            await self._wait_lost()
            # A peer that accepts and hangs up at once is as absent as one that refuses.
            failures = 1 if time() - began >= backoff.max_s else failures + 1

    async def request(self, message: Message, timeout_s: float) -> Message:
        """Send one request and return its reply's message; see `exchange`."""
        return (await self.exchange(message, timeout_s)).message

    async def exchange(self, message: Message, timeout_s: float) -> ReplyReceived:
        """Send one request and return its reply, with the very bytes, all within `timeout_s`.

        Raises NotSent or Unanswered, see above; LocalProtocolError for a bug of the caller
        (key in flight, message that cannot be encoded), and then nothing was sent.
        When the caller is cancelled, the answer becomes Late.
        """
        stream = self._stream
        if stream is not None and not stream.writable:
            timeout_s = await _wait_for_room(stream, timeout_s)
        if stream is None or not stream.alive:
            raise NotSent("there is no connection")
        if stream.full:
            raise NotSent("too many requests are in flight")
        return await stream.exchange(message, timeout_s)

    def hang_up(self) -> None:
        """End the connection now; the next `connect` makes another one.

        For a link that is silent: it may be half open, and then nobody ever says so (N16).
        Whoever waits gets Unanswered.
        """
        if self._stream is not None:
            self._stream.abort()

    async def close(self) -> None:
        """End the connection for good. Whoever waits gets Unanswered. May be called twice."""
        self._closed = True
        stream = self._stream
        if stream is None:
            return
        stream.close()
        try:
            async with asyncio.timeout(self._settings.close_timeout_s):
                await stream.wait_closed()
        except TimeoutError:
            stream.abort()
            await stream.wait_closed()

    async def _try_to_connect(self) -> None:
        self._attempt = asyncio.Event()
        self._problem = "the attempt was given up"
        try:
            self._problem = await self._open()
        finally:
            self._attempt.set()
            self._attempt = None

    async def _open(self) -> str:
        """Open a stream and return "", or say in words why there is none."""
        if self._closed:
            return "closed on this side"
        link_settings = self._settings.link
        stream = LinkStream(self._codec, self._framing, link_settings, self._on_event)
        try:
            await self._opener(lambda: stream)
        except ssl.SSLError as error:
            stream.abort()
            return tls_words(error)
        except OSError as error:
            stream.abort()
            return error.strerror or str(error) or type(error).__name__
        except BaseException:
            stream.abort()
            raise
        if self._closed:
            stream.abort()
        self._stream = stream
        return "" if stream.alive else "the peer closed at once"

    async def _wait_lost(self) -> None:
        if self._stream is not None:
            await self._stream.wait_closed()


def _ignore(event: Event) -> None:
    """Stands for the listener of a client that has none."""


async def _wait_for_room(stream: LinkStream, timeout_s: float) -> float:
    """Wait until the transport takes bytes again; return what is left of the time."""
    time = asyncio.get_running_loop().time
    deadline = time() + timeout_s
    try:
        async with asyncio.timeout_at(deadline):
            while stream.alive and not stream.writable:
                await stream.wait_writable()
    except TimeoutError:
        pass
    if not stream.writable or time() >= deadline:
        raise NotSent("the peer takes no bytes")
    return deadline - time()
