"""Terminal, broker and bridge together, in one thread and on virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tallywire.printer_bridge.bridge import TakenOver
from tallywire.virtual_printer.faults import Echo, PrinterFaults
from terminal.aio.broker import Letter
from terminal.aio.escpos_printer import EscposPrinter
from terminal.aio.printers import ViewSheet
from terminal.cloud_printing import OFFLINE, Progress, parse_status
from terminal.printing import Confirmed, JobState, Unconfirmed
from terminal.service_slips import SelfTest
from tests.brokers.hub import Fate, Hub
from tests.brokers.shop import ADDRESS, Shop, cloud_printer, in_the_shop
from tests.terminal.aio.desk import PrinterDoor
from tests.terminal.samples import receipt, settlement

TOPICS = ADDRESS.topics
VIEW = SelfTest(shop=receipt().shop, at="2026/01/02 11:00:00", printer="till")


def jobs_of(hub: Hub) -> list[Letter]:
    return [letter for letter in hub.seen if letter.topic == TOPICS.jobs]


def test_receipt_prints_through_a_broker() -> None:
    """P7: both copies, each once, each reported step by step."""

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            await shop.desk.owe(receipt())
            outcomes = await shop.desk.paperwork.print_waiting()

        assert [True, True] == [one.printed for one in outcomes]
        assert 2 == len(shop.texts)
        assert 2 * [Progress.ACCEPTED, Progress.PRINTING, Progress.PRINTED] == shop.progress
        assert [15, 15] == [letter.expiry_s for letter in jobs_of(shop.hub)]

    in_the_shop(test)


@pytest.mark.parametrize("line", range(1, 78, 4))
def test_paper_ends_anywhere_and_one_original_comes_out(line: int) -> None:
    """REQ 000-05, P8 and P9, over a broker: loaded again, the rest comes out, once."""
    door = PrinterDoor(faults=PrinterFaults(paper_ends_after_lines=line))

    async def test(shop: Shop) -> None:
        desk = shop.desk
        async with shop.bridged():
            await desk.owe(receipt())
            broken = (await desk.paperwork.print_waiting())[-1]
            assert (JobState.FAILED_PARTIAL, "L32") == (broken.state, broken.cause)

            desk.door.load_paper()
            await desk.later(1)
            await desk.paperwork.print_waiting()

        assert ["CONFIRMED", "CONFIRMED"] == await desk.states()
        assert ["yes", "yes"] == await desk.issued()
        assert "DUPLICATE" not in "".join(desk.door.texts)

    in_the_shop(test, door=door)


@pytest.mark.parametrize(
    ("faults", "state", "cause"),
    [
        (PrinterFaults(offline=True), JobState.QUEUED, "L31"),
        (PrinterFaults(paper_ends_after_lines=0), JobState.QUEUED, "L32"),
        (PrinterFaults(cover_opens_after_lines=5), JobState.FAILED_PARTIAL, "L34"),
        (PrinterFaults(overheats_after_lines=5), JobState.FAILED_PARTIAL, "L35"),
        (PrinterFaults(cutter_jams=True), JobState.FAILED_PARTIAL, "L36"),
        (PrinterFaults(breaks_after_lines=5), JobState.FAILED_PARTIAL, "L37"),
        (PrinterFaults(resets_after_bytes=300), JobState.UNKNOWN, "L38"),
        (PrinterFaults(swallows=True), JobState.SENT_UNCONFIRMED, "L38"),
        (PrinterFaults(echo=Echo.WRONG), JobState.SENT_UNCONFIRMED, "L38"),
        (PrinterFaults(clone=True), JobState.CONFIRMED, ""),
        (PrinterFaults(near_end=True), JobState.CONFIRMED, ""),
        (PrinterFaults(seconds_per_line=1.0), JobState.CONFIRMED, ""),
        (PrinterFaults(status_garbage=True), JobState.QUEUED, "L31"),
    ],
)
def test_every_fault_ends_as_on_a_cable(faults: PrinterFaults, state: JobState, cause: str) -> None:
    """The printer faults of the faults page: the broker changes none of the states."""

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            await shop.desk.owe(settlement())
            (outcome,) = await shop.desk.paperwork.print_waiting()
            assert (state, cause) == (outcome.state, outcome.cause)

            await shop.desk.paperwork.print_waiting()
        assert len([text for text in shop.texts if "SETTLEMENT" in text]) <= 1

    in_the_shop(test, door=PrinterDoor(faults=faults))


def test_job_that_comes_twice_prints_once() -> None:
    """QoS 1 is at least once; the name tells."""
    hub = Hub()
    hub.fate = lambda letter: Fate.TWICE if letter.topic == TOPICS.jobs else Fate.PASSED

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            await shop.desk.owe(settlement())
            await shop.desk.paperwork.print_waiting()
            (job,) = jobs_of(hub)
            hub.publish(job)
            await shop.desk.later(1)

            assert shop.bridge is not None
            assert 3 == shop.bridge.repeats
        assert 1 == len(shop.texts)
        assert ["CONFIRMED"] == await shop.desk.states()

    in_the_shop(test, hub=hub)


def test_new_copy_is_a_new_job() -> None:
    """The same paper asked for again has a name of its own, and a mark."""

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            name = await shop.desk.owe(settlement())
            await shop.desk.paperwork.print_waiting()
            (again,) = await shop.desk.paperwork.reprint(name)

        assert (True, 1) == (again.printed, again.duplicate)
        assert [False, True] == ["DUPLICATE" in text for text in shop.texts]
        assert 2 == len({letter.correlation for letter in jobs_of(shop.hub)})

    in_the_shop(test)


def test_printer_that_dies_in_a_job_leaves_it_in_doubt() -> None:
    """P5: the cable to the printer breaks under the bridge; nothing prints again by itself."""

    async def test(shop: Shop) -> None:
        desk = shop.desk
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        async with shop.bridged(), asyncio.TaskGroup() as group:
            await desk.owe(settlement())
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(5)
            desk.door.machine.power_cut()
            desk.door.pull_the_cable()
            (outcome,) = await printing
            assert (JobState.UNKNOWN, ["maybe"]) == (outcome.state, await desk.issued())

            await desk.later(60)
            assert () == await desk.paperwork.print_waiting()
        assert 1 == len(jobs_of(shop.hub))

    in_the_shop(test)


def test_broker_that_dies_in_a_job_and_comes_back_brings_the_report() -> None:
    """Reports are told again to a broker that has forgotten everything."""

    async def test(shop: Shop) -> None:
        desk = shop.desk
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=0.2))
        async with shop.bridged(), asyncio.TaskGroup() as group:
            await desk.owe(settlement())
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(2)
            shop.hub.die()
            await desk.later(3)
            shop.hub.come_back()
            (outcome,) = await printing

        assert JobState.CONFIRMED is outcome.state
        assert 1 == len(shop.texts)

    in_the_shop(test)


def test_broker_that_stays_away_leaves_the_job_in_doubt_until_it_is_back() -> None:
    """UNKNOWN at first; the late report counts, because it names the job exactly (P9)."""

    async def test(shop: Shop) -> None:
        desk = shop.desk
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=0.2))
        async with shop.bridged(), asyncio.TaskGroup() as group:
            await desk.owe(settlement())
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(2)
            shop.hub.die()
            (outcome,) = await printing
            assert JobState.UNKNOWN is outcome.state

            shop.hub.come_back()
            await desk.later(60)
            watching = group.create_task(desk.paperwork.watch())
            await desk.later(60)
            watching.cancel()

        assert ["CONFIRMED"] == await desk.states()
        assert 1 == len(shop.texts)

    in_the_shop(test)


def test_bridge_that_was_away_for_a_moment_costs_nothing() -> None:
    """Its last will says offline; it comes back and tells how far it has got."""

    async def test(shop: Shop) -> None:
        desk = shop.desk
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=0.2))
        async with shop.bridged(), asyncio.TaskGroup() as group:
            await desk.owe(settlement())
            printing = group.create_task(desk.paperwork.print_waiting())
            await desk.later(2)
            shop.hub.cut_client("printer-")
            (outcome,) = await printing

        assert JobState.CONFIRMED is outcome.state

    in_the_shop(test)


def test_second_printer_takes_what_the_broker_cannot() -> None:
    """Fail-over: first the printer behind the broker, then the one on a cable."""
    hub, spare = Hub(), PrinterDoor()
    hub.die()

    async def test(shop: Shop) -> None:
        await shop.desk.owe(settlement())
        (outcome,) = await shop.desk.paperwork.print_waiting()

        assert JobState.CONFIRMED is outcome.state
        assert 1 == len(spare.texts)

    in_the_shop(test, hub=hub, second=lambda: [EscposPrinter("tcp://spare", spare)])


def test_second_printer_never_takes_what_may_have_begun() -> None:
    """REQ 001-06, over a broker: in doubt is in doubt."""
    hub, spare = Hub(), PrinterDoor()
    hub.fate = lambda letter: Fate.DIES_AFTER if letter.topic == TOPICS.jobs else Fate.PASSED

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            await shop.desk.owe(settlement())
            (outcome,) = await shop.desk.paperwork.print_waiting()

        assert JobState.UNKNOWN is outcome.state
        assert [] == spare.texts

    in_the_shop(test, hub=hub, second=lambda: [EscposPrinter("tcp://spare", spare)])


def test_strange_letters_print_nothing() -> None:
    """No name, another's topic for the report, retained, empty: counted, never printed."""
    good = Letter(
        TOPICS.jobs,
        b"\x1b@hello\n\x1dV\x00",
        correlation=b"c0ffee00-20202031",
        response_topic=TOPICS.reports("c0ffee00", "c0ffee00-20202031"),
        content_type="application/vnd.escpos",
    )

    async def test(shop: Shop) -> None:
        async with shop.bridged():
            for strange in (
                replace(good, correlation=b"1"),
                replace(good, correlation=b""),
                replace(good, response_topic="shop/till/status"),
                replace(good, content_type="text/plain"),
                replace(good, payload=b""),
            ):
                shop.hub.publish(strange)
            shop.hub.publish(Letter(TOPICS.asks, correlation=b"1", response_topic="elsewhere"))
            await shop.desk.later(1)

            assert shop.bridge is not None
            assert 6 == shop.bridge.strays
        assert [] == shop.progress
        assert 0 == shop.desk.door.machine.counters.lines

    in_the_shop(test)


def test_second_bridge_of_a_printer_ends_the_first() -> None:
    """Two would print every job twice."""

    async def test(shop: Shop) -> None:
        ended = []

        async def keep(name: str) -> None:
            try:
                async with shop.bridged(name):
                    await asyncio.Event().wait()
            except* TakenOver:
                ended.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(keep("first"))
            await shop.desk.later(1)
            second = group.create_task(keep("second"))
            await shop.desk.later(5)
            assert ["first"] == ended

            await shop.desk.owe(settlement())
            await shop.desk.paperwork.print_waiting()
            second.cancel()
        assert ["CONFIRMED"] == await shop.desk.states()

    in_the_shop(test)


def test_bridge_says_goodbye() -> None:
    """It is told that the printer is away, and a job under way is left in doubt."""

    async def test(shop: Shop) -> None:
        desk = shop.desk
        desk.door.machine.set_faults(PrinterFaults(seconds_per_line=1.0))
        async with asyncio.TaskGroup() as group:
            async with shop.bridged():
                await desk.owe(settlement())
                printing = group.create_task(desk.paperwork.print_waiting())
                await desk.later(5)
            (outcome,) = await printing

        assert JobState.UNKNOWN is outcome.state
        assert Progress.UNKNOWN is shop.progress[-1]
        assert OFFLINE == parse_status(shop.hub.retained[TOPICS.status].payload)

    in_the_shop(test)


def test_echo_of_one_terminals_job_never_confirms_anothers() -> None:
    """Two terminals count alike: the printer echoes the first's job in place of the second's."""

    async def test(shop: Shop) -> None:
        mine, theirs = cloud_printer(shop.hub, "c0ffee01"), cloud_printer(shop.hub, "deadbeef")
        sheet = ViewSheet("self-test", VIEW, b"   1")
        async with shop.bridged():
            await mine.preflight()
            assert Confirmed() == await mine.send(sheet)
            shop.desk.door.machine.set_faults(PrinterFaults(echo=Echo.PREVIOUS))
            await theirs.preflight()
            assert Unconfirmed() == await theirs.send(sheet)
        await mine.close()
        await theirs.close()

    in_the_shop(test)
