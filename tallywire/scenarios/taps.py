"""Taps: what goes over a terminal's connections passes here, and ends where the power ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from protocol.dialect import Dialect
from protocol.errors import FieldError, FrameError
from protocol.framing import Deframer
from protocol.message import MessageCodec
from tallywire.scenarios.power import PRINTING, WAITING, Power
from tallywire.scenarios.wire import BAD_LENGTH, GARBAGE, Said, said
from terminal.aio.printers import Printable, Printer, Readiness
from terminal.paper import Paper
from terminal.printing import Result

Opener = Callable[
    [Callable[[], asyncio.Protocol]], Awaitable[tuple[asyncio.Transport, asyncio.Protocol]]
]
JOB_SIZE_MIN: Final = 64
"""Bytes: whatever is shorter asks a printer something and marks no paper."""


class Tap(asyncio.Transport):
    """One connection: a transport to those who write, a protocol to those who are read."""

    def __init__(self, inner: asyncio.Protocol, power: Power) -> None:
        super().__init__()
        self._inner = inner
        self._power = power
        self._transport: asyncio.Transport | None = None

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._power.lines.append(transport)
        self._inner.connection_made(self)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self._power.on:
            self.heard(data)
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """See asyncio."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """See asyncio."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """See asyncio."""
        self._inner.resume_writing()

    # What the terminal calls

    def write(self, data: Any) -> None:
        """See asyncio. The power may fail before, in the middle of, and after these bytes."""
        assert self._transport is not None
        size = self.passing(bytes(data)) if self._power.on else 0
        if size:
            self._transport.write(data[:size])
        if self._power.on and self.fails():
            self._power.strike()

    def close(self) -> None:
        """See asyncio."""
        assert self._transport is not None
        self._transport.close()

    def abort(self) -> None:
        """See asyncio."""
        assert self._transport is not None
        self._transport.abort()

    def is_closing(self) -> bool:
        """See asyncio."""
        assert self._transport is not None
        return self._transport.is_closing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """See asyncio."""
        assert self._transport is not None
        self._transport.set_write_buffer_limits(high, low)

    # What the kinds of taps do

    def heard(self, data: bytes) -> None:
        """Hear what comes."""

    def passing(self, data: bytes) -> int:
        """Hear what leaves; return how much of it does before the power goes."""
        return len(data)

    def fails(self) -> bool:
        """Tell, after each write, whether the power goes now."""
        return False


class WireTap(Tap):
    """Writes down the messages between terminal and acquirer."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        power: Power,
        dialect: Dialect,
        codec: MessageCodec,
        heard: list[Said],
    ) -> None:
        super().__init__(inner, power)
        self._codec = codec
        self._down, self._up = Deframer(dialect.framing), Deframer(dialect.framing)
        self._said = heard
        self._failing = False

    def heard(self, data: bytes) -> None:
        """Write down what the acquirer says."""
        self._take(self._down, data)

    def passing(self, data: bytes) -> int:
        """Write down what the terminal says, unless the power goes in the middle of it."""
        begin = len(self._said)
        self._take(self._up, data)
        for point, names in WAITING.items():
            asked = any(one.name in names for one in self._said[begin:])
            if asked and self._power.due(point):
                self._failing = True
                if point == "T5":
                    del self._said[begin:]
                    return len(data) // 2
        return len(data)

    def fails(self) -> bool:
        """Tell whether the power goes with this request on its way."""
        return self._failing

    def _take(self, deframer: Deframer, data: bytes) -> None:
        try:
            frames = deframer.receive_data(data)
            lies = deframer.failure is not None
        except FrameError:
            frames, lies = [], True
        self._said += [self._read(frame) for frame in frames]
        if lies and (not self._said or self._said[-1].name != BAD_LENGTH):
            self._said.append(Said(BAD_LENGTH, {}))

    def _read(self, frame: bytes) -> Said:
        try:
            return said(self._codec.decode(frame))
        except FieldError:
            return Said(GARBAGE, {})


class PaperTap(Tap):
    """The cable of a printer, which the power may leave in the middle of a job (P5)."""

    def __init__(self, inner: asyncio.Protocol, power: Power) -> None:
        super().__init__(inner, power)
        self._failing = False

    def passing(self, data: bytes) -> int:
        """Let half a job through when the power goes in it."""
        if len(data) < JOB_SIZE_MIN or not self._power.due("P5"):
            return len(data)
        self._failing = True
        return len(data) // 2

    def fails(self) -> bool:
        """Tell whether the power goes in this job."""
        return self._failing


def tapped(opener: Opener, tap: Callable[[asyncio.Protocol], Tap]) -> Opener:
    """Return an opener whose connections pass through a tap."""

    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        inner = factory()
        through = tap(inner)
        await opener(lambda: through)  # type: ignore[arg-type, return-value] # it has all calls
        return through, inner

    return open_connection


class PoweredPrinter:
    """A printer whose user may end before a job, before its first byte, or after its echo."""

    def __init__(self, printer: Printer, power: Power) -> None:
        assert PRINTING, "the points that are passed here"
        self._printer = printer
        self._power = power

    @property
    def name(self) -> str:
        """See Printer."""
        return self._printer.name

    @property
    def paper(self) -> Paper:
        """See Printer."""
        return self._printer.paper

    async def preflight(self) -> Readiness:
        """See Printer. P1: nothing of the job is on disk but that it waits."""
        self._power.pass_by("P1")
        return await self._printer.preflight()

    async def send(self, sheet: Printable) -> Result:
        """See Printer. P4: the job is begun on disk. P10: what became of it is in RAM."""
        self._power.pass_by("P4")
        result = await self._printer.send(sheet)
        self._power.pass_by("P10")
        return result

    async def changed(self) -> None:
        """See Printer."""
        await self._printer.changed()

    def take_late(self) -> list[bytes]:
        """See Printer."""
        return self._printer.take_late()

    async def close(self) -> None:
        """See Printer."""
        await self._printer.close()
