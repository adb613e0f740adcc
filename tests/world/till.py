"""One terminal at work in the world: the product's own, switched on again when its power went."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

from protocol.secrets import Key
from terminal.aio.database import Database
from terminal.aio.driver import Terminal
from terminal.aio.equipment import Equipment
from terminal.aio.line import AcquirerLine
from terminal.configuration import Limits, Settings, Timing
from terminal.effects import Notice
from terminal.errors import IllegalEvent, StoreError
from tests.world.choices import Scripted
from tests.world.disk import Platter, ScratchDatabase, WorldDatabase
from tests.world.power import PowerLost, Process
from tests.world.printer import Roll, WorldPrinter

if TYPE_CHECKING:
    from tests.world.world import World

T = TypeVar("T")

KEY: Final = Key(bytes(range(32)))
TIMING: Final = Timing(reply_timeout_s=30.0, reversal_timeout_s=20.0, settlement_timeout_s=30.0)
LIMITS: Final = Limits()
SWITCH_ON_S: Final = 5.0
STARTS_MAX: Final = 40
THINKING_S: Final = 7.0


class Till:
    """A terminal, its disk and its printer; `do` is a person at its keys."""

    def __init__(self, world: World, number: int, image: bytes | None, *, chance: int) -> None:
        self.name = f"terminal{number}"
        self.settings = Settings(
            terminal_id=f"{10000000 + number}",
            timing=TIMING,
            limits=LIMITS,
            dialect=world.tongue.dialect.name,
        )
        self.platter = Platter(self.name, image)
        self.roll = Roll(world.loop, world.weather)
        self.notices: list[Notice] = []
        self.terminal: Terminal
        self.watching = False
        self.parts_taken = 0
        self._world = world
        self._process: Process | None = None
        self._chance = random.Random(chance)
        self._starts = 0

    @property
    def on(self) -> bool:
        """True while its process lives."""
        return self._process is not None and self._process.alive

    async def switch_on(self) -> None:
        """Start a terminal process on the platter, as often as it takes."""
        while not self.on:
            self._starts += 1
            if self._starts > STARTS_MAX:
                raise RuntimeError(f"{self.name} does not come up")
            self.platter.roll_back()
            process = self._process = Process(self.name, self._world.loop)
            try:
                self.terminal = await process.perform(self._open(process))
                if self.watching:
                    process.start(_watch(self.terminal))
            except (PowerLost, StoreError) as ended:
                await self._bury(ended)

    async def do(self, action: Callable[[Terminal], Awaitable[T]]) -> T | None:
        """Let a person do something; None when the power went or the disk refused."""
        await self.switch_on()
        process = self._process
        assert process is not None
        try:
            return await process.perform(_as_coroutine(action(self.terminal)))
        except (PowerLost, StoreError) as ended:
            await self._bury(ended)
            await self.switch_on()
            return None

    def switch_off(self) -> None:
        """Pull the plug."""
        if self._process is not None:
            self._process.kill()

    async def _bury(self, ended: BaseException) -> None:
        assert self._process is not None
        if isinstance(ended, IllegalEvent):
            raise ended
        self._process.kill()
        for restless in await self._process.buried():
            self._world.problems.append(f"shutdown: {restless} ignored its cancellation")
        await self._world.sleep(SWITCH_ON_S)

    async def _open(self, process: Process) -> Terminal:
        tongue = self._world.tongue
        keyring = tongue.keyring()
        equipment = Equipment(
            database=WorldDatabase(self.platter, self._world.weather, process),
            scratch=lambda _: self._open_scratch(process),
            line=AcquirerLine(
                lambda factory: self._world.wire.open(self.name, factory),
                tongue.dialect,
                codec=tongue.codec,
                keyring=keyring,
            ),
            key=KEY,
            printers=(WorldPrinter(self.roll, process),),
            now=self._world.loop.now,
            random_bytes=self._chance.randbytes,
            tell=lambda notice: self._hear(notice, process),
            ask=lambda wanted, approved: self._be_asked(process),
            keyring=keyring,
        )
        return await Terminal.open(self.settings, equipment)

    async def _open_scratch(self, process: Process) -> Database:
        return ScratchDatabase(Platter("scratch"), Scripted(fair=True), process)

    async def _be_asked(self, process: Process) -> bool:
        """A person thinks, and takes an approval in part, or does not; or the power goes."""
        process.check()
        await self._world.sleep(THINKING_S)
        said = self._world.weather.choose(f"ask {self.name}", ("take", "undo", "power cut"))
        if said == "power cut":
            process.cut()
        self.parts_taken += said == "take"
        return said == "take"

    def _hear(self, notice: Notice, process: Process) -> None:
        """I3: what a person is told is approved is on the disk by then."""
        process.check()
        self.notices.append(notice)
        if (notice.subject, notice.state) == ("payment", "approved"):
            batch, _, stan = notice.key.partition("-")
            sql = "SELECT phase FROM payment WHERE batch = ? AND stan = ?"
            rows = self.platter.query(sql, (batch, stan))
            if rows != [("approved",)] or self.platter.connection.in_transaction:
                self._world.problems.append(f"I3: {notice.key} shown as approved, disk: {rows}")


async def _watch(terminal: Terminal) -> None:
    """Print whenever the printer has news, as the service does beside its sales."""
    while True:
        with contextlib.suppress(StoreError):
            await terminal.paperwork.watch()
        await asyncio.sleep(SWITCH_ON_S)


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable
