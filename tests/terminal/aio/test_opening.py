"""A terminal on a data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from terminal.errors import InUse, StoreError, WrongKey


async def nobody(
    factory: Callable[[], asyncio.Protocol],
) -> tuple[asyncio.Transport, asyncio.Protocol]:
    raise ConnectionRefusedError


@pytest.mark.asyncio
async def test_data_directory_is_one_processs_at_a_time(tmp_path: Path) -> None:
    """The second is refused; after the first there is room again."""
    printers = [open_printer("none:")]
    async with open_terminal(tmp_path / "new", Settings(), nobody, printers) as terminal:
        assert (await terminal.status()).mode == "NEEDS_SIGNON"
        with pytest.raises(InUse):
            async with open_terminal(tmp_path / "new", Settings(), nobody, printers):
                pass

    async with open_terminal(tmp_path / "new", Settings(), nobody, printers) as terminal:
        assert (await terminal.sign_on()).code == "L20"


@pytest.mark.asyncio
async def test_wrong_key_refuses_to_start(tmp_path: Path) -> None:
    """REQ 000-17."""
    async with open_terminal(tmp_path, Settings(), nobody, [open_printer("none:")]):
        pass
    (tmp_path / "terminal.key").write_text("00" * 32)

    with pytest.raises(WrongKey):
        async with open_terminal(tmp_path, Settings(), nobody, [open_printer("none:")]):
            pass


@pytest.mark.asyncio
async def test_data_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be made"):
        async with open_terminal(tmp_path / "file", Settings(), nobody, [open_printer("none:")]):
            pass
