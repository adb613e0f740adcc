"""The line over a real socket: what each end of a request lets the terminal conclude."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from protocol.aio.client import tcp_opener
from protocol.aio.errors import NotConnected, Unanswered
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.framing import Deframer
from protocol.message import Message
from protocol.operations import Echo, EchoReply
from terminal.aio.line import AcquirerLine, UnreadableReply
from terminal.standing import LateReply
from tests.terminal.test_payment import ORIGIN, STAMP
from tests.world.hand import HandOpener

DIALECT = builtin_dialect()
ECHO = Echo(origin=ORIGIN, stan="000001", stamp=STAMP)
Answer = Callable[[Message], Message | None]


def answer_well(asked: Message) -> Message:
    return Message("0810", {**asked.fields, 39: "00"})


def answer_without_a_code(asked: Message) -> Message:
    return Message("0810", dict(asked.fields))


@asynccontextmanager
async def host(answer: Answer) -> AsyncIterator[tuple[AcquirerLine, asyncio.Queue[bytes]]]:
    """Serve one peer; what is put into the queue is sent to it unasked."""
    codec, unasked = Codec(DIALECT), asyncio.Queue[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer = Deframer(DIALECT.framing)
        while data := await reader.read(4096):
            for frame in deframer.receive_data(data):
                reply = answer(codec.decode(frame))
                if reply is None:
                    writer.write(await unasked.get())
                else:
                    writer.write(DIALECT.framing.wrap(codec.encode(reply)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        line = AcquirerLine(tcp_opener(*server.sockets[0].getsockname()), DIALECT)
        yield line, unasked
        await line.close()


@pytest.mark.asyncio
async def test_line_returns_the_reply_as_an_operation() -> None:
    async with host(answer_well) as (line, _):
        await line.connect()

        reply = await line.request(ECHO, 5.0)

        assert reply == EchoReply(origin=ORIGIN, stan="000001", stamp=STAMP, code="00")


@pytest.mark.asyncio
async def test_line_says_when_a_reply_cannot_be_read() -> None:
    """H3: it is an answer to this request, and proves nothing."""
    async with host(answer_without_a_code) as (line, _):
        await line.connect()

        with pytest.raises(UnreadableReply, match="F39"):
            await line.request(ECHO, 5.0)


@pytest.mark.asyncio
async def test_line_keeps_a_late_reply_for_the_journal() -> None:
    """N7: unanswered is unknown; what comes later is kept, once, without values."""
    async with host(lambda asked: None if asked.get(11) == "000001" else answer_well(asked)) as (
        line,
        unasked,
    ):
        await line.connect()
        with pytest.raises(Unanswered):
            await line.request(ECHO, 0.01)
        late = answer_well(Message("0810", {7: STAMP.transmission, 11: "000001", 41: "10000001"}))
        unasked.put_nowait(DIALECT.framing.wrap(Codec(DIALECT).encode(late)))
        await line.request(Echo(origin=ORIGIN, stan="000002", stamp=STAMP), 5.0)

        assert line.take_news() == (LateReply(mti="0810", stan="000001", code="00"),)
        assert line.take_news() == ()


@pytest.mark.asyncio
async def test_line_takes_a_new_connection_after_a_silence() -> None:
    """N16: the old one may be half open, and then nobody ever says so."""
    opener = HandOpener()
    line = AcquirerLine(opener, DIALECT)
    await line.connect()
    await line.connect()
    with pytest.raises(Unanswered):
        await line.request(ECHO, 0.01)

    await line.connect()

    assert [transport.aborted for transport in opener.transports] == [True, False]
    await line.close()


@pytest.mark.asyncio
async def test_line_knows_that_nobody_is_there() -> None:
    """N1: certainly not sent."""
    line = AcquirerLine(tcp_opener("127.0.0.1", 1), DIALECT)

    with pytest.raises(NotConnected):
        await line.connect()
    await line.close()
