"""Somebody else's terminal against our acquirer: only the standard joins them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acquirer_sim.aio.running import Start, start_host
from tests.foreign.speech import Fields, hear, read_frame, say

WHO = {41: "STRANGER", 42: "MERCHANT0000009"}
WHEN = {7: "1120032201", 12: "112201", 13: "1120"}


class Stranger:
    """A blocking client of the oldest kind: one request, one reply."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer

    def ask(self, mti: str, fields: Fields) -> tuple[str, Fields]:
        self._peer.sendall(say(mti, {**WHO, **WHEN, **fields}))
        return hear(read_frame(self._peer))


@contextmanager
def stranger(port: int) -> Iterator[Stranger]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        yield Stranger(peer)


def sale(stan: str, minor: int) -> Fields:
    return {
        **{2: "4111111111111111", 3: "000000", 4: f"{minor:012d}", 11: stan, 14: "2912"},
        **{22: "012", 25: "00", 49: "156", 60: "000001"},
    }


def settlement(stan: str, count: int, minor: int) -> Fields:
    zeros = {74: "0" * 10, 75: "0" * 10, 77: "0" * 10, 86: "0" * 16, 87: "0" * 16, 89: "0" * 16}
    figures = {76: f"{count:010d}", 88: f"{minor:016d}", 97: f"D{minor:016d}"}
    return {11: stan, 15: "1120", 50: "156", 60: "000001", 99: "0", **zeros, **figures}


def live_a_day(port: int) -> None:
    with stranger(port) as one:
        mti, reply = one.ask("0800", {11: "000001", 60: "000001", 70: "001"})
        assert ("0810", "00", "000001") == (mti, reply[39], reply[60])

        mti, reply = one.ask("0200", sale("000002", 1250))
        assert ("0210", "00", "000000001250", "000002") == (mti, reply[39], reply[4], reply[11])
        assert reply == one.ask("0200", sale("000002", 1250))[1]  # the same, from its record
        assert "94" == one.ask("0200", sale("000002", 9999))[1][39]
        assert "51" == one.ask("0200", sale("000003", 100_051))[1][39]

        assert "00" == one.ask("0200", sale("000004", 700))[1][39]
        undo = {key: value for key, value in sale("000004", 700).items() if key != 14}
        undo |= {39: "98", 90: "0200" + "000004" + WHEN[7] + "0" * 22}
        assert ("0410", "00") == _code(one.ask("0400", undo))
        assert ("0410", "00") == _code(one.ask("0401", undo))

        mti, reply = one.ask("0500", settlement("000005", 1, 1250))
        assert ("0510", "1", "0000000001", "0000000000001250") == (
            mti,
            reply[66],
            reply[76],
            reply[88],
        )
        assert reply == one.ask("0501", settlement("000005", 1, 1250))[1]
        assert "77" == one.ask("0200", sale("000006", 100))[1][39]


def _code(answer: tuple[str, Fields]) -> tuple[str, str]:
    return answer[0], answer[1][39]


@pytest.mark.asyncio
async def test_foreign_terminal_lives_a_day() -> None:
    """Idempotent replies, decline, reversal and its repeat, settlement and its repeat, H5."""
    host = await start_host(Start(port=0), on_event=lambda event: None)
    try:
        _, port = host.server.addresses[0]
        await asyncio.to_thread(live_a_day, port)
    finally:
        await host.stop()
