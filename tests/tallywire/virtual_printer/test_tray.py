"""Slips on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tallywire.virtual_printer.hosts import CUT, client, echo, printer, process

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
