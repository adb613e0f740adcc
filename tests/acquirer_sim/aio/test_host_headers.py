"""What stood before a request stands, turned round, before its reply."""

from __future__ import annotations

import pytest

from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from protocol.aio.client import Client, tcp_opener
from protocol.codec import Codec
from protocol.dialect import load_dialect
from protocol.header import Header, Tpdu
from protocol.message import Message
from protocol.operations import Echo, Request
from protocol.profiles import iso87
from tests.acquirer_sim.aio.terminals import TIMEOUT_S, port_of
from tests.acquirer_sim.asking import ORIGIN, STAMP, purchase, sign_on

DIALECT = load_dialect('base = "iso87"\nheader = { tpdu = "6000010002" }', "routed")
CODEC = Codec(DIALECT)
LINE = Header(tpdu=Tpdu(destination="0001", source="0777"))
BACK = Header(tpdu=Tpdu(destination="0777", source="0001"))


def routed(request: Request, header: Header | None = LINE) -> Message:
    """Return a request that came over a line of its own."""
    message = iso87.encode(request)
    return Message(message.mti, message.fields, header)


async def answers(start: Start, *requests: Message) -> list[Message]:
    """Return the replies of a host to some requests, one after the other."""
    host = await start_host(start, codec=CODEC)
    client = Client(tcp_opener("127.0.0.1", port_of(host)), CODEC, DIALECT.framing)
    await client.connect()
    try:
        return [await client.request(request, TIMEOUT_S) for request in requests]
    finally:
        await client.close()
        await host.stop()


@pytest.mark.asyncio
async def test_reply_goes_back_over_the_line_of_its_request() -> None:
    """The echo that is answered at once, and what waits for a commit; a second line its own."""
    echo = Echo(origin=ORIGIN, stan="000009", stamp=STAMP)
    other = Header(tpdu=Tpdu(source="0778"))

    replies = await answers(
        Start(port=0),
        routed(echo),
        routed(sign_on()),
        routed(purchase(1)),
        routed(purchase(1), other),
        routed(purchase(2), header=None),
    )

    assert [
        BACK,
        BACK,
        BACK,
        Header(tpdu=Tpdu(destination="0778")),
        Header(tpdu=Tpdu(destination="0002", source="0001")),
    ] == [reply.header for reply in replies]
    assert replies[2].fields == replies[3].fields


@pytest.mark.asyncio
async def test_reply_keeps_its_line_when_it_meets_a_fault() -> None:
    plan = FaultPlan((Fault(kind=FaultKind.DELAY_REPLY, delay_s=0.01),))

    (reply,) = await answers(Start(port=0, faults=plan), routed(purchase(1)))

    assert BACK == reply.header


@pytest.mark.asyncio
async def test_refusal_keeps_its_line() -> None:
    """A message that this profile does not know is refused like any other."""
    fields = dict(iso87.encode(purchase(3)).fields)
    del fields[4]

    (reply,) = await answers(Start(port=0), Message("0200", fields, LINE))

    assert ("0210", "30", BACK) == (reply.mti, reply.get(39), reply.header)
