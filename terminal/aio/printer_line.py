"""One connection to an ESC/POS printer: what was asked and sent on it, and what was said.

It takes the printer's bytes the moment they come and keeps what they mean; nobody has to be
waiting. Whoever waits is woken by the `Pulse` and looks again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, assert_never

from terminal.printer_status import (
    Ask,
    AutomaticStatus,
    Fence,
    Finding,
    Garbage,
    PrinterStatus,
    ProcessEcho,
    RealTime,
    StatusParser,
    real_time_status,
)

SENT_MAX: Final = 64
LATE_MAX: Final = 64


class Pulse:
    """Wakes everybody who waits for news; waiting never misses what is checked before it.

    `news` counts what a printer said or did by itself, unasked; who remembers the count knows
    whether something happened while nobody was waiting.
    """

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self.news = 0

    def ring(self) -> None:
        """Wake all who wait now."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, until: float) -> None:
        """Return at the next ring, or when the loop's clock shows `until`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout_at(until):
                await waiter
        except TimeoutError:
            return
        finally:
            self._waiters.discard(waiter)


class PrinterLine(asyncio.Protocol):
    """One connection to a printer: what was asked on it, what was sent, what was said."""

    def __init__(self, pulse: Pulse, late: deque[bytes]) -> None:
        self.status = PrinterStatus()
        self.lost = False
        self.writable = True
        self.echoes = False
        self.fenced = False
        self.echoed = False
        self.strays = 0
        self._pulse = pulse
        self._late = late
        self._parser = StatusParser()
        self._asked: deque[tuple[Ask, asyncio.Future[PrinterStatus | None]]] = deque()
        self._current: bytes | None = None
        self._sent: deque[bytes] = deque(maxlen=SENT_MAX)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio. Any unsent byte counts as not handed over."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        for finding in self._parser.receive_data(data):
            self._take(finding)
        self._pulse.ring()

    def pause_writing(self) -> None:
        """See asyncio."""
        self.writable = False

    def resume_writing(self) -> None:
        """See asyncio."""
        self.writable = True
        self._pulse.ring()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.lost = True
        self._pulse.news += 1
        for _, answer in self._asked:
            if not answer.done():
                answer.set_result(None)
        self._asked.clear()
        self._pulse.ring()

    @property
    def may_be_late(self) -> bool:
        """Whether a job was sent here whose echo can still come."""
        return bool(self._sent) and not self.lost

    @property
    def asking(self) -> bool:
        """Whether a question is still without its answer."""
        return bool(self._asked)

    def write(self, data: bytes) -> None:
        """Hand bytes over. Nothing happens on a lost connection: the loss has been told."""
        assert self._transport is not None
        if not self.lost:
            self._transport.write(data)

    def begin(self, process_id: bytes) -> None:
        """Expect the echo of a new job; the earlier ones may still come late."""
        self.status = PrinterStatus()
        self.fenced = self.echoed = False
        self._current = process_id
        self._sent.append(process_id)

    def end(self) -> None:
        """Expect nothing more in time: from here on an echo is late."""
        self._current = None

    def ask(self, question: Ask) -> asyncio.Future[PrinterStatus | None]:
        """Ask for status in real time; answers come in the order of the questions.

        The answer is None when the connection is lost first.
        """
        answer: asyncio.Future[PrinterStatus | None] = asyncio.get_running_loop().create_future()
        if self.lost:
            answer.set_result(None)
            return answer
        self._asked.append((question, answer))
        self.write(question.command)
        return answer

    async def close(self, patience_s: float) -> None:
        """Close and wait for the loss, so that nothing is left behind."""
        if self._transport is None or self.lost:
            return
        self._transport.close()
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while not self.lost and loop.time() < until:
            await self._pulse.wait(until)
        if not self.lost:
            self._transport.abort()

    def _take(self, finding: Finding) -> None:
        match finding:
            case RealTime(value):
                self._answered(value)
            case AutomaticStatus(status):
                self.status = status
                self._pulse.news += 1
            case Fence():
                # While a question is open, a byte of this shape may be a garbled answer to it.
                self.fenced = self.fenced or (self._current is not None and not self.asking)
            case ProcessEcho(process_id):
                self._heard(process_id)
            case Garbage():
                self.strays += 1
            case _:
                assert_never(finding)

    def _answered(self, value: int) -> None:
        if not self._asked:
            self.strays += 1
            return
        question, answer = self._asked.popleft()
        if not answer.done():
            answer.set_result(real_time_status(question, value))

    def _heard(self, process_id: bytes) -> None:
        self.echoes = True
        if process_id == self._current:
            self.echoed = True
        elif process_id in self._sent:
            self._late.append(process_id)
            self._pulse.news += 1
        else:
            self.strays += 1
