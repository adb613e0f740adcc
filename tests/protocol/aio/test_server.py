"""What bad input gets, what slow peers get, and that nobody else notices."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.aio.errors import CannotListen
from protocol.aio.incidents import IncidentKind
from protocol.aio.server import Connection, Received, ServerSettings, serve
from tests.protocol.aio.floor import Floor, approve, ignore, play
from tests.protocol.pair import CODEC, FRAMING, framed, reply_to, request
from tests.world.hand import pass_time

PAN = "4111111111111111"


def test_server_answers_all_messages_of_a_read_in_one_write() -> None:
    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        wire.feed(b"".join(framed(request(stan)) for stan in (1, 2, 3)))
        await pass_time()

        assert [b"".join(framed(reply_to(request(stan))) for stan in (1, 2, 3))] == wire.written
        assert 3 == floor.server.counters.messages

    play(story)


def test_service_is_given_the_bytes_of_each_frame() -> None:
    """A MAC is computed over exactly what came."""
    seen: list[Received] = []

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        wire.feed(framed(request(1)) + framed(request(2)))

    play(story, lambda connection, received: seen.extend(received))
    assert [CODEC.encode(request(1)), CODEC.encode(request(2))] == [frame for frame, _ in seen]
    assert ["000001", "000002"] == [message.get(11) for _, message in seen]


def test_answers_of_a_turn_leave_when_all_its_requests_were_read() -> None:
    """DESIGN, Speed: a reader that is woken by every single answer costs more than the answer."""

    async def story(floor: Floor) -> None:
        (one, _), (other, _) = floor.connect(), floor.connect()
        one.feed(framed(request(1)))
        other.feed(framed(request(2)))
        assert ([], []) == (one.written, other.written)
        await pass_time()

        assert framed(reply_to(request(1))) == one.take()
        assert framed(reply_to(request(2))) == other.take()

    play(story)


def test_reads_of_all_connections_share_one_room() -> None:
    """What one read left unfinished is not disturbed by the next connection's read."""

    async def story(floor: Floor) -> None:
        (one, first), (_, second) = floor.connect(), floor.connect()
        data = framed(request(1))
        for connection, piece in ((first, data[:9]), (second, b"\x00\x09" * 4), (first, data[9:])):
            room = connection.get_buffer(-1)
            room[: len(piece)] = piece
            connection.buffer_updated(len(piece))
        await pass_time()

        assert framed(reply_to(request(1))) == one.take()

    play(story)


@given(sizes=st.lists(st.integers(1, 40), max_size=30))
def test_server_answers_the_same_however_the_bytes_are_cut(sizes: list[int]) -> None:
    """N10: one byte at a time or all at once."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        data = b"".join(framed(request(stan)) for stan in range(1, 5))
        for size in sizes:
            wire.feed(data[:size])
            data = data[size:]
        wire.feed(data)
        await pass_time()

        assert b"".join(framed(reply_to(request(stan))) for stan in range(1, 5)) == wire.take()

    play(story)


def test_later_answers_leave_in_one_write_per_connection() -> None:
    """A group commit answers many at once: one write each, at the end of the loop's turn."""

    async def story(floor: Floor) -> None:
        (one, first), (other, second) = floor.connect(), floor.connect()
        one.feed(framed(request(1)) + framed(request(2)))
        other.feed(framed(request(3)))
        assert (2, 1) == (first.in_flight, second.in_flight)

        first.reply(reply_to(request(1)))
        second.reply_bytes(CODEC.encode(reply_to(request(3))))
        first.reply(reply_to(request(2)))
        assert [] == one.written
        await pass_time()

        assert [framed(reply_to(request(1))) + framed(reply_to(request(2)))] == one.written
        assert [framed(reply_to(request(3)))] == other.written
        assert (0, 0) == (first.in_flight, second.in_flight)

    play(story, ignore)


def test_answer_is_dropped_when_its_connection_is_gone() -> None:
    """uvloop raises on a write after close; the others of the group must get theirs."""

    async def story(floor: Floor) -> None:
        (one, first), (other, second) = floor.connect(), floor.connect()
        one.feed(framed(request(1)))
        other.feed(framed(request(2)))
        one.closing = True
        first.reply(reply_to(request(1)))
        second.reply(reply_to(request(2)))
        await pass_time()
        one.lose(ConnectionResetError())
        first.reply(reply_to(request(1)))
        await pass_time()

        assert not first.alive
        assert b"" == one.take()
        assert framed(reply_to(request(2))) == other.take()

    assert [] == play(story, ignore).kinds()


def test_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    """N16: who vanished without a FIN does not hold a place for ever."""

    async def story(floor: Floor) -> None:
        quiet, _ = floor.connect()
        busy, _ = floor.connect()
        for stan in range(1, 4):
            await pass_time(40.0)
            busy.feed(framed(request(stan)))

        assert (True, False) == (quiet.closing, busy.closing)

    floor = play(story, settings=ServerSettings(idle_timeout_s=60.0))
    assert [IncidentKind.IDLE] == floor.kinds()


def test_peer_that_never_reads_is_aborted_and_not_read_from() -> None:
    """Its answers may fill one buffer, for a while; then it is gone."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect(sticky=True)
        assert floor.server.counters.connections == 1
        wire.fill()
        assert not wire.reading
        await pass_time(9.0)
        assert not wire.aborted
        await pass_time(1.5)

        assert wire.aborted

    floor = play(story, settings=ServerSettings(stalled_timeout_s=10.0))
    assert [IncidentKind.STALLED] == floor.kinds()


def test_slow_peer_is_read_from_again_when_it_catches_up() -> None:
    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        for _ in range(3):
            wire.fill()
            await pass_time(9.0)
            wire.drain()
            assert wire.reading

    assert [] == play(story, settings=ServerSettings(stalled_timeout_s=10.0)).kinds()


def test_reading_pauses_while_too_many_requests_are_in_flight() -> None:
    async def story(floor: Floor) -> None:
        wire, connection = floor.connect()
        wire.feed(framed(request(1)) + framed(request(2)))
        assert not wire.reading
        connection.withhold()
        assert wire.reading
        wire.feed(framed(request(3)))
        assert not wire.reading
        connection.reply(reply_to(request(3)))

        assert wire.reading

    play(story, ignore, ServerSettings(in_flight_max=2))


def test_service_that_fails_costs_its_own_connection_only() -> None:
    """The incident names type and place; the text of an exception may quote a card number."""

    def fail_on_7(connection: Connection, received: list[Received]) -> None:
        approve(connection, received)
        if received[-1][1].get(11) == "000007":
            raise ValueError(PAN)

    async def story(floor: Floor) -> None:
        (one, _), (other, _) = floor.connect(), floor.connect()
        one.feed(framed(request(7)))
        other.feed(framed(request(8)))
        await pass_time()

        assert (True, False) == (one.closing, other.closing)
        assert framed(reply_to(request(8))) == other.take()

    (incident,) = play(story, fail_on_7).incidents
    assert IncidentKind.SERVICE_FAILED is incident.kind
    assert "ValueError at fail_on_7" in str(incident)
    assert PAN not in str(incident)


def test_connection_is_refused_at_the_door_when_the_house_is_full() -> None:
    async def story(floor: Floor) -> None:
        first, _ = floor.connect()
        second, _ = floor.connect()
        assert second.aborted
        assert not first.closing
        first.lose()
        await pass_time()
        third, _ = floor.connect()

        assert not third.closing
        assert (1, 2) == (floor.server.counters.connections, floor.server.counters.accepted)

    settings = ServerSettings(connections_max=1)
    assert [IncidentKind.TOO_MANY_CONNECTIONS] == play(story, settings=settings).kinds()


def test_flood_at_a_full_house_is_told_once_and_counted() -> None:
    """Issue 5, Robust: who is within is served, and the log has one line of it."""

    async def story(floor: Floor) -> None:
        wire, _ = floor.connect()
        for _ in range(1000):
            floor.connect()
        wire.feed(framed(request(1)))
        await pass_time()

        assert framed(reply_to(request(1))) == wire.take()
        assert 1000 == floor.server.counters.incidents[IncidentKind.TOO_MANY_CONNECTIONS]
        assert ["connections_max is 1"] == [one.detail for one in floor.incidents]

    play(story, settings=ServerSettings(connections_max=1))


def test_close_lets_answers_leave_and_waits_for_nobody_for_ever() -> None:
    async def story(floor: Floor) -> None:
        (one, first), (stuck, _) = floor.connect(), floor.connect(sticky=True)
        one.feed(framed(request(1)))
        first.reply(reply_to(request(1)))
        await floor.server.close()

        assert framed(reply_to(request(1))) == one.take()
        assert (False, True) == (one.aborted, stuck.aborted)
        assert 2.0 == floor.loop.time()

    play(story, ignore, ServerSettings(close_timeout_s=2.0))


@pytest.mark.asyncio
async def test_listen_says_so_when_the_port_is_taken() -> None:
    """A port in use is one sentence, never a traceback."""
    first = await serve(approve, CODEC, FRAMING)
    host, port = first.addresses[0]
    with pytest.raises(CannotListen, match=f"{host}:{port}"):
        await serve(approve, CODEC, FRAMING, host=host, port=port)
    with pytest.raises(CannotListen):
        await serve(approve, CODEC, FRAMING, host=host, port=70_000)
    await first.close()


@pytest.mark.asyncio
async def test_server_survives_a_peer_that_never_reads_over_tcp() -> None:
    """Real buffers: one floods and never reads, the other is answered meanwhile."""
    stalled = asyncio.Event()
    settings = ServerSettings(stalled_timeout_s=0.05, write_buffer_max=1024)
    server = await serve(
        approve, CODEC, FRAMING, settings, on_incident=lambda incident: stalled.set()
    )
    # Accepted sockets inherit it: a small buffer is soon full.
    server._listeners[0].sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    host, port = server.addresses[0]
    loop = asyncio.get_running_loop()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.settimeout(0)
    await loop.sock_connect(deaf, (host, port))
    flood = b"".join(framed(request(stan)) for stan in range(1, 1000)) * 50
    with suppress(ConnectionError):  # it ends when the server has had enough
        await loop.sock_sendall(deaf, flood)
    await stalled.wait()
    other_reader, other_writer = await asyncio.open_connection(host, port)
    other_writer.write(framed(request(1)))

    expected = framed(reply_to(request(1)))
    assert expected == await other_reader.readexactly(len(expected))
    assert 1 == server.counters.incidents[IncidentKind.STALLED]
    other_writer.transport.abort()
    deaf.close()
    await server.close()
