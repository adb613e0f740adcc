"""Time that passes only when nobody has anything to do."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tallywire.scenarios.patient_loop import PatientLoop, PatientSelector


def test_hours_pass_in_no_time_when_all_is_quiet() -> None:
    async def main() -> None:
        async with asyncio.timeout(7200.0):
            await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        with pytest.raises(TimeoutError):
            runner.run(main())
        assert runner.get_loop().time() == 7200.0


def test_no_timer_rings_while_a_thread_works() -> None:
    """A slow disk makes nothing late: the thread's word comes before the deadline."""

    def work(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        assert sum(range(3_000_000))
        loop.call_soon_threadsafe(done.set)

    async def main() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        worker = threading.Thread(target=work, args=(loop, done))
        worker.start()
        async with asyncio.timeout(0.001):
            await done.wait()
        worker.join()

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        runner.run(main())


def test_thread_that_never_ends_is_not_waited_for_without_end() -> None:
    ticks = iter(range(0, 1000, 11))
    selector = PatientSelector(lambda: float(next(ticks)))

    assert [] == selector.select(5.0)
    assert selector.now_s == 5.0
    selector.close()
