"""An ESC/POS printer on a byte stream: status before, during and after each job.

Before (pre-flight): connect, let it tell status by itself (GS a 15), ask DLE EOT 1, 2, 4, 3.
During: its own status frames; when it is silent, DLE EOT again. A fault ends the wait at once.
After: the echo of the job's process ID (GS ( H). A clone that never echoes but answers the fence
behind it (GS r 1) is taken at its fence from then on. No answer at all in `confirm_timeout_s`:
nobody knows, and nobody pretends to.

An echo is believed on the connection on which its job was sent, also when it comes late: paper
was loaded and the printer printed the rest of its buffer (P9). After a reconnect, old echoes are
dropped (REQ 003-10). What a printer may still hold of a broken job is dropped before the next.

All waiting is by the running loop's clock; nothing here raises.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from terminal.aio.fonts import load_typeface
from terminal.aio.printer_line import LATE_MAX, PrinterLine, Pulse
from terminal.aio.printers import Printable, Readiness
from terminal.paper import Paper
from terminal.printer_profile import (
    DEFAULT_PATIENCE,
    DEFAULT_PROFILE,
    Charset,
    Confirmation,
    Patience,
    PrinterProfile,
)
from terminal.printer_status import DROP_BUFFER, ENABLE_ASB, Ask, Cause, PrinterStatus
from terminal.printing import Confirmed, Failed, Interrupted, NothingSent, Result, Unconfirmed

Opener = Callable[
    [Callable[[], asyncio.Protocol]], Awaitable[tuple[asyncio.Transport, asyncio.Protocol]]
]
"""Makes one connection and joins it to the protocol of the factory; may raise OSError."""


def tcp_opener(host: str, port: int) -> Opener:
    """Return the opener for one TCP address."""

    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        return await asyncio.get_running_loop().create_connection(factory, host, port)

    return open_connection


def encode_sheet(sheet: Printable, profile: PrinterProfile) -> bytes:
    """Return the bytes of a sheet on the paper of a profile."""
    # python-escpos takes 0.2 s to import: only who prints pays for it.
    from terminal.escpos import encode_job

    return encode_job(
        sheet.lines(profile.paper),
        profile,
        process_id=sheet.process_id,
        typeface=load_typeface() if profile.charset is Charset.RASTER else None,
    )


class EscposPrinter:
    """A `Printer` behind an opener; it connects when it is first needed."""

    def __init__(
        self,
        name: str,
        opener: Opener,
        profile: PrinterProfile = DEFAULT_PROFILE,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._name = name
        self._opener = opener
        self._profile = profile
        self._patience = patience
        self._pulse = Pulse()
        self._late: deque[bytes] = deque(maxlen=LATE_MAX)
        self._line: PrinterLine | None = None
        self._stale = False
        self._echoes = False
        self._news_taken = 0

    @property
    def name(self) -> str:
        """See Printer."""
        return self._name

    @property
    def paper(self) -> Paper:
        """See Printer."""
        return self._profile.paper

    async def preflight(self) -> Readiness:
        """See Printer."""
        self._news_taken = self._pulse.news
        readiness = await self._look()
        if readiness.cause is None and self._stale:
            await self._drop_stale()
            readiness = await self._look()
        return readiness

    async def look(self) -> Readiness:
        """Find out how it is. What it may hold of a broken job stays there."""
        self._news_taken = self._pulse.news
        return await self._look()

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        if self._line is None or self._line.lost:
            return NothingSent(Cause.UNREACHABLE)
        return await self.send_job(encode_sheet(sheet, self._profile), sheet.process_id)

    async def send_job(self, job: bytes, process_id: bytes) -> Result:
        """Print the bytes of one job, which end with the request for its process ID."""
        line = self._line
        if line is None or line.lost:
            return NothingSent(Cause.UNREACHABLE)
        line.begin(process_id)
        line.write(job)
        result = await self._outcome(line)
        line.end()
        self._stale = isinstance(result, Failed | Interrupted)
        return result

    async def changed(self) -> None:
        """See Printer. A printer that is gone cannot call: it is tried again after a while.

        News since the last pre-flight counts: paper may be back before anybody waits for it.
        """
        connected = self._line is not None and not self._line.lost
        wait_s = self._patience.recheck_s if connected else self._patience.retry_s
        if self._pulse.news == self._news_taken:
            await self._pulse.wait(self._now() + wait_s)
        self._news_taken = self._pulse.news

    def take_late(self) -> list[bytes]:
        """See Printer."""
        late = list(self._late)
        self._late.clear()
        if late:
            # The rest of the broken job has come out: nothing is left to drop.
            self._stale = False
        return late

    async def close(self) -> None:
        """See Printer."""
        line, self._line = self._line, None
        if line is not None:
            await line.close(self._patience.close_s)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _look(self) -> Readiness:
        line = await self._connected()
        if line is None:
            return Readiness(Cause.UNREACHABLE)
        if self._profile.confirmation is Confirmation.NONE:
            return Readiness()
        status = await self._status(line)
        if status is None:
            # It hung up: another client holds its port, or its power is gone. Or it says nothing.
            cause = Cause.UNREACHABLE if line.lost else Cause.OFFLINE
            await self.close()
            return Readiness(cause)
        return Readiness(status.cause, Cause.NEAR_END if status.near_end else None)

    async def _connected(self) -> PrinterLine | None:
        if self._line is not None and not self._line.lost:
            return self._line
        made = PrinterLine(self._pulse, self._late)
        try:
            async with asyncio.timeout(self._patience.connect_s):
                await self._opener(lambda: made)
        except (OSError, TimeoutError):
            self._line = None
            return None
        if self._profile.confirmation is not Confirmation.NONE:
            made.write(ENABLE_ASB)
        self._line = made
        return made

    async def _status(self, line: PrinterLine) -> PrinterStatus | None:
        """Ask everything; None when an answer does not come."""
        status = PrinterStatus()
        try:
            async with asyncio.timeout(self._patience.answer_s):
                for question in Ask:
                    answer = await line.ask(question)
                    if answer is None:
                        return None
                    status |= answer
        except TimeoutError:
            return None
        return status

    async def _outcome(self, line: PrinterLine) -> Result:
        """Wait until the fate of the job under way is known, or patience ends."""
        deadline = self._now() + self._patience.confirm_s
        fence_until: float | None = None
        heard = False
        while self._now() < deadline:
            known = self._known(line)
            if known is not None:
                return known
            self._echoes = self._echoes or line.echoes
            if line.fenced and not self._echoes:
                fence_until = fence_until or self._fence_until(line)
                if self._now() >= fence_until:
                    # A clone, and known as one from here on.
                    fence = Confirmation.FENCE
                    self._profile = msgspec.structs.replace(self._profile, confirmation=fence)
                    return Confirmed()
            until = min(deadline, fence_until or deadline, self._now() + self._patience.silence_s)
            await self._pulse.wait(until)
            if self._now() >= until and not line.asking and line.writable and not line.lost:
                status = await self._status(line)
                heard = heard or status is not None
                line.status |= status or PrinterStatus()
        known = self._known(line)
        if known is not None:
            return known
        # Healthy to the end, and never a word about this job: sent, but not confirmed (P6).
        return Unconfirmed() if heard and line.writable else Interrupted()

    def _known(self, line: PrinterLine) -> Result | None:
        if line.echoed:
            return Confirmed()
        if line.status.cause is not None:
            return Failed(line.status.cause)
        if line.lost:
            return Interrupted()
        if self._profile.confirmation is Confirmation.NONE and line.writable:
            return Unconfirmed()
        return None

    def _fence_until(self, line: PrinterLine) -> float:
        """A printer that knows process IDs answers the fence a little before its echo."""
        if self._profile.confirmation is Confirmation.FENCE:
            return self._now()
        return self._now() + self._patience.fence_grace_s

    async def _drop_stale(self) -> None:
        """Let the rest of a broken job come out and be confirmed; then forget what remains."""
        until = self._now() + self._patience.late_grace_s
        line = self._line
        while line and line.may_be_late and not self._late and self._now() < until:
            await self._pulse.wait(until)
        if line is not None and not self._late:
            line.write(DROP_BUFFER)
            await self.close()
        self._stale = False
