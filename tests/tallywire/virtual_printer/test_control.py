"""Lines that a person types at a running printer."""

from __future__ import annotations

import pytest

from tallywire.virtual_printer import control_line
from tests.tallywire.virtual_printer.hosts import printer

CONTROLS = [
    ("paper 50", "ready, 50 lines of paper, 0 slips"),
    ("paper 0", "no paper, 0 lines of paper, 0 slips"),
    ("paper many", "paper takes a number of lines, not 'many'"),
    ("cover open", "cover open, 1000 lines of paper, 0 slips"),
    ("cover", "cover open, or cover close"),
    ("offline", "off line, 1000 lines of paper, 0 slips"),
    ("off", "switched off, ready, 1000 lines of paper, 0 slips"),
    ("fault offline near-end", "off line, paper near end, 1000 lines of paper, 0 slips"),
    ("fault none", "ready, 1000 lines of paper, 0 slips"),
    ("status", "ready, 1000 lines of paper, 0 slips"),
    ("tear", "ready, 1000 lines of paper, 0 slips"),
    ("", ""),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("line", "answer"), CONTROLS)
async def test_control_line_does_what_it_says(line: str, answer: str) -> None:
    """A person's hands, typed."""
    async with printer() as device:
        assert answer == await control_line(device, line)


@pytest.mark.asyncio
@pytest.mark.parametrize("line", ["dance", "fault dance", "fault slow=x", "help"])
async def test_control_line_never_raises(line: str) -> None:
    """A typing error gets an answer."""
    async with printer() as device:
        assert "" != await control_line(device, line)


@pytest.mark.asyncio
async def test_control_lines_undo_each_other() -> None:
    """Cover, panel and power have two positions."""
    async with printer() as device:
        for line in ("cover open", "offline", "off", "on", "cover close", "online"):
            await control_line(device, line)

        assert "ready, 1000 lines of paper, 0 slips" == await control_line(device, "status")
