"""Real processes for tests: an acquirer, a terminal that serves, and their ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tallywire.demo.children import Child, Line

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 180


def tallywire(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tallywire", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )


class Crew:
    """The children of one test, in one folder; `said` is every line that they wrote."""

    def __init__(self, folder: Path, group: asyncio.TaskGroup) -> None:
        self.folder = folder
        self.ledger = folder / "acquirer.db"
        self.data = folder / "terminal"
        self.address = ""
        self.said: list[Line] = []
        self._group = group
        self._children: list[Child] = []

    async def acquirer(self, *options: str) -> Child:
        listen = self.address or "127.0.0.1:0"
        child = await self._start(
            "acquirer", "--listen", listen, "--ledger", f"sqlite:{self.ledger}", "--json", *options
        )
        await child.listening()
        self.address = child.address
        return child

    async def printer(self, *options: str) -> Child:
        child = await self._start(
            "printer", "--listen", "127.0.0.1:0", "--json", "--control", *options
        )
        await child.listening()
        return child

    async def terminal(self, settings: str = "", printer: str = "none:") -> Child:
        config = self.folder / "terminal.toml"
        config.write_text(settings, "utf-8")
        options = ("--data", str(self.data), "--config", str(config), "--printer", printer)
        return await self._start("terminal", *options, "--acquirer", self.address, "serve")

    async def _start(self, name: str, *arguments: str) -> Child:
        log = self.folder / f"{name}.log"
        child = await Child.start(
            name, name, *arguments, log=log, group=self._group, watch=self.said.append
        )
        self._children.append(child)
        return child

    async def stop(self) -> None:
        for child in reversed(self._children):
            await child.stop()


@asynccontextmanager
async def crew(folder: Path) -> AsyncIterator[Crew]:
    """Start nothing yet; stop everything at the end."""
    async with asyncio.TaskGroup() as group:
        hands = Crew(folder, group)
        try:
            yield hands
        finally:
            await hands.stop()
