"""The accepting side: many connections, one service, one sweeper.

Per read: cut frames, decode all, call the service once, write all answers at once. No task, no
timer and no timeout object belongs to a message; one timer of the server looks at connections
when the earliest of their deadlines is due.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

import msgspec

from protocol.aio.connection import Connection, Service
from protocol.aio.incidents import Counters, Incident
from protocol.framing import Framing
from protocol.link import MessageCodec


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of a server, each per connection unless it says otherwise; times in seconds."""

    connections_max: int = 10_000
    in_flight_max: int = 1_024
    write_buffer_max: int = 256 * 1024
    stalled_timeout_s: float = 10.0
    half_frame_timeout_s: float = 10.0
    idle_timeout_s: float = 900.0
    bad_messages_max: int = 100
    close_timeout_s: float = 2.0


class Server:
    """Accepts connections for one service. `counters` may be read at any time.

    A service is called with a connection and all messages of one read, each with the bytes of
    its frame. It answers with `connection.reply(message)` before it returns or whenever
    it likes; in any case from the loop's thread (`loop.call_soon_threadsafe` from another).
    """

    def __init__(
        self,
        service: Service,
        codec: MessageCodec,
        framing: Framing,
        settings: ServerSettings | None = None,
        *,
        on_incident: Callable[[Incident], None] | None = None,
    ) -> None:
        raise NotImplementedError

    @property
    def counters(self) -> Counters:
        """What was counted since the start."""
        raise NotImplementedError

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of each socket listened on."""
        raise NotImplementedError

    def accept(self) -> Connection:
        """Return the protocol of one new connection: the factory for any transport."""
        raise NotImplementedError

    async def listen(
        self, host: str, port: int, *, tls: ssl.SSLContext | None = None, backlog: int = 1024
    ) -> None:
        """Accept on a TCP address; port 0 picks a free one. Raises CannotListen."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop accepting, let written bytes leave, end every connection."""
        raise NotImplementedError


async def serve(
    service: Service,
    codec: MessageCodec,
    framing: Framing,
    settings: ServerSettings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    on_incident: Callable[[Incident], None] | None = None,
) -> Server:
    """Return a server that listens. Raises CannotListen."""
    server = Server(service, codec, framing, settings, on_incident=on_incident)
    await server.listen(host, port, tls=tls)
    return server
