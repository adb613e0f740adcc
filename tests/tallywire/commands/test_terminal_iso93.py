"""The 1993 dialects from the command: greeted, and told plainly what they cannot do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from acquirer_sim.aio.host import HostEvent
from acquirer_sim.aio.running import Start, start_host
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import Message
from tallywire.exits import Exit
from tests.tallywire.processes import crew, tallywire

NAMES = pytest.mark.parametrize("name", ["iso93", "iso93_bcd"])


@NAMES
@pytest.mark.asyncio
async def test_terminal_greets_and_is_answered_in_1993(tmp_path: Path, name: str) -> None:
    config = tmp_path / "till.toml"
    config.write_text(f'dialect = "{name}"\n', "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", name)
        options = ("--data", str(hands.data), "--acquirer", hands.address, "--config", str(config))
        said = [tallywire("terminal", *options, word) for word in ("echo", "sign-on", "sign-off")]

    assert [0, 0, 0] == [one.returncode for one in said]
    answers = "The host is there.\n", "Signed on, batch 000001.\n", "Signed off.\n"
    assert list(answers) == [one.stdout for one in said]


@NAMES
@pytest.mark.parametrize("order", ["sale 12.50", "settle", "balance", "offline-sale 1.00"])
def test_what_1993_cannot_say_names_the_dialects_that_can(
    tmp_path: Path, name: str, order: str
) -> None:
    """Refused before anything is sent: nobody listens here, and nobody is missed."""
    config = tmp_path / "till.toml"
    config.write_text(f'dialect = "{name}"\nacquirer = "127.0.0.1:1"\n', "utf-8")

    ended = tallywire(
        "terminal", "--data", str(tmp_path / "t"), "--config", str(config), *order.split()
    )

    assert Exit.REFUSED == ended.returncode
    assert "L27" in ended.stderr
    assert "iso87, iso87_bcd or cup" in ended.stderr


@NAMES
@pytest.mark.asyncio
async def test_host_refuses_other_requests_with_904_and_says_why(name: str) -> None:
    dialect, told = builtin_dialect(name), list[HostEvent]()
    codec = Codec(dialect)
    host = await start_host(Start(port=0, dialect=name), on_event=told.append)
    try:
        reader, writer = await asyncio.open_connection(*host.server.addresses[0])
        writer.write(dialect.framing.wrap(codec.encode(Message("1200", {11: "000007", 24: "200"}))))
        size = int.from_bytes(await reader.readexactly(2), "big")
        answer = codec.decode(await reader.readexactly(size))
        writer.close()
        await writer.wait_closed()
    finally:
        await host.stop()

    assert Message("1210", {11: "000007", 24: "200", 39: "904"}) == answer
    assert ["refused"] == [event.kind for event in told]
    assert "1200: 1993 is spoken here for echo, sign-on and sign-off alone" in told[0].text
