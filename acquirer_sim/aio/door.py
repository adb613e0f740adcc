"""The address of a host while it misbehaves: nobody listens, nobody accepts, no handshake works.

Other connections live on. After its time the door is as it was.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from acquirer_sim.faults import FaultKind
from protocol.aio.errors import CannotListen
from protocol.aio.server import Server

HANDSHAKE_FAILURE: Final = bytes.fromhex("15030300020228")
"""A TLS 1.2 alert, fatal, handshake_failure (RFC 5246, 7.2)."""
FILLERS: Final = 2
"""Connections that fill a queue of length 0; the kernel answers no other one."""
VISITORS_MAX: Final = 64


class Door:
    """Shuts the address of a server for a while. One manner at a time; the last one counts."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._addresses: list[tuple[str, int]] = []
        self._held: list[socket.socket] = []
        self._timer: asyncio.TimerHandle | None = None
        self._opening: asyncio.Future[None] | None = None

    def shut(self, kind: FaultKind, for_s: float) -> None:
        """Misbehave for so many seconds; nothing where there is no address."""
        self._addresses = self._server.stop_listening()
        self._release()
        for address in self._addresses:
            block = _MANNERS.get(kind)
            if block is not None:
                # Somebody else on the address: then to refuse is all that can be done.
                with suppress(OSError):
                    self._held += block(address, self._greet)
        self._timer = self._loop.call_later(for_s, self._open)

    async def close(self) -> None:
        """Leave everything alone from now on."""
        self._release()
        opening = self._opening
        if opening is not None:
            await asyncio.wait([opening])

    def _open(self) -> None:
        self._release()
        self._opening = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        """Listen as before; an address that somebody else has taken meanwhile is gone."""
        addresses, self._addresses = self._addresses, []
        for host, port in addresses:
            with suppress(CannotListen):
                await self._server.listen(host, port)

    def _greet(self, listener: socket.socket) -> None:
        """Answer whoever comes with an alert; it is read before the end of the connection."""
        with suppress(OSError):
            visitor, _ = listener.accept()
            visitor.settimeout(0.0)
            visitor.send(HANDSHAKE_FAILURE)
            visitor.shutdown(socket.SHUT_WR)
            self._held.append(visitor)
        if len(self._held) > VISITORS_MAX:
            self._held.pop(1).close()

    def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for one in self._held:
            self._loop.remove_reader(one.fileno())
            one.close()
        self._held.clear()


def _listening(address: tuple[str, int], backlog: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.settimeout(0.0)
    listener.bind(address)
    listener.listen(backlog)
    return listener


def _never_accept(
    address: tuple[str, int], greet: Callable[[socket.socket], None]
) -> list[socket.socket]:
    """Fill a queue that nobody empties, so that the next SYN gets no answer."""
    listener = _listening(address, 0)
    held = [listener]
    for _ in range(FILLERS):
        filler = socket.socket(listener.family, socket.SOCK_STREAM)
        filler.settimeout(0.0)
        filler.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        problem = filler.connect_ex(address)
        assert problem in (0, errno.EINPROGRESS), "to one's own address"
        held.append(filler)
    return held


def _fail_handshakes(
    address: tuple[str, int], greet: Callable[[socket.socket], None]
) -> list[socket.socket]:
    listener = _listening(address, VISITORS_MAX)
    asyncio.get_running_loop().add_reader(listener.fileno(), greet, listener)
    return [listener]


_MANNERS: Final[
    Mapping[
        FaultKind,
        Callable[[tuple[str, int], Callable[[socket.socket], None]], list[socket.socket]],
    ]
] = {
    FaultKind.HANG_CONNECT: _never_accept,
    FaultKind.TLS_FAILURE: _fail_handshakes,
}
"""What holds the address meanwhile. To refuse, nothing holds it."""
