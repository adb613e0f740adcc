"""A transport worked by hand: the test reads what was written and says what comes.

For what a wire with weather cannot show: a peer that does not read, a close that takes for ever,
bytes cut just so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class HandTransport(asyncio.Transport):
    """One end of a connection; nobody is at the other but the test."""

    def __init__(self, *, sticky: bool = False) -> None:
        super().__init__({"peername": ("192.0.2.1", 4000)})
        self.written: list[bytes] = []
        self.reading = True
        self.closing = False
        self.aborted = False
        self.write_high: int | None = None
        self._sticky = sticky
        self._lost = False
        self._protocol: Any = None

    def attach(self, protocol: asyncio.BaseProtocol) -> HandTransport:
        """Join it to the protocol under test."""
        self._protocol = protocol
        protocol.connection_made(self)
        return self

    def feed(self, data: bytes) -> None:
        """The peer's bytes arrive."""
        self._protocol.data_received(data)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        data = b"".join(self.written)
        self.written.clear()
        return data

    def lose(self, error: Exception | None = None) -> None:
        """The connection is gone."""
        if not self._lost:
            self._lost = self.closing = True
            self._protocol.connection_lost(error)

    def eof(self) -> None:
        """The peer sends no more."""
        self._protocol.eof_received()

    def fill(self) -> None:
        """The write buffer passes its limit."""
        self._protocol.pause_writing()

    def drain(self) -> None:
        """The write buffer has room again."""
        self._protocol.resume_writing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it; a closed one complains, as the strictest of loops do."""
        if self.closing:
            raise RuntimeError("written to after close")
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        """True once either side ended it."""
        return self.closing

    def close(self) -> None:
        """Close; a sticky one has bytes that never leave, and waits for them."""
        if not self.closing:
            self.closing = True
            if not self._sticky:
                asyncio.get_running_loop().call_soon(self.lose)

    def abort(self) -> None:
        """Close at once."""
        self.closing = self.aborted = True
        asyncio.get_running_loop().call_soon(self.lose)

    def pause_reading(self) -> None:
        """Nothing may be fed now."""
        assert self.reading, "paused twice"
        self.reading = False

    def resume_reading(self) -> None:
        """Bytes may come again."""
        assert not self.reading, "resumed twice"
        self.reading = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Remember the limit."""
        self.write_high = high


class HandOpener:
    """An opener that follows a list: an error is raised, anything else is a connection.

    When the list is used up, every attempt succeeds. `at` are the loop times of the attempts.
    """

    def __init__(self, *plan: OSError | None, sticky: bool = False) -> None:
        self.plan = list(plan)
        self.at: list[float] = []
        self.transports: list[HandTransport] = []
        self._sticky = sticky

    async def __call__(
        self, factory: Callable[[], asyncio.Protocol]
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Make one attempt; it takes a turn of the loop."""
        self.at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0)
        outcome = self.plan.pop(0) if self.plan else None
        if outcome is not None:
            raise outcome
        protocol = factory()
        transport = HandTransport(sticky=self._sticky).attach(protocol)
        self.transports.append(transport)
        return transport, protocol

    @property
    def last(self) -> HandTransport:
        """The transport of the newest connection."""
        return self.transports[-1]


async def pass_time(seconds: float = 0.0) -> None:
    """Let virtual time pass; with none, only let everybody who can run do so."""
    await asyncio.sleep(seconds)
    for _ in range(5):
        await asyncio.sleep(0)
