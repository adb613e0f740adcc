"""Slips on disk."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tallywire.virtual_printer import VirtualPrinter
from tallywire.virtual_printer.machine import BUFFER_SIZE
from tallywire.virtual_printer.tray import Tray
from tests.tallywire.virtual_printer.hosts import (
    CUT,
    PATIENCE_S,
    client,
    echo,
    printed,
    printer,
    process,
)

PROCESS = process("ab12")
ECHO = echo("ab12")


@pytest.mark.asyncio
async def test_slips_lie_in_the_tray_as_picture_and_text(tmp_path: Path) -> None:
    """REQ 003-04: numbered on from what is there, the torn one too."""
    (tmp_path / "0007.png").write_bytes(b"kept")
    async with printer(out_dir=tmp_path) as device, client(device) as host:
        host.writer.write("\x1c&金额 12.00\n".encode("gb18030") + CUT + b"torn\n" + PROCESS)
        await host.read(len(ECHO))

    names = sorted(os.listdir(tmp_path))
    assert ["0007.png", "0008.png", "0008.txt", "0009.png", "0009.txt"] == names
    assert "金额 12.00\n" == (tmp_path / "0008.txt").read_text(encoding="utf-8")
    assert (tmp_path / "0009.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.asyncio
async def test_printer_reads_no_more_while_too_many_slips_wait(tmp_path: Path) -> None:
    """The drawing is slower than a host: it sets the pace, and every slip is drawn."""
    device = VirtualPrinter(out_dir=tmp_path, undrawn_max=1)
    await device.start()
    rooms = [device.room]
    device.receive(b"a\n" + CUT)
    rooms.append(device.room)
    async with client(device) as host:
        for _ in range(2):
            host.writer.write(b"a\n" + CUT + b"\x10\x04\x01")
            await host.read(1)
    await device.stop()

    assert [BUFFER_SIZE, 0] == rooms
    assert 3 == len(device.printed)
    assert 6 == len(os.listdir(tmp_path))


@pytest.mark.asyncio
async def test_tray_is_full_until_a_slip_is_written(tmp_path: Path) -> None:
    """What the printer asks before it reads on, and the call that tells it to."""
    room = asyncio.Event()
    tray = Tray(tmp_path, waiting_max=2)
    tray.open(room.set)
    tray.put(printed(b"a\n"))
    half = tray.full
    tray.put(printed(b"b\n"))
    full = tray.full

    async with asyncio.timeout(PATIENCE_S):
        await room.wait()

    assert (False, True, False) == (half, full, tray.full)
    await tray.close()
