"""A terminal's desk whose printer is behind a broker in this thread: all on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from tallywire.printer_bridge import JobMemory, PrinterBridge, bridge_plan
from terminal.aio.broker import BrokerPlan
from terminal.aio.broker_access import NO_ACCESS
from terminal.aio.cloud_printer import CloudPrinter
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.printers import Printer
from terminal.cloud_printing import CloudAddress, Progress, Report, parse_address
from terminal.printer_profile import DEFAULT_PATIENCE, DEFAULT_PROFILE
from tests.brokers.hub import Hub
from tests.terminal.aio.desk import Desk, PrinterDoor, at_the_desk

T = TypeVar("T")

ADDRESS: CloudAddress = parse_address("mqtt://broker/shop/till")


@dataclass
class Shop:
    """The desk, the broker, and the bridge of the desk's printer."""

    desk: Desk
    hub: Hub
    memory: JobMemory = field(default_factory=JobMemory)
    told: list[object] = field(default_factory=list)
    bridge: PrinterBridge | None = None

    @property
    def progress(self) -> list[Progress]:
        return [one.progress for one in self.told if isinstance(one, Report)]

    @property
    def texts(self) -> list[str]:
        return self.desk.door.texts

    @asynccontextmanager
    async def bridged(self, name: str = "first") -> AsyncIterator[asyncio.Task[None]]:
        """Run the bridge meanwhile; it is there when this is entered."""
        plan = replace(bridge_plan(ADDRESS, NO_ACCESS), opener=self.hub)
        device = EscposPrinter("tcp://desk", self.desk.door)
        self.bridge = PrinterBridge(
            ADDRESS, plan, device, self.memory, name=name, told=self.told.append
        )
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.bridge.run())
            await self.desk.later(0.5)
            try:
                yield running
            finally:
                running.cancel()


def cloud_printer(hub: Hub, client: str = "c0ffee00") -> CloudPrinter:
    """Return a terminal's printer at the broker."""
    plan = BrokerPlan("broker", 1883, client_id=f"tallywire-{client}", opener=hub)
    return CloudPrinter(ADDRESS, plan, DEFAULT_PROFILE, DEFAULT_PATIENCE, client=client)


def in_the_shop(
    test: Callable[[Shop], Coroutine[Any, Any, T]],
    *,
    door: PrinterDoor | None = None,
    hub: Hub | None = None,
    second: Callable[[], Sequence[Printer]] = tuple,
) -> T:
    """Run `test` at a desk that prints through a broker; `second` are the printers after it."""
    used = hub or Hub()

    async def at_desk(desk: Desk) -> T:
        return await test(Shop(desk, used))

    return at_the_desk(at_desk, door=door, printers=lambda _: [cloud_printer(used), *second()])
