"""The printer's side is played by hand here: what may a terminal conclude from what it hears?"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field

import msgspec
import pytest

from terminal.aio.broker import BrokerPlan, Letter
from terminal.aio.printers import open_printer
from terminal.cloud_printing import OFFLINE, Progress, Report, Status
from terminal.errors import TerminalError
from terminal.printing import JobState
from tests.brokers.hub import Fate, Hub, Link
from tests.brokers.shop import ADDRESS, Shop, in_the_shop
from tests.terminal.samples import settlement

TOPICS = ADDRESS.topics
READY = Status(online=True)


@dataclass
class Player:
    """A printer that answers asks, takes jobs, and otherwise does what the test says."""

    hub: Hub
    status: Status | None = READY
    jobs: list[Letter] = field(default_factory=list)
    says: tuple[Progress, ...] = ()
    link: Link | None = None

    async def come(self) -> None:
        plan = BrokerPlan(
            "broker",
            1883,
            client_id="player",
            topics=(TOPICS.jobs, TOPICS.asks),
            will=Letter(TOPICS.status, msgspec.json.encode(OFFLINE), retain=True),
            on_letter=self.take,
        )
        self.link = await self.hub(plan)
        self.hub.publish(Letter(TOPICS.status, msgspec.json.encode(READY), retain=True))

    def take(self, letter: Letter) -> None:
        if letter.topic == TOPICS.jobs:
            self.jobs.append(letter)
            for progress in self.says:
                self.report(progress)
        elif self.status is not None:
            answer = msgspec.json.encode(self.status)
            self.hub.publish(Letter(letter.response_topic, answer, correlation=letter.correlation))

    def report(self, progress: Progress, cause: str = "", **changed: bytes) -> None:
        job = self.jobs[-1]
        report = Report(job=job.correlation.decode(), progress=progress, cause=cause)
        payload = changed.get("payload", msgspec.json.encode(report))
        correlation = changed.get("correlation", job.correlation)
        self.hub.publish(Letter(job.response_topic, payload, retain=True, correlation=correlation))


async def printed(shop: Shop) -> tuple[JobState, str, list[str]]:
    await shop.desk.owe(settlement())
    (outcome,) = await shop.desk.paperwork.print_waiting()
    return outcome.state, outcome.cause, await shop.desk.issued()


@pytest.mark.parametrize(
    ("says", "state", "cause", "issued"),
    [
        ((Progress.REFUSED,), JobState.FAILED_CLEAN, "L31", "no"),
        ((Progress.ACCEPTED, Progress.REFUSED), JobState.FAILED_CLEAN, "L31", "no"),
        ((Progress.PRINTED,), JobState.CONFIRMED, "", "yes"),
        ((Progress.PRINTING, Progress.UNCONFIRMED), JobState.SENT_UNCONFIRMED, "L38", "maybe"),
        ((Progress.PRINTING, Progress.FAILED), JobState.FAILED_PARTIAL, "L38", "maybe"),
        ((Progress.PRINTING, Progress.UNKNOWN), JobState.UNKNOWN, "L38", "maybe"),
        ((Progress.ACCEPTED,), JobState.UNKNOWN, "L38", "maybe"),
        ((Progress.ACCEPTED, Progress.PRINTING), JobState.UNKNOWN, "L38", "maybe"),
        ((), JobState.UNKNOWN, "L38", "maybe"),
    ],
)
def test_only_the_printer_says_what_was_not_begun(
    says: tuple[Progress, ...], state: JobState, cause: str, issued: str
) -> None:
    """The table of docs/howto/cloud-printer.md: reports, and the silence after them."""
    hub = Hub()
    player = Player(hub, says=says)

    async def test(shop: Shop) -> None:
        await player.come()
        assert (state, cause, [issued]) == await printed(shop)
        assert 1 == len(player.jobs)

    in_the_shop(test, hub=hub)


@pytest.mark.parametrize(
    ("fate", "state", "cause", "issued"),
    [
        (Fate.REFUSED, JobState.FAILED_CLEAN, "L81", "no"),
        (Fate.DIES_BEFORE, JobState.UNKNOWN, "L38", "maybe"),
        (Fate.DIES_AFTER, JobState.UNKNOWN, "L38", "maybe"),
    ],
)
def test_job_that_was_handed_over_is_in_doubt_unless_the_broker_refused_it(
    fate: Fate, state: JobState, cause: str, issued: str
) -> None:
    """No acknowledgement is no answer: the printer may have it all the same."""
    hub = Hub()
    hub.fate = lambda letter: fate if letter.topic == TOPICS.jobs else Fate.PASSED

    async def test(shop: Shop) -> None:
        await Player(hub).come()
        assert (state, cause, [issued]) == await printed(shop)

    in_the_shop(test, hub=hub)


def test_job_without_acknowledgement_that_the_printer_has_is_confirmed() -> None:
    """The broker dies after passing it on; back again, the printer's report settles it."""
    hub = Hub()
    hub.fate = lambda letter: Fate.DIES_AFTER if letter.topic == TOPICS.jobs else Fate.PASSED
    player = Player(hub)

    async def test(shop: Shop) -> None:
        await player.come()
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(printed(shop))
            await shop.desk.later(3)
            hub.come_back()
            await player.come()
            player.report(Progress.PRINTED)

        assert JobState.CONFIRMED is printing.result()[0]
        assert 1 == len(player.jobs)

    in_the_shop(test, hub=hub)


def test_printer_that_has_gone_is_waited_for_a_little() -> None:
    """Its last will ends the patience sooner than its silence would."""
    hub = Hub()
    player = Player(hub, says=(Progress.PRINTING,))

    async def test(shop: Shop) -> None:
        await player.come()
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(printed(shop))
            await shop.desk.later(20)
            assert not printing.done()
            hub.cut_client("player")
            await shop.desk.later(11)
            assert printing.done()

        assert (JobState.UNKNOWN, "L38", ["maybe"]) == printing.result()

    in_the_shop(test, hub=hub)


def test_broker_that_is_away_blocks_before_anything_begins() -> None:
    """P2: certain not begun; nothing is sent when it comes back but the waiting original."""
    hub = Hub()
    hub.die()
    player = Player(hub, says=(Progress.PRINTED,))

    async def test(shop: Shop) -> None:
        assert (JobState.QUEUED, "L80", ["no"]) == await printed(shop)

        hub.come_back()
        await player.come()
        await shop.desk.paperwork.print_waiting()
        assert ["CONFIRMED"] == await shop.desk.states()
        assert 1 == len(player.jobs)

    in_the_shop(test, hub=hub)


def test_broker_that_refuses_us_has_a_code_of_its_own() -> None:
    hub = Hub()
    hub.refusing = True

    async def test(shop: Shop) -> None:
        assert (JobState.QUEUED, "L81", ["no"]) == await printed(shop)

    in_the_shop(test, hub=hub)


@pytest.mark.parametrize("says_nobody", [True, False])
def test_retained_status_is_no_proof(*, says_nobody: bool) -> None:
    """The broker kept `online` of a printer that is long gone: nothing is begun."""
    hub = Hub()
    hub.says_nobody = says_nobody
    hub.retained[TOPICS.status] = Letter(TOPICS.status, msgspec.json.encode(READY), retain=True)

    async def test(shop: Shop) -> None:
        assert (JobState.QUEUED, "L31", ["no"]) == await printed(shop)
        assert [TOPICS.asks] == [letter.topic for letter in hub.seen]

    in_the_shop(test, hub=hub)


def test_printer_that_goes_between_ask_and_job_has_not_begun() -> None:
    """P3: the broker knows of nobody who could have it."""
    hub = Hub()
    player = Player(hub)

    def cut_before_the_job(letter: Letter) -> Fate:
        if letter.topic == TOPICS.jobs:
            hub.cut_client("player")
        return Fate.PASSED

    hub.fate = cut_before_the_job

    async def test(shop: Shop) -> None:
        await player.come()
        assert (JobState.FAILED_CLEAN, "L31", ["no"]) == await printed(shop)

    in_the_shop(test, hub=hub)


def test_answer_to_another_question_is_not_believed() -> None:
    hub = Hub()
    player = Player(hub)

    def answer_wrongly(letter: Letter) -> Fate:
        if letter.topic == TOPICS.asks:
            ready = msgspec.json.encode(READY)
            hub.publish(Letter(letter.response_topic, ready, correlation=b"another"))
        return Fate.PASSED

    hub.fate = answer_wrongly
    player.status = None

    async def test(shop: Shop) -> None:
        await player.come()
        assert (JobState.QUEUED, "L31", ["no"]) == await printed(shop)

    in_the_shop(test, hub=hub)


def test_report_with_a_wrong_correlation_is_not_believed() -> None:
    """Nor one about a job that is not ours, nor garbage; then the right one is."""
    hub = Hub()
    player = Player(hub)

    async def test(shop: Shop) -> None:
        await player.come()
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(printed(shop))
            await shop.desk.later(1)
            player.report(Progress.PRINTED, correlation=b"c0ffee00-20202020")
            player.report(Progress.PRINTED, payload=b"printed")
            other = Report(job="c0ffee00-7e7e7e7e", progress=Progress.PRINTED)
            player.report(
                Progress.PRINTED, payload=msgspec.json.encode(other), correlation=other.job.encode()
            )
            await shop.desk.later(1)
            assert not printing.done()
            player.report(Progress.FAILED, "L32")

        assert (JobState.FAILED_PARTIAL, "L32", ["maybe"]) == printing.result()

    in_the_shop(test, hub=hub)


def test_late_report_confirms_what_was_in_doubt() -> None:
    """P9: FAILED_PARTIAL, and then the rest comes out; told once, however often it is reported."""
    hub = Hub()
    player = Player(hub, says=(Progress.PRINTING,))

    async def test(shop: Shop) -> None:
        await player.come()
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(printed(shop))
            await shop.desk.later(1)
            player.report(Progress.FAILED, "L32")
        assert JobState.FAILED_PARTIAL is printing.result()[0]

        for progress in (Progress.PRINTED, Progress.PRINTED, Progress.PRINTING):
            player.report(progress)
        await shop.desk.later(1)
        assert () == await shop.desk.paperwork.print_waiting()
        assert (["CONFIRMED"], ["yes"]) == (await shop.desk.states(), await shop.desk.issued())
        assert 1 == len(player.jobs)

    in_the_shop(test, hub=hub)


def test_late_report_wakes_who_watches() -> None:
    """A terminal that stays learns of it by itself, also over a lost connection."""
    hub = Hub(keeps=True)
    player = Player(hub)

    async def test(shop: Shop) -> None:
        await player.come()
        assert JobState.UNKNOWN is (await printed(shop))[0]
        hub.cut_client("tallywire-")
        player.report(Progress.PRINTED)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(shop.desk.paperwork.watch())
            await shop.desk.later(30)
            watching.cancel()

        assert ["CONFIRMED"] == await shop.desk.states()

    in_the_shop(test, hub=hub)


def test_printer_that_comes_back_prints_what_waits() -> None:
    """The status is news: nobody has to ask again and again."""
    hub = Hub()
    player = Player(hub, status=Status(online=True, cause="L32"), says=(Progress.PRINTED,))

    async def test(shop: Shop) -> None:
        await player.come()
        async with asyncio.TaskGroup() as group:
            assert (JobState.QUEUED, "L32", ["no"]) == await printed(shop)
            watching = group.create_task(shop.desk.paperwork.watch())
            await shop.desk.later(2)
            asked = len(hub.seen)
            await shop.desk.later(2)
            assert asked == len(hub.seen)

            player.status = READY
            news = msgspec.json.encode(Status(online=True, warning="L33"))
            hub.publish(Letter(TOPICS.status, news, retain=True))
            await shop.desk.later(1)
            watching.cancel()

        assert ["CONFIRMED"] == await shop.desk.states()

    in_the_shop(test, hub=hub)


def test_extra_that_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded default needs no aiomqtt; who asks for it is told what to install."""
    monkeypatch.setitem(sys.modules, "aiomqtt", None)

    with pytest.raises(TerminalError, match="extra mqtt") as refused:
        open_printer("mqtt://broker/shop/till")

    assert "L82" == refused.value.code
