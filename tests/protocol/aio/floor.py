"""A server on virtual time, whose connections are worked by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from protocol.aio.incidents import Incident, IncidentKind
from protocol.aio.server import Connection, Received, Server, ServerSettings, Service
from tests.protocol.pair import CODEC, FRAMING, reply_to
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.hand import HandTransport


class Floor:
    """A server on virtual time; every connection is worked by hand."""

    def __init__(self, loop: VirtualLoop, service: Service, settings: ServerSettings) -> None:
        self.loop = loop
        self.incidents: list[Incident] = []
        self.server = Server(service, CODEC, FRAMING, settings, on_incident=self.incidents.append)

    def connect(self, *, sticky: bool = False) -> tuple[HandTransport, Connection]:
        """Return a new connection and the transport to work it with."""
        connection = self.server.accept()
        return HandTransport(sticky=sticky).attach(connection), connection

    def kinds(self) -> list[IncidentKind]:
        """Return what kind each incident was of; the counters agree."""
        assert self.server.counters.incidents == {
            kind: sum(one.kind is kind for one in self.incidents) for kind in IncidentKind
        }
        return [incident.kind for incident in self.incidents]


def approve(connection: Connection, received: list[Received]) -> None:
    """A service that approves everything at once."""
    for _, message in received:
        connection.reply(reply_to(message))


def ignore(connection: Connection, received: list[Received]) -> None:
    """A service that answers nobody, for now."""


def play(
    story: Callable[[Floor], Awaitable[None]],
    service: Service = approve,
    settings: ServerSettings | None = None,
) -> Floor:
    """Tell one story, close the server, and see that nothing was left or complained of."""

    async def start(loop: VirtualLoop) -> Floor:
        floor = Floor(loop, service, settings or ServerSettings())
        await story(floor)
        await floor.server.close()
        assert 0 == floor.server.counters.connections
        assert [] == loop.complaints
        return floor

    return run_virtual(start)
