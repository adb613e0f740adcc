"""What a caller knows after asking: the reply, that nothing left, or that nothing is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from protocol.aio.client import Backoff, Client, ClientSettings, tcp_opener
from protocol.aio.errors import NotConnected, NotSent, Unanswered
from protocol.aio.server import Connection, Received, serve
from protocol.errors import LocalProtocolError
from protocol.events import Event, Late, LinkLost, LossReason, RequestReceived, TimedOut
from protocol.link import LinkSettings
from tests.protocol.aio.stage import Stage, ask, failure_of, play
from tests.protocol.pair import CODEC, FRAMING, framed, reply_to, request
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.hand import HandOpener, HandTransport, pass_time


async def unanswered(stage: Stage, then: Callable[[HandTransport], None]) -> Unanswered:
    """Send a request, let something happen to the connection, return how the wait ended."""
    caught: list[Unanswered] = []

    async def one() -> None:
        try:
            await stage.client.request(request(1), 30.0)
        except Unanswered as error:
            caught.append(error)

    async with asyncio.TaskGroup() as group:
        group.create_task(one())
        await pass_time()
        then(stage.wire)
    (error,) = caught
    return error


def test_request_returns_its_reply() -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            task = await ask(stage, group)
            assert framed(request(1)) == stage.wire.take()
            stage.wire.feed(framed(reply_to(request(1))))

        assert "0210" == task.result().mti

    stage = play(story)
    assert [LinkLost] == stage.told_kinds()


def test_request_goes_back_to_its_asker_when_replies_cross() -> None:
    """N8: several in flight on one connection."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            first, second = await ask(stage, group, 1), await ask(stage, group, 2)
            stage.wire.feed(framed(reply_to(request(2))) + framed(reply_to(request(1))))

        assert ("000001", "000002") == (first.result().get(11), second.result().get(11))

    play(story)


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        (lambda wire: wire.lose(ConnectionResetError()), LossReason.RESET),
        (lambda wire: wire.lose(None), LossReason.EOF),
        (lambda wire: wire.eof(), LossReason.EOF),
        (lambda wire: wire.feed(b"\x00\x00"), LossReason.BAD_FRAME),
    ],
)
def test_request_is_unanswered_when_the_connection_ends(
    then: Callable[[HandTransport], None], reason: LossReason
) -> None:
    """T5, T6, N4, N5, N6: bytes were handed over, so the outcome is unknown."""

    async def story(stage: Stage) -> None:
        error = await unanswered(stage, then)

        assert reason is error.lost
        assert not stage.client.connected
        with pytest.raises(NotSent):
            await stage.client.request(request(2), 30.0)

    assert [LinkLost] == play(story).told_kinds()


def test_request_is_unanswered_at_its_deadline_and_the_answer_is_late() -> None:
    """N7: the connection lives; the late answer goes to the listener, not to the next request."""

    async def story(stage: Stage) -> None:
        error = await unanswered(stage, lambda wire: None)
        assert error.lost is None
        assert 30.0 == stage.loop.time()

        async with asyncio.TaskGroup() as group:
            task = await ask(stage, group, 2)
            stage.wire.feed(framed(reply_to(request(1))))
            await pass_time()
            assert not task.done()
            stage.wire.feed(framed(reply_to(request(2))))

        assert "000002" == task.result().get(11)

    assert [TimedOut, Late, LinkLost] == play(story).told_kinds()


def test_request_makes_its_reply_late_when_the_caller_is_cancelled() -> None:
    """REQ 004-03: too late to cancel; the answer is journaled by whoever listens."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            task = await ask(stage, group)
            task.cancel()
            await pass_time()
            stage.wire.feed(framed(reply_to(request(1))))

    assert [Late, LinkLost] == play(story).told_kinds()


def test_reply_is_told_when_it_comes_while_the_caller_is_cancelled() -> None:
    """Nothing the host said is dropped: the answer was read, the asker was gone by then."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            task = await ask(stage, group)
            stage.wire.feed(framed(reply_to(request(1))))
            task.cancel()

        assert task.cancelled()

    stage = play(story)
    assert "000001" in [getattr(event, "message", request(0)).get(11) for event in stage.told]


def test_request_waits_when_the_transport_asks_for_patience() -> None:
    """Back-pressure: not a byte more until there is room."""

    async def story(stage: Stage) -> None:
        stage.wire.fill()
        async with asyncio.TaskGroup() as group:
            task = await ask(stage, group)
            await pass_time(10.0)
            assert b"" == stage.wire.take()
            stage.wire.drain()
            await pass_time()
            assert framed(request(1)) == stage.wire.take()
            stage.wire.feed(framed(reply_to(request(1))))

        assert "0210" == task.result().mti

    play(story)


def test_request_keeps_its_deadline_when_it_waited_for_room() -> None:
    async def story(stage: Stage) -> None:
        stage.wire.fill()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(failure_of(stage.client.request(request(1), 30.0)))
            await pass_time(20.0)
            stage.wire.drain()

        assert isinstance(task.result(), Unanswered)
        assert 30.0 == stage.loop.time()

    play(story)


@pytest.mark.parametrize("ends", [True, False])
def test_request_is_not_sent_when_room_never_comes(*, ends: bool) -> None:
    """Certain: not one byte was handed over."""

    async def story(stage: Stage) -> None:
        stage.wire.fill()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(failure_of(stage.client.request(request(1), 30.0)))
            await pass_time(1.0)
            if ends:
                stage.wire.lose(ConnectionResetError())

        assert isinstance(task.result(), NotSent)
        assert (1.0 if ends else 30.0) == stage.loop.time()
        assert b"" == stage.wire.take()

    play(story)


def test_request_is_not_sent_when_too_many_wait() -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            await ask(stage, group, 1)
            with pytest.raises(NotSent, match="too many"):
                await stage.client.request(request(2), 30.0)
            stage.wire.feed(framed(reply_to(request(1))))

    play(story, settings=ClientSettings(link=LinkSettings(in_flight_max=1)))


def test_request_is_a_bug_when_its_key_is_in_flight() -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            await ask(stage, group)
            with pytest.raises(LocalProtocolError):
                await stage.client.request(request(1), 30.0)
            stage.wire.feed(framed(reply_to(request(1))))

    play(story)


def test_client_tells_what_the_host_asks() -> None:
    async def story(stage: Stage) -> None:
        stage.wire.feed(framed(request(9, "0800")))

    assert [RequestReceived, LinkLost] == play(story).told_kinds()


def test_listener_that_fails_costs_nobody_an_answer() -> None:
    """The loop is told of the bug; the reply behind the stray message still arrives."""

    async def start(loop: VirtualLoop) -> None:
        def fail(event: Event) -> None:
            raise ZeroDivisionError

        opener = HandOpener()
        client = Client(opener, CODEC, FRAMING, on_event=fail)
        await client.connect()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(client.request(request(1), 30.0))
            await pass_time()
            opener.last.feed(framed(request(9)) + framed(reply_to(request(1))))
        await client.close()

        assert "0210" == task.result().mti
        assert "on_event failed on RequestReceived" in loop.complaints[0]

    run_virtual(start)


@pytest.mark.asyncio
async def test_client_and_server_meet_over_tcp() -> None:
    """Real sockets: many at once, then the server goes away."""

    def approve(connection: Connection, received: list[Received]) -> None:
        for _, message in received:
            connection.reply(reply_to(message))

    server = await serve(approve, CODEC, FRAMING)
    client = Client(tcp_opener(*server.addresses[0], connect_timeout_s=5.0), CODEC, FRAMING)
    await client.connect()
    replies = await asyncio.gather(*(client.request(request(n), 5.0) for n in range(1, 51)))
    await server.close()
    with pytest.raises((NotSent, Unanswered)):
        await client.request(request(60), 5.0)
    with pytest.raises(NotConnected):
        await client.connect()
    await client.close()

    assert [f"{n:06d}" for n in range(1, 51)] == [reply.get(11) for reply in replies]


@pytest.mark.parametrize(
    "problem",
    [ConnectionRefusedError(111, "refused"), TimeoutError(), OSError("no such host")],
    ids=lambda problem: type(problem).__name__,
)
def test_connect_says_why_there_is_none(problem: OSError) -> None:
    """N1, N2, T3: certain that nothing was sent; no OSError crosses."""

    async def story(stage: Stage) -> None:
        with pytest.raises(NotConnected, match=r"."):
            await stage.client.connect()
        with pytest.raises(NotSent):
            await stage.client.request(request(1), 30.0)
        await stage.client.connect()

        assert stage.client.connected

    play(story, problem, connect=False)


def test_connect_is_one_attempt_when_many_ask() -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(stage.client.connect())
        await stage.client.connect()

        assert 1 == len(stage.opener.at)

    play(story, connect=False)


def test_cancelled_attempt_fails_those_who_shared_it() -> None:
    """Whoever waits for another's attempt must not wait for ever."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(stage.client.connect())
            second = group.create_task(failure_of(stage.client.connect()))
            await asyncio.sleep(0)
            first.cancel()

        assert "given up" in str(second.result())

    play(story, connect=False)


def test_client_keeps_connected_with_a_back_off_that_doubles_and_ends() -> None:
    """One attempt at 0, then after 1, 2, 4, 4 seconds; a long life makes it patient again."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(stage.client.keep_connected())
            await pass_time(11.0)
            assert stage.client.connected
            await pass_time(9.0)
            stage.wire.lose(ConnectionResetError())
            await pass_time(2.0)
            keeper.cancel()

        assert [0.0, 1.0, 3.0, 7.0, 11.0, 21.0] == stage.opener.at

    backoff = Backoff(first_s=1.0, max_s=4.0)
    refused = [ConnectionRefusedError() for _ in range(4)]
    play(story, *refused, settings=ClientSettings(backoff=backoff), connect=False)


def test_client_backs_off_when_the_peer_accepts_and_hangs_up() -> None:
    """A host that is half up is not hammered."""

    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(stage.client.keep_connected())
            for _ in range(3):
                await pass_time()
                stage.wire.lose(None)
                await pass_time(1.0 if len(stage.opener.at) == 1 else 2.0)
            keeper.cancel()

        assert [0.0, 1.0, 3.0] == stage.opener.at[:3]

    settings = ClientSettings(backoff=Backoff(first_s=1.0, max_s=60.0))
    play(story, settings=settings, connect=False)


def test_backoff_spreads_only_when_told_to() -> None:
    plain, spread = Backoff(), Backoff(spread=lambda delay_s: delay_s / 2)

    assert [0.0, 0.5, 1.0, 30.0] == [plain.delay_s(failures) for failures in (0, 1, 2, 10_000)]
    assert 0.5 == spread.delay_s(2)


def test_close_leaves_whoever_waits_unanswered() -> None:
    async def story(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(failure_of(stage.client.request(request(1), 30.0)))
            await pass_time()
            await stage.client.close()
            await stage.client.close()

        error = task.result()
        assert isinstance(error, Unanswered)
        assert LossReason.CLOSED is error.lost
        with pytest.raises(NotConnected):
            await stage.client.connect()

    play(story)


def test_close_aborts_when_the_peer_does_not_read() -> None:
    """Written bytes that never leave must not hold up the end of the day."""

    async def story(stage: Stage) -> None:
        await stage.client.close()

        assert stage.wire.aborted
        assert 1.0 == stage.loop.time()

    play(story, sticky=True)


def test_connect_makes_a_new_connection_after_hanging_up() -> None:
    """N16: a half-open link looks alive for ever; whoever doubts it hangs up."""

    async def story(stage: Stage) -> None:
        silent = stage.wire
        stage.client.hang_up()
        assert not stage.client.connected

        await stage.client.connect()

        assert stage.client.connected
        assert silent is not stage.wire

    play(story)
