"""The demo's stage: a fresh folder, three children in it, and the faults they will meet."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tallywire.day import Day
from tallywire.demo.children import Child, Line
from tallywire.exits import Ending, Exit

LOST_REPLY_MINOR: Final = 8_888
"""The amount whose answer the host will lose."""

ROLL_LINES: Final = "60000"
"""One roll for the whole day, until someone takes it out."""

MARKER: Final = ".tallywire-demo"

FAULTS: Final = f"""\
# Both answers are lost on the way back: the host has done what it was asked, nobody hears it.
[[fault]]
name = "the answer to the sale"
kind = "drop_reply"
mti = "0200"
minor = {LOST_REPLY_MINOR}

[[fault]]
name = "the answer to the first reversal"
kind = "drop_reply"
mti = "0400"

[[fault]]
name = "the answer to the settlement"
kind = "drop_reply"
mti = "0500"
"""

TERMINAL: Final = """\
merchant_name = "{name}"
currency = "{currency}"
time_zone = "{timezone}"

[timing]
reply_timeout_s = 0.8
reversal_timeout_s = 0.8
reversal_backoff_s = 0.2
settlement_timeout_s = 20.0
settlement_backoff_s = [0.2, 0.5]
"""


class Stage:
    """Folders and children of one performance. Use as an async context manager."""

    def __init__(self, out: Path, day: Day) -> None:
        self.out = out
        self.paper = out / "paper"
        self.logs = out / "logs"
        self.data = out / "terminal"
        self.ledger = out / "acquirer.db"
        self._day = day
        self._group = asyncio.TaskGroup()
        self._children: list[Child] = []
        self._addresses: dict[str, str] = {}

    async def __aenter__(self) -> Stage:
        """Make the folder anew; only one that an earlier demo left is replaced."""
        self._clear()
        for folder in (self.paper, self.logs, self.data):
            folder.mkdir(parents=True)
        (self.out / MARKER).touch()
        (self.out / "faults.toml").write_text(FAULTS, "utf-8")
        settings = TERMINAL.format(
            name=self._day.shop.name, currency=self._day.currency, timezone=self._day.timezone
        )
        (self.out / "terminal.toml").write_text(settings, "utf-8")
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        """Stop every child, last started first."""
        for child in reversed(self._children):
            await child.stop()
        await self._group.__aexit__(*raised)  # type: ignore[arg-type]  # passed on as it came, because the group knows its own signature

    def _clear(self) -> None:
        if not self.out.exists() or not any(self.out.iterdir()):
            return
        if not (self.out / MARKER).exists():
            sentence = f"{self.out} holds files that are not a demo's."
            raise Ending(Exit.REFUSED, sentence, "Name an empty or a new folder with --out.")
        shutil.rmtree(self.out)

    async def start_acquirer(self) -> Child:
        """Start the host with its ledger and the faults to come."""
        faults = str(self.out / "faults.toml")
        ledger = f"sqlite:{self.ledger}"
        return await self._listening(
            "acquirer", "--listen", "127.0.0.1:0", "--ledger", ledger, "--faults", faults
        )

    async def start_printer(self) -> Child:
        """Start the printer with a full roll."""
        out = str(self.paper)
        return await self._listening(
            "printer", "--listen", "127.0.0.1:0", "--paper", ROLL_LINES, "--control", "--out", out
        )

    async def start_terminal(self, watch: Callable[[Line], None]) -> Child:
        """Start the terminal; it recovers whatever it finds before it says that it is ready."""
        options = {
            "--data": str(self.data),
            "--config": str(self.out / "terminal.toml"),
            "--acquirer": self._addresses["acquirer"],
            "--printer": f"tcp://{self._addresses['printer']}",
        }
        words = [word for option in options.items() for word in option]
        return await self._start("terminal", *words, "serve", watch=watch)

    async def _listening(self, name: str, *arguments: str) -> Child:
        child = await self._start(name, *arguments, "--json")
        await child.listening()
        self._addresses[name] = child.address
        return child

    async def _start(
        self, name: str, *arguments: str, watch: Callable[[Line], None] = lambda line: None
    ) -> Child:
        child = await Child.start(
            name, name, *arguments, log=self.logs / f"{name}.log", group=self._group, watch=watch
        )
        self._children.append(child)
        return child
