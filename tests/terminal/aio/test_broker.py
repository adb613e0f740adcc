"""The broker's connection, on a real mosquitto; its queue, without one."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from pathlib import Path

import pytest

from protocol.aio.client import Backoff
from terminal.aio.broker import LETTER_SIZE_MAX, Broker, BrokerPlan, Delivery, Letter, Problem
from terminal.aio.broker_access import read_access
from terminal.configuration import BrokerSettings
from tests.brokers import Mosquitto, mosquitto
from tests.brokers.certificates import make_certificates
from tests.brokers.heard import PATIENCE_S, Heard
from tests.brokers.hub import Fate, Hub
from tests.brokers.ports import free_port

SOON = Backoff(first_s=0.01, max_s=0.05)


def plan(broker: Mosquitto, *topics: str) -> BrokerPlan:
    return BrokerPlan(broker.host, broker.port, topics=topics)


async def listener(broker: Mosquitto, *topics: str) -> tuple[Broker, Heard[Letter]]:
    heard: Heard[Letter] = Heard()
    one = Broker(replace(plan(broker, *topics), on_letter=heard))
    assert await one.connect()
    return one, heard


@pytest.mark.asyncio
async def test_letter_arrives_with_everything_that_it_carries(tmp_path: Path) -> None:
    letter = Letter(
        "a/b",
        b"\x1b@\xff\x00",
        correlation=b"\x00\xffjob",
        response_topic="a/reply",
        content_type="application/vnd.escpos",
        expiry_s=60,
    )
    async with mosquitto(tmp_path) as broker:
        ear, heard = await listener(broker, "a/+")
        mouth = Broker(plan(broker))
        await mouth.connect()
        delivery = await mouth.publish(letter)
        (came,) = await heard.count(1)
        await mouth.close()
        await ear.close()

    assert Delivery.DELIVERED is delivery
    assert replace(letter, expiry_s=0) == replace(came, expiry_s=0)
    assert 0 < came.expiry_s <= 60


@pytest.mark.asyncio
async def test_letter_to_nobody_is_known_to_have_reached_nobody(tmp_path: Path) -> None:
    """MQTT 5, 3.4.2.1: 0x10, no matching subscribers."""
    async with mosquitto(tmp_path) as broker:
        mouth = Broker(plan(broker))
        await mouth.connect()

        assert Delivery.NOBODY is await mouth.publish(Letter("nobody/listens", b"1"))
        await mouth.close()


@pytest.mark.asyncio
async def test_letter_that_the_broker_does_not_allow_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic read #\ntopic write mine/#\n")
    lines = ("allow_anonymous true", f"acl_file {tmp_path}/acl")
    async with mosquitto(tmp_path, lines=lines) as broker:
        ear, _ = await listener(broker, "#")
        mouth = Broker(plan(broker))
        await mouth.connect()

        assert Delivery.REFUSED is await mouth.publish(Letter("theirs/till", b"1"))
        assert Delivery.DELIVERED is await mouth.publish(Letter("mine/till", b"1"))
        await mouth.close()
        await ear.close()


@pytest.mark.asyncio
async def test_letter_without_connection_is_not_sent(tmp_path: Path) -> None:
    """Never connected, killed, and too large: not one byte leaves."""
    async with mosquitto(tmp_path) as broker:
        mouth = Broker(plan(broker))
        assert Delivery.NOT_SENT is await mouth.publish(Letter("a", b"1"))
        await mouth.connect()
        large = Letter("a", bytes(LETTER_SIZE_MAX + 1))
        assert Delivery.NOT_SENT is await mouth.publish(large)
        await broker.kill()
        async with asyncio.timeout(PATIENCE_S):
            while mouth.connected:
                await mouth.pulse.wait(asyncio.get_running_loop().time() + PATIENCE_S)

        assert Delivery.NOT_SENT is await mouth.publish(Letter("a", b"1"))
        assert not await mouth.connect()
        assert Problem.UNREACHABLE is mouth.problem


@pytest.mark.asyncio
async def test_letter_that_is_never_acknowledged_is_in_doubt(tmp_path: Path) -> None:
    """The broker hangs with it, and is killed: who knows whom it told."""
    async with mosquitto(tmp_path) as broker:
        mouth = Broker(plan(broker))
        await mouth.connect()
        broker.hang()
        async with asyncio.TaskGroup() as group:
            publishing = group.create_task(mouth.publish(Letter("a", b"1"), PATIENCE_S))
            await asyncio.sleep(0)
            await broker.kill()

        assert Delivery.UNKNOWN is publishing.result()


@pytest.mark.asyncio
async def test_broker_that_hangs_is_left(tmp_path: Path) -> None:
    """No acknowledgement in time: in doubt, and the next connection is a new one."""
    async with mosquitto(tmp_path) as broker:
        mouth = Broker(replace(plan(broker), connect_s=0.1))
        await mouth.connect()
        broker.hang()

        assert Delivery.UNKNOWN is await mouth.publish(Letter("a", b"1"), 0.1)
        assert not mouth.connected
        assert not await mouth.connect()
        assert Problem.UNREACHABLE is mouth.problem


@pytest.mark.asyncio
async def test_connecting_can_be_cancelled(tmp_path: Path) -> None:
    """Nothing is left behind: no thread, no socket, no task."""
    async with mosquitto(tmp_path) as broker:
        broker.hang()
        mouth = Broker(replace(plan(broker), connect_s=0.1))
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(mouth.connect())
            await asyncio.sleep(0)
            connecting.cancel()

        assert connecting.cancelled()
        assert not mouth.connected


@pytest.mark.asyncio
async def test_nobody_there_is_a_problem_with_a_name() -> None:
    mouth = Broker(BrokerPlan("127.0.0.1", free_port()))

    assert not await mouth.connect()
    assert Problem.UNREACHABLE is mouth.problem
    assert mouth.pause_s > 0


@pytest.mark.asyncio
async def test_login_opens_the_door_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    make = ("mosquitto_passwd", "-b", "-c", str(passwords), "shop", "right")
    making = await asyncio.create_subprocess_exec(*make)
    assert 0 == await making.wait()
    lines = ("allow_anonymous false", f"password_file {passwords}")
    found = {}
    async with mosquitto(tmp_path, lines=lines) as broker:
        for password in ("right", "wrong", ""):
            given = {"TALLYWIRE_MQTT_USER": "shop" * bool(password)}
            given["TALLYWIRE_MQTT_PASSWORD"] = password
            access = read_access(BrokerSettings(), tls=False, environment=given)
            mouth = Broker(replace(plan(broker), access=access))
            found[password] = (await mouth.connect(), mouth.problem)
            await mouth.close()

    assert {
        "right": (True, None),
        "wrong": (False, Problem.REFUSED),
        "": (False, Problem.REFUSED),
    } == found


@pytest.mark.asyncio
async def test_topic_that_may_not_be_heard_is_a_refusal(tmp_path: Path) -> None:
    """A printer that never hears of its jobs would look like one that is silent."""
    (tmp_path / "acl").write_text("topic write #\n")
    lines = ("allow_anonymous true", f"acl_file {tmp_path}/acl")
    async with mosquitto(tmp_path, lines=lines) as broker:
        ear = Broker(plan(broker, "shop/till/jobs"))
        connected = await ear.connect()
        problem = ear.problem
        await ear.close()

    # mosquitto 2.0 grants every subscription and filters what it passes on; others refuse here.
    assert (connected, problem) in {(True, None), (False, Problem.REFUSED)}


@pytest.mark.asyncio
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_tls_believes_the_certificate_that_was_given(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, lines=make_certificates(tmp_path)) as broker:
        trusting = read_access(
            BrokerSettings(ca_file=f"{tmp_path}/ca.pem"), tls=True, environment={}
        )
        doubting = read_access(BrokerSettings(), tls=True, environment={})
        ear: Heard[Letter] = Heard()
        ours = Broker(replace(plan(broker, "a"), access=trusting, on_letter=ear))
        theirs = Broker(replace(plan(broker), access=doubting))

        assert await ours.connect()
        assert Delivery.DELIVERED is await ours.publish(Letter("a", b"x" * 100_000))
        assert 100_000 == len((await ear.count(1))[0].payload)
        assert not await theirs.connect()
        await ours.close()
        # paho leaves the socket of a handshake that failed to the collector, which complains.
        gc.collect()


@pytest.mark.asyncio
async def test_posted_letters_survive_a_broker_that_dies(tmp_path: Path) -> None:
    """At least once, in order; kept here while nobody is there to take them."""
    async with mosquitto(tmp_path) as broker:
        ear, heard = await listener(broker, "a")
        mouth = Broker(plan(broker), backoff=SOON)
        greetings: Heard[str] = Heard()
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(mouth.keep(lambda: greetings("connected")))
            mouth.post(Letter("a", b"1"))
            await heard.count(1)
            await broker.kill()
            mouth.post(Letter("a", b"2"))
            mouth.post(Letter("a", b"3"))
            await broker.start()
            await ear.connect()
            ears = heard
            await greetings.count(2)
            mouth.post(Letter("a", b"4"))
            await ears.until(lambda letters: letters[-1].payload == b"4")
            keeping.cancel()
        await mouth.close()
        await ear.close()

    payloads = [letter.payload for letter in heard.all]
    assert sorted(set(payloads)) == list(dict.fromkeys(payloads))
    assert {b"1", b"4"} <= set(payloads)


@pytest.mark.asyncio
async def test_queue_is_bounded_and_keeps_the_newest() -> None:
    """REQ telemetry: an unreachable broker costs old news, never memory."""
    hub = Hub()
    mouth = Broker(BrokerPlan("broker", 1, opener=hub), queue_max=3)
    for number in range(5):
        mouth.post(Letter("news", str(number).encode()))
    await mouth.connect()

    assert await mouth.flush(PATIENCE_S)
    assert 2 == mouth.dropped
    assert [b"2", b"3", b"4"] == [letter.payload for letter in hub.seen]


@pytest.mark.asyncio
async def test_retained_letter_takes_the_place_of_an_older_one() -> None:
    hub = Hub()
    mouth = Broker(BrokerPlan("broker", 1, opener=hub))
    for number in range(3):
        mouth.post(Letter("status", str(number).encode(), retain=True))
        mouth.post(Letter("news", str(number).encode()))
    await mouth.connect()
    await mouth.flush(PATIENCE_S)

    assert [b"0", b"1", b"2", b"2"] == [letter.payload for letter in hub.seen]


@pytest.mark.asyncio
async def test_posted_letter_is_sent_again_when_it_was_not_acknowledged() -> None:
    hub = Hub()
    fates = [Fate.DIES_AFTER, Fate.PASSED]
    hub.fate = lambda _: fates.pop(0)
    mouth = Broker(BrokerPlan("broker", 1, opener=hub))
    mouth.post(Letter("news", b"1"))
    await mouth.connect()

    assert not await mouth.flush(PATIENCE_S)
    await asyncio.sleep(0)
    hub.come_back()
    await mouth.connect()
    assert await mouth.flush(PATIENCE_S)
    assert [b"1", b"1"] == [letter.payload for letter in hub.seen]
