"""The accepting side: many connections, one service, one sweeper.

No task, no timer and no timeout object belongs to a message; one timer of the server looks at
the connections when the earliest of their deadlines may be due. Answers, whoever gives them, are
written once per connection at the end of the loop's turn.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from protocol.aio.connection import NEVER, Connection, House, Received, Service
from protocol.aio.errors import CannotListen
from protocol.aio.incidents import Counters, Incident, IncidentKind, locate, log_incident
from protocol.aio.sweeper import Sweeper
from protocol.framing import Framing
from protocol.limits import ServerSettings
from protocol.message import MessageCodec

if TYPE_CHECKING:
    from protocol.aio.tracing import Tracer

__all__ = ["Connection", "Received", "Server", "ServerSettings", "Service", "serve"]


class Server:
    """Accepts connections for one service; made inside a running loop.

    The service is called with a connection and all messages of one read, each with the bytes of
    its frame. It answers with `connection.reply(message)` before it returns or whenever it
    likes; always in the loop's thread (`loop.call_soon_threadsafe` from another).
    """

    def __init__(
        self,
        service: Service,
        codec: MessageCodec,
        framing: Framing,
        settings: ServerSettings | None = None,
        *,
        on_incident: Callable[[Incident], None] = log_incident,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sweeper = Sweeper(self._loop, self._sweep)
        self._on_incident = on_incident
        self._scheduled: list[Connection] = []
        self._numbers = count(1)
        self._listeners: list[asyncio.Server] = []
        self._left: list[tuple[str, int]] = []
        self._shared = False
        self._tls: ssl.SSLContext | None = None
        self._full_at = -1
        self._house = House(service, codec, framing, settings or ServerSettings())
        self._house.time = self._loop.time
        self._house.later = self._schedule
        self._house.report = self._report
        self._house.ring_by = self._sweeper.ring_by

    @property
    def counters(self) -> Counters:
        """What was counted since the start; may be read at any time."""
        return self._house.counters

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of each socket listened on; after `stop_listening`, what they were."""
        if not self._listeners:
            return self._left
        sockets = [socket for listener in self._listeners for socket in listener.sockets]
        return [socket.getsockname()[:2] for socket in sockets]

    @property
    def listening(self) -> bool:
        """True while somebody who comes is let in."""
        return bool(self._listeners)

    @property
    def connections(self) -> list[Connection]:
        """Those open now, oldest first."""
        return list(self._house.registered.values())

    def trace(self, tracer: Tracer) -> None:
        """Note everything that is on the wire from now on."""
        self._house.tap = tracer

    def accept(self) -> Connection:
        """Return the protocol of one new connection: the factory for any transport."""
        return Connection(self._house, next(self._numbers))

    async def listen(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        backlog: int = 1024,
        shared: bool = False,
    ) -> None:
        """Accept on a TCP address; port 0 picks a free one. Raises CannotListen.

        A `shared` address stays so: other processes listen on it too (SO_REUSEPORT). With `tls`,
        all later addresses have it too.
        """
        problem = ""
        self._shared = self._shared or shared
        self._tls = self._tls or tls
        patience_s = self._house.settings.handshake_timeout_s if self._tls else None
        try:
            self._listeners.append(
                await self._loop.create_server(
                    self.accept,
                    host,
                    port,
                    ssl=self._tls,
                    ssl_handshake_timeout=patience_s,
                    backlog=backlog,
                    reuse_port=self._shared,
                )
            )
        except (OSError, OverflowError) as error:
            problem = getattr(error, "strerror", None) or str(error)
        if problem:
            raise CannotListen(f"cannot listen on {host}:{port}: {problem}")

    def stop_listening(self) -> list[tuple[str, int]]:
        """Accept no more, keep what was accepted; return the addresses that were listened on."""
        self._left = self.addresses
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        return self._left

    async def close(self) -> None:
        """Stop accepting, let written bytes leave, end every connection."""
        self.stop_listening()
        self._flush()
        for connection in self.connections:
            connection.close()
        try:
            async with asyncio.timeout(self._house.settings.close_timeout_s):
                await self._house.empty.wait()
        except TimeoutError:
            for connection in self.connections:
                connection.abort()
            await self._house.empty.wait()
        self._sweeper.stop()

    def _schedule(self, connection: Connection) -> None:
        if not self._scheduled:
            self._loop.call_soon(self._flush)
        connection.scheduled = True
        self._scheduled.append(connection)

    def _flush(self) -> None:
        connections, self._scheduled = self._scheduled, []
        for connection in connections:
            try:
                connection.flush()
            except Exception as error:  # noqa: BLE001 — one failing write must not stop a group
                kind = IncidentKind.SERVICE_FAILED
                detail = locate(error)
                self._report(Incident(kind, connection.number, connection.peer, detail))

    def _sweep(self, now: float) -> float:
        next_at = NEVER
        for connection in self.connections:
            if connection.due() <= now:
                connection.expire(now)
            next_at = min(next_at, connection.due())
        return next_at

    def _report(self, incident: Incident) -> None:
        counters = self._house.counters
        counters.incidents[incident.kind] += 1
        if incident.kind is IncidentKind.TOO_MANY_CONNECTIONS:
            # Told once until somebody is let in again: a flood at the door floods no log.
            if self._full_at == counters.accepted:
                return
            self._full_at = counters.accepted
        if self._house.tap is not None:
            self._house.tap.incident(incident)
        try:
            self._on_incident(incident)
        except Exception as error:  # noqa: BLE001 — a listener is not our code
            self._loop.call_exception_handler({"message": "on_incident failed", "exception": error})


async def serve(
    service: Service,
    codec: MessageCodec,
    framing: Framing,
    settings: ServerSettings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    on_incident: Callable[[Incident], None] = log_incident,
) -> Server:
    """Return a server that listens. Raises CannotListen."""
    server = Server(service, codec, framing, settings, on_incident=on_incident)
    await server.listen(host, port, tls=tls)
    return server
