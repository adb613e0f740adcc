"""The in-memory wire: order, faults, and death of one end."""

from __future__ import annotations

import asyncio

import pytest

from tests.world.choices import Scripted
from tests.world.clock import VirtualLoop, run_virtual
from tests.world.power import PowerLost, Process
from tests.world.wire import REQUEST_FATES, Wire


class Ear(asyncio.Protocol):
    """Remembers what it heard; echoes when it serves."""

    def __init__(self, *, serves: bool = False) -> None:
        self.heard: list[bytes] = []
        self.lost: list[Exception | None] = []
        self.transport: asyncio.Transport | None = None
        self.serves = serves

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        if self.serves and self.transport is not None:
            self.transport.write(data.upper())

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


def _converse(script: dict[int, int], *, segment: int = 0) -> tuple[Ear, Ear]:
    near, far = Ear(), Ear(serves=True)

    async def start(loop: VirtualLoop) -> None:
        wire = Wire(loop, Scripted(script), lambda data: [data], segment=segment)
        wire.listen(lambda: far, Process("host", loop))
        transport, _ = await wire.open("t", lambda: near)
        transport.write(b"one")
        await asyncio.sleep(1)
        transport.write(b"two")
        await asyncio.sleep(1000)

    run_virtual(start)
    return near, far


def _fate(name: str) -> int:
    return REQUEST_FATES.index(name)


def test_wire_carries_both_ways_in_order() -> None:
    """Fair weather: what goes in comes out."""
    near, far = _converse({})

    assert (far.heard, near.heard) == ([b"one", b"two"], [b"ONE", b"TWO"])


def test_wire_splits_into_single_bytes_and_keeps_their_order() -> None:
    """Fault N10: a stream has no message borders."""
    near, far = _converse({}, segment=1)

    assert (b"".join(far.heard), len(far.heard)) == (b"onetwo", 6)
    assert b"".join(near.heard) == b"ONETWO"


@pytest.mark.parametrize(
    ("fate", "heard_far", "heard_near"),
    [
        ("lose", [b"two"], [b"TWO"]),
        ("twice", [b"one", b"one", b"two"], [b"ONE", b"ONE", b"TWO"]),
        ("late", [b"one", b"two"], [b"ONE", b"TWO"]),
        ("reset before", [], []),
        ("reset inside", [b"o"], []),
        ("reset after", [b"one"], []),
        ("mute", [], []),
    ],
)
def test_wire_does_to_a_request_what_the_weather_says(
    fate: str, heard_far: list[bytes], heard_near: list[bytes]
) -> None:
    """Faults N3, N5, N7, N18: the first request meets each fate."""
    near, far = _converse({1: _fate(fate)})

    assert (far.heard, near.heard) == (heard_far, heard_near)
    assert bool(near.lost) == fate.startswith("reset")


def test_a_dead_process_hears_nothing_and_says_nothing() -> None:
    """When the power is gone every door is dead, whatever the handlers try."""
    near, far = Ear(), Ear()

    async def start(loop: VirtualLoop) -> list[str]:
        wire = Wire(loop, Scripted({}), lambda data: [data])
        wire.listen(lambda: far, Process("host", loop))
        process = Process("terminal", loop)

        async def stubborn() -> None:
            transport, _ = await wire.open("t", lambda: near)
            try:
                await asyncio.Event().wait()
            finally:
                transport.write(b"last words")

        task = asyncio.ensure_future(process.perform(stubborn()))
        await asyncio.sleep(1)
        process.kill()
        with pytest.raises(PowerLost):
            await task
        await asyncio.sleep(1)
        return await process.buried()

    assert run_virtual(start) == []
    assert far.heard == []
    assert isinstance(far.lost[0], ConnectionResetError)
