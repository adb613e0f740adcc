"""The virtual printer on a TCP port, like a receipt printer on its port 9100.

One client at a time: whoever comes second is turned away at once. What a client leaves behind
stays in the printer. `VirtualPrinter` is the printer with its hands (`load_paper`, `open_cover`,
...), for tests, the demo and the command alike; `PrinterMachine` decides, this moves bytes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from pathlib import Path
from typing import Final

from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.machine import ROLL_LINES, PrinterMachine
from tallywire.virtual_printer.paper import COLUMN_DOTS, Slip
from tallywire.virtual_printer.status import Condition
from tallywire.virtual_printer.tray import WAITING_MAX, Tray

log = logging.getLogger(__name__)

READ_SIZE_MAX: Final = 16 * 1024
SLIPS_KEPT_MAX: Final = 10_000


class PrinterStartError(Exception):
    """The printer cannot be there: port in use, folder not writable. `str()` is one sentence."""

    def __init__(self, wish: str, error: OSError) -> None:
        super().__init__(f"the printer cannot {wish}: {error.strerror or error}")


class VirtualPrinter:
    """An ESC/POS printer on a TCP port, which remembers every slip that came out of it.

    `port` 0 takes a free one; `out_dir` gets each slip as PNG and text. The last
    `SLIPS_KEPT_MAX` slips are kept in memory. `columns` is 32 for 58 mm paper, 48 for 80 mm.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        paper_lines: int = ROLL_LINES,
        columns: int = 32,
        out_dir: Path | None = None,
        undrawn_max: int = WAITING_MAX,
        faults: PrinterFaults | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.machine = PrinterMachine(
            paper_lines=paper_lines, width_dots=columns * COLUMN_DOTS, faults=faults
        )
        self.clients_refused = 0
        self._tray = Tray(out_dir, waiting_max=undrawn_max) if out_dir is not None else None
        self._printed: deque[Slip] = deque(maxlen=SLIPS_KEPT_MAX)
        self._slip_count = 0
        self._slip_came = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._client: _Client | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def printed(self) -> list[Slip]:
        """All slips that came out, oldest first."""
        return list(self._printed)

    @property
    def faults(self) -> PrinterFaults:
        """What is wrong with it."""
        return self.machine.faults

    @property
    def condition(self) -> Condition:
        """What its sensors say."""
        return self.machine.condition

    @property
    def powered(self) -> bool:
        """Whether it listens on its port."""
        return self._server is not None

    @property
    def room(self) -> int:
        """How many bytes it takes now; none while too many slips wait to be drawn."""
        return 0 if self._tray and self._tray.full else self.machine.room

    async def start(self) -> None:
        """Switch on. Raises PrinterStartError when the port or the folder cannot be had."""
        if self._tray:
            try:
                self._tray.open(self._settle)
            except OSError as error:
                place = f"write slips to {self._tray.directory}"
                raise PrinterStartError(place, error) from error
        await self.power_on()

    async def stop(self) -> None:
        """Switch off for good; what hangs out of the printer is torn off and kept."""
        await self.power_off()
        if self._tray:
            await self._tray.close()

    async def power_on(self) -> None:
        """Listen again, on the same port as before. Raises PrinterStartError."""
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: _Client(self), self.host, self.port)
        except OSError as error:
            raise PrinterStartError(f"listen on {self.host}:{self.port}", error) from error
        self.port = int(server.sockets[0].getsockname()[1])
        self._server = server
        if self.faults.unreachable:
            self._unlisten()

    async def power_off(self) -> None:
        """Pull the plug: the connection breaks, everything that waited is forgotten."""
        self._unlisten()
        self._hang_up()
        self.machine.power_cut()
        self._settle()

    def load_paper(self, lines: int = ROLL_LINES) -> None:
        """Put a new roll in; printing goes on."""
        self.machine.load_paper(lines, self._now())
        self._settle()

    def open_cover(self) -> None:
        """Open the cover; printing stops."""
        self.machine.open_cover(self._now())
        self._settle()

    def close_cover(self) -> None:
        """Close the cover; printing goes on."""
        self.machine.close_cover(self._now())
        self._settle()

    def go_offline(self) -> None:
        """Press the panel's button: off line."""
        self.machine.go_offline(self._now())
        self._settle()

    def go_online(self) -> None:
        """Press the panel's button: on line again."""
        self.machine.go_online(self._now())
        self._settle()

    def tear_off(self) -> None:
        """Tear off what hangs out."""
        self.machine.tear_off()
        self._settle()

    async def set_faults(self, faults: PrinterFaults) -> None:
        """Be as ill as `faults` say from now on."""
        was_unreachable = self.faults.unreachable
        self.machine.set_faults(faults, self._now())
        self._settle()
        if faults.unreachable:
            self._unlisten()
            self._hang_up()
        elif was_unreachable:
            await self.power_on()

    async def wait_for_slips(self, count: int) -> list[Slip]:
        """Return all slips as soon as `count` have come out since the start."""
        while self._slip_count < count:
            self._slip_came.clear()
            await self._slip_came.wait()
        return self.printed

    def _unlisten(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()

    def _hang_up(self) -> None:
        client = self._client
        if client:
            client.abort()
            self.part(client)

    # What the connection calls

    def greet(self, client: _Client) -> bool:
        """Take a client, or refuse it because the port is held."""
        if self._client is not None or self.faults.port_held:
            self.clients_refused += 1
            log.info("a second client was turned away")
            return False
        self._client = client
        self.machine.connection_made()
        return True

    def receive(self, data: bytes) -> None:
        """Give the machine what came."""
        self.machine.receive_data(data, self._now())
        self._settle()

    def part(self, client: _Client) -> None:
        """The client has gone."""
        if self._client is client:
            self._client = None
            self.machine.connection_lost(self._now())
            self._settle()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _settle(self) -> None:
        """After anything that happened: collect slips, send replies, set the one timer."""
        for slip in self.machine.take_slips():
            self._printed.append(slip)
            self._slip_count += 1
            self._slip_came.set()
            log.info("slip %d came out: %s", slip.number, slip.end.value)
            if self._tray:
                self._tray.put(slip)
        if self._client:
            self._client.write(self.machine.data_to_send())
            if self.machine.take_reset():
                self._hang_up()
            else:
                self._client.read_while(room=self.room)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.machine.next_deadline()
        if deadline is not None and self._server is not None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._timer_due)

    def _timer_due(self) -> None:
        self._timer = None
        self.machine.handle_timer(self._now())
        self._settle()


class _Client(asyncio.BufferedProtocol):
    """One connection. It reads no more than the printer's buffer has room for."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer
        self._transport: asyncio.Transport | None = None
        self._bytes = bytearray(READ_SIZE_MAX)
        self._room = READ_SIZE_MAX
        self._peer_reads = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stay, or be turned away."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._printer.greet(self):
            transport.abort()
        elif self._printer.faults.silent:
            transport.pause_reading()
        else:
            self.read_while(room=self._printer.room)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Offer as many bytes as the printer still takes."""
        return memoryview(self._bytes)[: max(1, min(self._room, READ_SIZE_MAX))]

    def buffer_updated(self, nbytes: int) -> None:
        """Hand over what was read."""
        self._printer.receive(bytes(self._bytes[:nbytes]))

    def eof_received(self) -> None:
        """A client that stops sending is gone, for a printer."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the printer."""
        self._transport = None
        self._printer.part(self)

    def pause_writing(self) -> None:
        """A client that reads nothing is not listened to either."""
        self._peer_reads = False
        self.read_while(room=self._room)

    def resume_writing(self) -> None:
        """It reads again."""
        self._peer_reads = True
        self.read_while(room=self._room)

    def write(self, data: bytes) -> None:
        """Send replies."""
        if data and self._transport:
            self._transport.write(data)

    def abort(self) -> None:
        """Reset the connection."""
        if self._transport:
            self._transport.abort()

    def read_while(self, *, room: int) -> None:
        """Read on if the printer has room and the client takes its replies; else stop."""
        self._room = room
        if self._transport is None or self._transport.is_closing() or self._printer.faults.silent:
            return
        if room and self._peer_reads:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()
