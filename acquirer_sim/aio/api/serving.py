"""The API on an address of its own, in the loop of the host it speaks for."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec
import uvicorn

from acquirer_sim.aio.api.app import application
from acquirer_sim.aio.api.desk import Desk
from acquirer_sim.aio.host import Host
from acquirer_sim.aio.meter import Meter
from acquirer_sim.errors import ListenError, TokenError

STOP_TIMEOUT_S = 2
BACKLOG = 128


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """Where the API listens, the token it wants, and the ledger it reads from."""

    host: str = "127.0.0.1"
    port: int = 8585
    token: str = ""
    ledger: str = ""

    def check(self) -> None:
        """Raise TokenError when strangers could come in."""
        if not self.token and not is_loopback(self.host):
            raise TokenError(
                f"Whoever reaches {self.host} could break this acquirer: it needs a token.",
                "Put one into TALLYWIRE_API_TOKEN or a file for --api-token-file.",
            )


def is_loopback(host: str) -> bool:
    """True when only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class QuietServer(uvicorn.Server):
    """A server that leaves signals to the acquirer."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serving(host: Host, api: Api) -> AsyncIterator[tuple[str, int]]:
    """Serve the API while the block runs, and give its address. Raises ListenError, TokenError."""
    api.check()
    desk = Desk(host, Meter(host, asyncio.get_running_loop().time), api.ledger)
    listener = _listen(api.host, api.port)
    config = uvicorn.Config(
        application(desk, token=api.token),
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    server = QuietServer(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listener]))
        try:
            address, port = listener.getsockname()[:2]
            yield address, port
        finally:
            desk.close()
            server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    problem = ""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.settimeout(0.0)
        return listener
    except (OSError, OverflowError) as error:
        problem = getattr(error, "strerror", None) or str(error)
    raise ListenError(
        f"The API cannot listen on {host}:{port}: {problem}.", "Choose another address with --api."
    )
