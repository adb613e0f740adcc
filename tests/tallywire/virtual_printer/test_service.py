"""The printer as a process."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tallywire.virtual_printer import VirtualPrinter, run_printer
from tests.tallywire.virtual_printer.hosts import CUT, client, echo, process


@pytest.mark.asyncio
async def test_run_printer_serves_until_it_is_cancelled(tmp_path: Path) -> None:
    """The process: ready is told once, what hangs out at the end is kept."""
    ready: asyncio.Future[VirtualPrinter] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_printer(("127.0.0.1", 0), 100, tmp_path, ready.set_result))
        device = await ready
        async with client(device) as host:
            host.writer.write(b"torn\n\x10\x04\x01")
            await host.read(1)
        running.cancel()

    assert "torn\n" == (tmp_path / "0001.txt").read_text(encoding="utf-8")
    assert not device.powered


@pytest.mark.asyncio
async def test_signal_puts_a_new_roll_in() -> None:
    """`kill -USR1` from another shell: the job that waited is finished."""
    ready: asyncio.Future[VirtualPrinter] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_printer(("127.0.0.1", 0), 0, None, ready.set_result))
        device = await ready
        async with client(device) as host:
            host.writer.write(b"late\n" + CUT + process("ab12"))
            os.kill(os.getpid(), signal.SIGUSR1)

            assert echo("ab12") == await host.read(len(echo("ab12")))
        running.cancel()

    assert [("late",)] == [slip.lines for slip in device.printed]
