from __future__ import annotations

import pytest

from acquirer_sim.aio.committer import Job, Outcome
from acquirer_sim.aio.host import Host
from acquirer_sim.aio.meter import WAITING_MAX, Meter
from acquirer_sim.aio.running import Start
from acquirer_sim.errors import LedgerError
from acquirer_sim.faults import load_faults
from tests.acquirer_sim.aio.terminals import ask, hosting, port_of, speaking
from tests.acquirer_sim.asking import purchase, sign_on


def figures(meter: Meter) -> dict[str, float]:
    lines = meter.exposition().decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


class Clock:
    """Goes on by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def metered(host: Host) -> tuple[Meter, Clock]:
    clock = Clock()
    return Meter(host, clock), clock


@pytest.mark.asyncio
async def test_request_is_timed_from_arrival_to_its_committed_answer() -> None:
    async with hosting(Start(port=0)) as host:
        meter, clock = metered(host)
        request = purchase(1)
        meter.asked(request, "0200")
        clock.now_s = 0.004
        meter.decided(
            Outcome([Job(request, None)], (), LedgerError("The disk is full.", "Make room."), 0.003)
        )

    found = figures(meter)
    assert 1 == found['tallywire_requests_total{code="none",mti="0200"}']
    assert 0 == found['tallywire_request_seconds_bucket{le="0.002",mti="0200"}']
    assert 1 == found['tallywire_request_seconds_bucket{le="0.005",mti="0200"}']
    assert 0.003 == found["tallywire_commit_seconds_sum"]


@pytest.mark.asyncio
async def test_request_put_twice_by_a_fault_is_counted_once() -> None:
    """N18; and what is answered at once is counted like all others."""
    plan = load_faults('[[fault]]\nkind = "repeat_request"', "faults")
    async with hosting(Start(port=0, faults=plan)) as host, speaking(port_of(host)) as client:
        meter, _ = metered(host)
        await ask(client, purchase(1))
        await ask(client, sign_on())

    found = figures(meter)
    assert 1 == found['tallywire_requests_total{code="00",mti="0200"}']
    assert 1 == found['tallywire_requests_total{code="00",mti="0800"}']


@pytest.mark.asyncio
async def test_meter_forgets_the_oldest_when_faults_swallow_requests() -> None:
    """STYLE 8: what is never answered does not fill the memory."""
    async with hosting(Start(port=0)) as host:
        meter, _ = metered(host)
        requests = [purchase(1) for _ in range(WAITING_MAX + 1)]
        for request in requests:
            meter.asked(request, "0200")
        for request in requests:
            meter.answered(request, None)

    assert WAITING_MAX == figures(meter)['tallywire_requests_total{code="none",mti="0200"}']
