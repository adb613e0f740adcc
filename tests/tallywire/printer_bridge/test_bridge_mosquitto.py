"""The bridge and the terminal's printer on a real broker, with a real socket to the printer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from protocol.aio.client import Backoff
from tallywire.printer_bridge import JobMemory, PrinterBridge, bridge_plan, open_memory
from tallywire.virtual_printer import PrinterFaults, VirtualPrinter
from terminal.aio.broker import Broker, BrokerPlan, Letter
from terminal.aio.broker_access import NO_ACCESS
from terminal.aio.cloud_printer import CloudPrinter
from terminal.aio.escpos_printer import EscposPrinter, tcp_opener
from terminal.aio.printers import READY, Readiness, Sheet, open_printer
from terminal.cloud_printing import CloudAddress, Progress, Report, Status, parse_address
from terminal.documents import CopyKind
from terminal.printer_status import Cause
from terminal.printing import Confirmed, Failed, Interrupted
from tests.brokers import Mosquitto, mosquitto
from tests.brokers.heard import PATIENCE_S, Heard
from tests.terminal.samples import receipt

SHEET = Sheet("R000012-000345/merchant#1", receipt(), CopyKind.MERCHANT, b"   1")


@dataclass
class Bench:
    broker: Mosquitto
    virtual: VirtualPrinter
    printer: CloudPrinter
    told: Heard[Report | Status]
    address: CloudAddress

    async def reported(self, progress: Progress) -> None:
        await self.told.until(lambda all_: [one for one in all_ if _is(one, progress)] != [])

    async def status(self, cause: str) -> None:
        await self.told.until(lambda all_: _last_status(all_) == cause)

    async def late(self) -> list[bytes]:
        """Wait until a late confirmation has come."""
        late: list[bytes] = []
        async with asyncio.timeout(PATIENCE_S):
            while not (late := self.printer.take_late()):
                await self.printer.changed()
        return late

    @asynccontextmanager
    async def bridged(self, memory: JobMemory | None = None) -> AsyncIterator[asyncio.Task[None]]:
        device = EscposPrinter("tcp://virtual", tcp_opener(self.virtual.host, self.virtual.port))
        bridge = PrinterBridge(
            self.address,
            bridge_plan(self.address, NO_ACCESS),
            device,
            memory or JobMemory(),
            name="bridge",
            told=self.told,
        )
        seen = len(self.told.all)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(bridge.run())
            await self.told.until(lambda all_: any(isinstance(one, Status) for one in all_[seen:]))
            yield running
            running.cancel()


def _is(one: Report | Status, progress: Progress) -> bool:
    return isinstance(one, Report) and one.progress is progress


def _last_status(told: list[Report | Status]) -> str:
    causes = [one.cause for one in told if isinstance(one, Status)]
    return causes[-1] if causes else ""


@asynccontextmanager
async def bench(folder: Path, *, keeps: bool = False) -> AsyncIterator[Bench]:
    async with mosquitto(folder, keeps=keeps) as broker:
        virtual = VirtualPrinter()
        await virtual.start()
        printer = open_printer(broker.url())
        assert isinstance(printer, CloudPrinter)
        try:
            yield Bench(broker, virtual, printer, Heard(), parse_address(broker.url()))
        finally:
            await printer.close()
            await virtual.stop()


@pytest.mark.asyncio
async def test_receipt_prints(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at.bridged():
        assert READY == await at.printer.preflight()
        assert Confirmed() == await at.printer.send(SHEET)

        assert 1 == len(at.virtual.printed)
        assert "持卡人签名" in at.virtual.printed[0].text


@pytest.mark.asyncio
async def test_paper_ends_in_mid_receipt_and_the_rest_comes_out_late(tmp_path: Path) -> None:
    """P8, then P9: confirmed by who knows, and never printed again."""
    async with bench(tmp_path) as at, at.bridged():
        await at.virtual.set_faults(PrinterFaults(paper_ends_after_lines=5))
        assert Readiness(None, Cause.NEAR_END) == await at.printer.preflight()
        assert Failed(Cause.PAPER_OUT) == await at.printer.send(SHEET)
        assert Cause.PAPER_OUT is (await at.printer.preflight()).cause

        at.virtual.load_paper()
        assert [b"   1"] == await at.late()
        assert 2 == len(at.virtual.printed)


@pytest.mark.asyncio
async def test_printer_that_dies_in_a_job_is_in_doubt(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at.bridged():
        await at.virtual.set_faults(PrinterFaults(seconds_per_line=3600.0))
        await at.printer.preflight()
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(at.printer.send(SHEET))
            await at.reported(Progress.PRINTING)
            await at.virtual.power_off()

        assert Interrupted() == sending.result()
        assert Cause.UNREACHABLE is (await at.printer.preflight()).cause


@pytest.mark.asyncio
async def test_bridge_that_ends_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at.bridged() as running:
        await at.printer.preflight()
        running.cancel()
        await asyncio.wait([running])

        assert Cause.OFFLINE is (await at.printer.preflight()).cause


@pytest.mark.asyncio
@pytest.mark.parametrize("keeps", [True, False])
async def test_broker_that_is_killed_and_started_again_brings_the_report(
    tmp_path: Path, *, keeps: bool
) -> None:
    """Paper ends, the broker dies, paper is loaded meanwhile: confirmed when it is back."""
    async with bench(tmp_path, keeps=keeps) as at, at.bridged():
        await at.virtual.set_faults(PrinterFaults(paper_ends_after_lines=5))
        await at.printer.preflight()
        assert Failed(Cause.PAPER_OUT) == await at.printer.send(SHEET)
        await at.broker.kill()
        at.virtual.load_paper()
        await at.reported(Progress.PRINTED)
        await at.broker.start()

        while (await at.printer.preflight()).cause is not None:
            await at.printer.changed()
        assert [b"   1"] == await at.late()


@pytest.mark.asyncio
async def test_job_that_is_delivered_again_prints_once_also_after_a_restart(
    tmp_path: Path,
) -> None:
    """The name is remembered in a file: a bridge that starts again knows it."""
    heard: Heard[Letter] = Heard()
    async with bench(tmp_path) as at:
        topics = at.address.topics
        plan = BrokerPlan(at.broker.host, at.broker.port, topics=(topics.jobs,), on_letter=heard)
        spy = Broker(plan, backoff=Backoff(first_s=0.01))
        await spy.connect()
        reports: Heard[Letter] = Heard()
        for number in range(2):
            async with at.bridged(open_memory(tmp_path / "jobs")):
                if number == 0:
                    await at.printer.preflight()
                    assert Confirmed() == await at.printer.send(SHEET)
                    (job,) = await heard.count(1)
                    topic = job.response_topic
                    ear = Broker(replace(plan, topics=(topic,), on_letter=reports))
                    await ear.connect()
                    await reports.count(1)
                seen = len(reports.all)
                await spy.publish(job)
                await reports.count(seen + 1)
        await ear.close()
        await spy.close()

        assert 1 == len(at.virtual.printed)


@pytest.mark.asyncio
async def test_status_is_retained_for_who_comes_later(tmp_path: Path) -> None:
    heard: Heard[Letter] = Heard()
    async with bench(tmp_path) as at, at.bridged():
        await at.virtual.set_faults(PrinterFaults(paper_ends_after_lines=0))
        await at.status("L32")
        await at.printer.preflight()
        plan = BrokerPlan(at.broker.host, at.broker.port, on_letter=heard)
        ear = Broker(replace(plan, topics=(at.address.topics.status,)))
        await ear.connect()
        (letter,) = await heard.count(1)
        await ear.close()

    assert letter.retain
    assert b'"cause":"L32"' in letter.payload
