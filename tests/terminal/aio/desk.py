"""The desk at which paper is tested: a printer on a cable, a scratch disk, a virtual clock.

`PrinterDoor` is an opener whose far end is the virtual printer's machine, in this thread; what it
does to the connection (refuse, stay silent, reset) it does as a cable and a socket would.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from tallywire.virtual_printer.faults import PrinterFaults
from tallywire.virtual_printer.machine import ROLL_LINES, PrinterMachine
from tallywire.virtual_printer.paper import Slip
from terminal.aio.archive import Archive
from terminal.aio.clerk import Clerk
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.journal import Journal
from terminal.aio.paperwork import Paperwork, Tear
from terminal.aio.printer_line import Pulse
from terminal.aio.printers import Printer
from terminal.configuration import Settings
from terminal.copies import queue_originals
from terminal.documents import Document
from terminal.effects import Notice
from terminal.policy import DEFAULT_RULES, PaperRules
from terminal.printer_profile import DEFAULT_PROFILE, PrinterProfile
from terminal.projections import Row, Statement, Value
from tests.world.clock import VirtualLoop, run_virtual

T = TypeVar("T")


class Cable(asyncio.Transport):
    """Our end of the connection to a printer."""

    def __init__(self, door: PrinterDoor, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._door = door
        self._protocol = protocol
        self._lost = False
        self.sent = bytearray()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """See asyncio: this cable takes everything at once."""

    def is_closing(self) -> bool:
        return self._lost

    def write(self, data: Any) -> None:
        if self._lost:
            return
        self.sent += data
        if self._door.silent:
            return
        self._door.machine.receive_data(bytes(data), self._door.now())
        self._door.pump()

    def heard(self, data: bytes) -> None:
        asyncio.get_running_loop().call_soon(self._give, data)

    def _give(self, data: bytes) -> None:
        if not self._lost:
            self._protocol.data_received(data)

    def close(self) -> None:
        self.lose(None)

    def abort(self) -> None:
        self.lose(None)

    def lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._door.hung_up(self)
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, error)


class PrinterDoor:
    """A virtual printer and the way to it. Set `refusing`, `silent`, `held` for a broken way."""

    def __init__(
        self, *, paper_lines: int = ROLL_LINES, faults: PrinterFaults | None = None
    ) -> None:
        self.machine = PrinterMachine(paper_lines=paper_lines, faults=faults)
        self.refusing = False
        self.silent = False
        self.held = False
        self.cables: list[Cable] = []
        self.slips: list[Slip] = []
        self._cable: Cable | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(
        self, factory: Callable[[], asyncio.Protocol]
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        if self.refusing:
            raise ConnectionRefusedError("the printer is switched off")
        protocol = factory()
        cable = Cable(self, protocol)
        self.cables.append(cable)
        if self.held:
            protocol.connection_made(cable)
            cable.lose(None)
            return cable, protocol
        self._cable = cable
        self.machine.connection_made()
        protocol.connection_made(self._cable)
        return self._cable, protocol

    @property
    def texts(self) -> list[str]:
        """The text of every slip that was cut off, oldest first."""
        return [slip.text for slip in self.slips]

    @property
    def bytes_received(self) -> int:
        return sum(len(cable.sent) for cable in self.cables)

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def load_paper(self, lines: int = ROLL_LINES) -> None:
        self.machine.load_paper(lines, self.now())
        self.pump()

    def close_cover(self) -> None:
        self.machine.close_cover(self.now())
        self.pump()

    def pull_the_cable(self) -> None:
        assert self._cable is not None
        self._cable.lose(ConnectionResetError("pulled"))

    def hung_up(self, cable: Cable) -> None:
        if cable is self._cable:
            self._cable = None
            self.machine.connection_lost(self.now())
            self.pump()

    def pump(self) -> None:
        """Carry what the machine says, take what came out, wake it when it wants to be."""
        self.slips += self.machine.take_slips()
        data = self.machine.data_to_send()
        if self._cable is not None and data:
            self._cable.heard(data)
        if self.machine.take_reset() and self._cable is not None:
            self._cable.lose(ConnectionResetError("reset"))
        if self._timer is not None:
            self._timer.cancel()
        deadline = self.machine.next_deadline()
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._ring)

    def _ring(self) -> None:
        self.machine.handle_timer(self.now())
        self.pump()


class ScratchDatabase:
    """The terminal's `Database` on one in-memory SQLite connection."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)

    async def script(self, sql: str) -> None:
        self.connection.executescript(sql)

    async def transaction(self, statements: Sequence[Statement]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for sql, parameters in statements:
                self.connection.execute(sql, parameters)
        except sqlite3.Error:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    async def fetch(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        return cast("list[Row]", self.connection.execute(sql, parameters).fetchall())

    async def close(self) -> None:
        self.connection.close()

    def rows(self, table: str) -> list[Row]:
        return cast("list[Row]", self.connection.execute(f"SELECT * FROM {table}").fetchall())


def local_now() -> datetime:
    """Return the shop's wall clock."""
    return datetime(2026, 1, 2, 11, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Desk:
    """Everything a paper test needs."""

    loop: VirtualLoop
    door: PrinterDoor
    disk: ScratchDatabase
    journal: Journal
    paperwork: Paperwork
    told: list[Notice] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return [notice.code for notice in self.told]

    async def owe(self, document: Document) -> str:
        """Do what the money side does: freeze a document and owe its copies."""
        head = await Archive(self.journal).chain_head()
        await self.journal.commit(queue_originals(document, head))
        return document.document_id

    async def later(self, seconds: float) -> None:
        """Let virtual time pass; nobody waits for it."""
        await Pulse().wait(self.loop.time() + seconds)

    async def states(self) -> list[str]:
        rows = await self.journal.fetch("SELECT state FROM print_job ORDER BY number")
        return [row[0] for row in rows]

    async def issued(self) -> list[str]:
        rows = await self.journal.fetch("SELECT issued FROM copy ORDER BY rowid")
        return [row[0] for row in rows]

    def clerk(self, *, rules: PaperRules = DEFAULT_RULES) -> Clerk:
        """Return the clerk of this desk; a card's hash is its last four digits, backwards."""
        return Clerk(
            self.paperwork,
            self.journal,
            lambda: Settings(paper=rules),
            card_lookup=lambda pan: pan.reveal()[:-5:-1],
            local_now=local_now,
        )

    def restarted(self, *printers: Printer) -> Paperwork:
        """Return the paperwork of a process that starts on the same disk."""
        given = printers or (EscposPrinter("tcp://again", self.door),)
        return Paperwork(self.journal, given, local_now=local_now, tell=self.told.append)


def at_the_desk(
    test: Callable[[Desk], Coroutine[Any, Any, T]],
    *,
    door: PrinterDoor | None = None,
    profile: PrinterProfile = DEFAULT_PROFILE,
    tear: Tear | None = None,
    printers: Callable[[PrinterDoor], Sequence[Printer]] | None = None,
) -> T:
    """Run `test` at a fresh desk on virtual time; nobody waits, nothing is left open."""

    async def main(loop: VirtualLoop) -> T:
        used = door or PrinterDoor()
        disk = ScratchDatabase()
        journal = Journal(disk, loop.now)
        await journal.open()
        told: list[Notice] = []
        given = printers(used) if printers else [EscposPrinter("tcp://desk", used, profile)]
        paperwork = Paperwork(
            journal,
            given,
            local_now=local_now,
            tell=told.append,
            tear=tear,
        )
        try:
            return await test(Desk(loop, used, disk, journal, paperwork, told))
        finally:
            await paperwork.close()
            await journal.close()
            assert loop.complaints == []

    return run_virtual(main)
