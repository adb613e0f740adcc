"""The stage: a terminal, an acquirer and a printer, on loopback, in a folder of their own.

All three are the product's. A scenario has its hands on the faults of the acquirer, the controls
of the printer, the terminal's disk and power, and the clock on the wall.
"""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from acquirer_sim.aio.host import Host, HostEvent
from acquirer_sim.aio.opening import open_ledger
from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.fault_state import Standing
from acquirer_sim.faults import FaultPlan
from protocol.aio.client import tcp_opener
from protocol.aio.dialect_file import find_dialect
from protocol.codec import Codec
from tallywire.scenarios.power import Disk, Power, PowerCut
from tallywire.scenarios.script import Scenario
from tallywire.scenarios.taps import PaperTap, PoweredPrinter, WireTap, tapped
from tallywire.scenarios.wire import Said
from tallywire.virtual_printer import VirtualPrinter
from terminal.aio.database import Database, open_sqlite
from terminal.aio.driver import Terminal
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.escpos_printer import tcp_opener as cable_opener
from terminal.aio.opening import open_terminal
from terminal.effects import Notice
from terminal.errors import TerminalError

T = TypeVar("T")

LEDGER: Final = "ledger.db"


class StageError(Exception):
    """A step that cannot be done as things stand: `str()` is the sentence."""


@functools.cache
def empty_ledger() -> dict[str, bytes]:
    """Return the files of a ledger on its first day: made once, for making one takes long."""
    with tempfile.TemporaryDirectory(prefix="tallywire-") as folder:
        path = Path(folder) / LEDGER
        open_ledger(f"sqlite:{path}").ledger.close()
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


class Clock:
    """The clock on the wall: it begins when the scenario says, and can be put forward."""

    def __init__(self, begin: datetime) -> None:
        self._loop = asyncio.get_running_loop()
        self._begin = begin
        self._since_s = self._loop.time()
        self.forward_s = 0.0

    def now(self) -> datetime:
        """Return the time, aware."""
        passed_s = self._loop.time() - self._since_s + self.forward_s
        return self._begin + timedelta(seconds=passed_s)


class Stage:
    """Everything there is while one scenario plays. Use as an async context manager.

    `said` is the wire, `notices` what a person was told, `events` what the acquirer told.
    `struck` are the faults that were taken away, as they stood then.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.said: list[Said] = []
        self.notices: list[Notice] = []
        self.events: list[HostEvent] = []
        self.struck: list[Standing] = []
        self.clock = Clock(scenario.begin)
        self.printer = VirtualPrinter(paper_lines=scenario.paper_lines)
        self.power = Power()
        self.disk: Disk | None = None
        self.host: Host | None = None
        self._dialect = find_dialect(scenario.dialect)
        self._codec = Codec(self._dialect)
        self._address = ("127.0.0.1", 0)
        self._terminal: Terminal | None = None
        self._terminal_stack = AsyncExitStack()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        """Switch the printer on, start the acquirer, then the terminal."""
        temporary = tempfile.TemporaryDirectory(prefix="tallywire-")
        self.folder = Path(self._stack.enter_context(temporary))
        await self.printer.start()
        self._stack.push_async_callback(self.printer.stop)
        self._stack.push_async_callback(self.kill_acquirer)
        self._stack.push_async_callback(self._end_terminal)
        try:
            await self.start_acquirer()
            await self.start_terminal()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *raised: object) -> None:
        """End everything."""
        await self._stack.aclose()

    # The terminal

    @property
    def terminal(self) -> Terminal:
        """Return the terminal. Raises StageError when it is off."""
        if self._terminal is None:
            raise StageError("the terminal is off; a step start-terminal switches it on")
        return self._terminal

    async def start_terminal(self) -> None:
        """Switch it on, on what its disk holds. Raises StageError when it is on."""
        if self._terminal is not None:
            raise StageError("the terminal is on already")
        self.power = power = Power()
        settings = msgspec.structs.replace(
            self.scenario.terminal,
            dialect=self.scenario.dialect,
            acquirer=f"{self._address[0]}:{self._address[1]}",
        )
        opener = tapped(
            tcp_opener(*self._address, connect_timeout_s=settings.timing.connect_timeout_s),
            lambda inner: WireTap(inner, power, self._dialect, self._codec, self.said),
        )
        cable = tapped(
            cable_opener(self.printer.host, self.printer.port),
            lambda inner: PaperTap(inner, power),
        )
        printer = EscposPrinter("tcp://printer", cable, settings.printer, settings.patience)
        opening = open_terminal(
            self.folder / "terminal",
            settings,
            opener,
            [PoweredPrinter(printer, power)],
            tell=self.notices.append,
            now=self.clock.now,
            database_opener=self._open_disk,
            reached=power.reached,
        )
        self._terminal = await self._terminal_stack.enter_async_context(opening)

    async def kill_terminal(self) -> None:
        """Cut the power."""
        self.terminal  # noqa: B018 - raises when it is off
        self.power.cut()
        await self._end_terminal()

    async def operate(self, operation: Coroutine[Any, Any, T]) -> T | None:
        """Let the terminal do something; None when its power failed meanwhile."""
        power, result = self.power, None
        power.victim = task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        try:
            result = await operation
        except (PowerCut, asyncio.CancelledError, TerminalError):
            if power.on or (power.struck and task.uncancel()):
                raise
        finally:
            power.victim = None
        if power.on:
            return result
        await self._end_terminal()
        return None

    async def _open_disk(self, path: str) -> Database:
        disk = Disk(await open_sqlite(path), self.power)
        if path.endswith("terminal.db"):
            self.disk = disk
        return disk

    async def _end_terminal(self) -> None:
        self._terminal = self.disk = None
        stack, self._terminal_stack = self._terminal_stack, AsyncExitStack()
        with suppress(PowerCut):
            await stack.aclose()

    # The acquirer

    @property
    def acquirer(self) -> Host:
        """Return the acquirer. Raises StageError when it is not there."""
        if self.host is None:
            raise StageError("the acquirer is not there; a step start-acquirer starts it")
        return self.host

    @property
    def ledger(self) -> str:
        """Return the ledger's URL."""
        return f"sqlite:{self.folder / LEDGER}"

    async def start_acquirer(self) -> None:
        """Start it, on its ledger and its port. Raises StageError when it is there."""
        if self.host is not None:
            raise StageError("the acquirer is there already")
        if not self._address[1]:
            for name, content in empty_ledger().items():
                (self.folder / name).write_bytes(content)
        start = Start(
            port=self._address[1],
            ledger=self.ledger,
            configuration=self.scenario.acquirer,
            faults=FaultPlan(seed=self.scenario.seed),
            dialect=self._dialect,
        )
        self.host = await start_host(start, on_event=self.events.append, now=self.clock.now)
        host, port = self.host.server.addresses[0]
        self._address = (host, port)

    async def kill_acquirer(self) -> None:
        """Let it end: connections are cut, nobody listens any more."""
        if self.host is None:
            return
        for connection in self.host.server.connections:
            connection.abort()
        self.take_faults()
        host, self.host = self.host, None
        await host.stop()

    def take_faults(self) -> None:
        """Take all faults away, and remember how they stood."""
        host = self.acquirer
        for standing in host.faults():
            self.struck.append(standing)
            host.remove_fault(standing.id)
