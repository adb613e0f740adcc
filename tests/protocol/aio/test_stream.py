"""The one place where bytes, events and the timer of a link meet the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from protocol.aio.errors import Unanswered
from protocol.aio.stream import LinkStream
from protocol.errors import LocalProtocolError
from protocol.events import (
    EchoAnswered,
    Event,
    LinkLost,
    LossReason,
    ReplyReceived,
    RequestReceived,
    TimedOut,
)
from protocol.link import LinkSettings
from protocol.message import Message
from tests.protocol.pair import CODEC, FRAMING, framed, kinds, reply_to, request
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.hand import HandTransport, pass_time

Story = Callable[[LinkStream, HandTransport, list[Event]], Coroutine[None, None, None]]


def play(
    story: Story,
    settings: LinkSettings | None = None,
    on_event: Callable[[LinkStream, Event], None] = lambda stream, event: None,
) -> VirtualLoop:
    """Join a stream to a transport worked by hand and tell one story."""

    async def start(loop: VirtualLoop) -> VirtualLoop:
        told: list[Event] = []

        def listen(event: Event) -> None:
            told.append(event)
            on_event(stream, event)

        stream = LinkStream(CODEC, FRAMING, settings or LinkSettings(), listen)
        wire = HandTransport().attach(stream)
        await story(stream, wire, told)
        stream.close()
        await stream.wait_closed()
        return loop

    return run_virtual(start)


def timers(loop: VirtualLoop) -> list[asyncio.TimerHandle]:
    """Return the timers that would still ring."""
    heap: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined] # its own heap
    return [timer for timer in heap if not timer.cancelled()]


async def ask(stream: LinkStream, stan: int, timeout_s: float) -> Message | Unanswered:
    """Return the reply, or how the wait ended without one."""
    try:
        return (await stream.exchange(request(stan), timeout_s)).message
    except Unanswered as error:
        return error


def test_stream_keeps_one_timer_however_many_wait() -> None:
    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with asyncio.TaskGroup() as group:
            for stan in range(1, 51):
                group.create_task(ask(stream, stan, 100.0 - stan))
            await asyncio.sleep(0)
            assert [50.0] == [timer.when() for timer in timers(loop)]
            wire.feed(b"".join(framed(reply_to(request(stan))) for stan in range(1, 51)))
            assert [] == timers(loop)

    play(story)


def test_stream_rings_for_each_deadline_in_turn() -> None:
    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        loop = asyncio.get_running_loop()
        ended: list[float] = []

        async def one(stan: int, timeout_s: float) -> None:
            assert isinstance(await ask(stream, stan, timeout_s), Unanswered)
            ended.append(loop.time())

        async with asyncio.TaskGroup() as group:
            for stan, timeout_s in ((1, 30.0), (2, 10.0), (3, 20.0)):
                group.create_task(one(stan, timeout_s))

        assert [10.0, 20.0, 30.0] == ended
        assert [TimedOut, TimedOut, TimedOut] == kinds(told)

    play(story)


def test_stream_asks_for_an_echo_and_notices_a_dead_peer() -> None:
    """N16: answered once, then never again; who waits learns that the peer is gone."""
    stans = iter(range(900_001, 900_100))
    settings = LinkSettings(
        idle_s=60.0, echo_timeout_s=5.0, echo=lambda: request(next(stans), "0800")
    )

    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        await pass_time(60.0)
        assert framed(request(900_001, "0800")) == wire.take()
        wire.feed(framed(reply_to(request(900_001, "0800"))))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(ask(stream, 1, 500.0))

        error = waiting.result()
        assert isinstance(error, Unanswered)
        assert LossReason.ECHO_UNANSWERED is error.lost
        assert 125.0 == asyncio.get_running_loop().time()
        assert [EchoAnswered, LinkLost] == kinds(told)

    play(story, settings)


def test_stream_keeps_its_deadlines_when_the_echo_factory_fails() -> None:
    """The bug is told to the loop; the request beside it still times out."""

    def fail() -> Message:
        raise LocalProtocolError("no number left")

    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        error = await ask(stream, 1, 100.0)

        assert isinstance(error, Unanswered)
        assert 100.0 == asyncio.get_running_loop().time()

    loop = play(story, LinkSettings(idle_s=60.0, echo=fail))
    assert 1 == len(loop.complaints)


def test_stream_tells_events_in_order_when_a_listener_calls_back() -> None:
    """A listener may answer or close from inside the telling."""

    def call_back(stream: LinkStream, event: Event) -> None:
        if isinstance(event, RequestReceived):
            if event.message.get(11) == "000001":
                stream.send(reply_to(event.message))
            else:
                stream.close()

    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        wire.feed(framed(request(1)) + framed(request(2)) + framed(request(3)))

        assert framed(reply_to(request(1))) == wire.take()
        assert wire.closing
        assert [RequestReceived, RequestReceived, RequestReceived, LinkLost] == kinds(told)

    play(story, on_event=call_back)


@pytest.mark.parametrize("ending", ["reply", "loss", "deadline"])
def test_stream_goes_on_when_who_waits_was_cancelled_a_moment_before(ending: str) -> None:
    """Cancelled and answered in one turn of the loop: the reply is told, the loss is complete."""

    async def story(stream: LinkStream, wire: HandTransport, told: list[Event]) -> None:
        waiting = asyncio.ensure_future(ask(stream, 1, 5.0))
        await asyncio.sleep(0)
        waiting.cancel()
        if ending == "reply":
            wire.feed(framed(reply_to(request(1))))
        elif ending == "loss":
            stream.connection_lost(ConnectionResetError())
        else:
            stream._link.handle_timer(5.0)
            stream._pump()
        await asyncio.wait([waiting])

        assert waiting.cancelled()
        expected = {"reply": ReplyReceived, "loss": LinkLost, "deadline": TimedOut}[ending]
        assert [expected] == kinds(told)

    assert [] == play(story).complaints
