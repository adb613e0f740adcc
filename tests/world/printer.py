"""A printer that jams, runs dry, falls silent and speaks up late; and the pile of what came out.

The `Roll` is the machine on the counter: it outlives the terminal's power cuts. `WorldPrinter` is
the door of one terminal process to it. What a sheet is, is laid out by the product; what came out
of it, and how much, is counted here.
"""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass, field
from typing import Final

from terminal.aio.printers import Printable, Readiness, Sheet
from terminal.documents import CopyKind, Document
from terminal.layout import lay_out, render_text
from terminal.paper import PAPER_58_MM, Marks, Paper
from terminal.printer_status import Cause
from terminal.printing import Confirmed, Failed, Interrupted, NothingSent, Result, Unconfirmed
from tests.world import auditor_paper
from tests.world.choices import Weather
from tests.world.clock import VirtualLoop
from tests.world.power import Process

READY: Final = "ready"
PREFLIGHTS: Final = (READY, "out of paper", "unreachable")
FATES: Final = (
    "prints",
    "takes nothing",
    "jams inside",
    "reset inside",
    "swallows all",
    "prints, says nothing",
    "prints, says so late",
    "power cut inside",
)
PRINTING_S: Final = 1.0
REPAIR_S: Final = 60.0


@dataclass
class Roll:
    """The printer itself: its pile of sheets, and what is wrong with it just now."""

    loop: VirtualLoop
    weather: Weather
    sheets: list[auditor_paper.Sheet] = field(default_factory=list)
    cause: Cause | None = None
    late: list[bytes] = field(default_factory=list)
    unfinished: tuple[auditor_paper.Sheet, bytes] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def put_out(self, text: str, lines_out: int) -> None:
        """Let the first lines of a sheet come out."""
        self.sheets.append(auditor_paper.Sheet(self.loop.time(), text, lines_out))

    def break_down(self, cause: Cause) -> None:
        """Stop working until somebody comes to repair it."""
        self.cause = cause
        self.loop.call_later(REPAIR_S, self.repair)

    def repair(self) -> None:
        """Load paper; what was in the buffer comes out now, and is confirmed (P9)."""
        self.cause = None
        if self.unfinished is not None:
            half, process_id = self.unfinished
            place = self.sheets.index(half)
            lines = half.text.count("\n")
            self.sheets[place] = auditor_paper.Sheet(half.at_s, half.text, lines)
            self.late.append(process_id)
            self.unfinished = None
        self.news.set()


class WorldPrinter:
    """The terminal's `Printer` port on a roll."""

    def __init__(self, roll: Roll, process: Process) -> None:
        self._roll = roll
        self._process = process

    @property
    def name(self) -> str:
        """See Printer."""
        return "world:"

    @property
    def paper(self) -> Paper:
        """See Printer."""
        return PAPER_58_MM

    async def preflight(self) -> Readiness:
        """See Printer."""
        await self._pass(0.1)
        roll = self._roll
        if roll.cause is None:
            match roll.weather.choose("preflight", PREFLIGHTS):
                case "out of paper":
                    roll.break_down(Cause.PAPER_OUT)
                case "unreachable":
                    roll.break_down(Cause.UNREACHABLE)
        return Readiness(roll.cause)

    async def send(self, sheet: Printable) -> Result:
        """See Printer."""
        self._process.check()
        assert isinstance(sheet, Sheet), "scenarios print documents only"
        text = _draw(sheet.document, sheet.copy, sheet.marks)
        roll = self._roll
        fate = roll.weather.choose("print", FATES)
        if fate == "takes nothing":
            roll.break_down(Cause.UNREACHABLE)
            return NothingSent(Cause.UNREACHABLE)
        if fate in ("jams inside", "reset inside", "power cut inside"):
            roll.put_out(text, text.count("\n") // 2)
        elif fate != "swallows all":
            roll.put_out(text, text.count("\n"))
        if fate == "power cut inside":
            self._process.cut()
        if fate == "jams inside":
            roll.unfinished = (roll.sheets[-1], sheet.process_id)
            roll.break_down(Cause.PAPER_OUT)
        if fate == "prints, says so late":
            roll.loop.call_later(REPAIR_S, self._say_late, sheet.process_id)
        await self._pass(PRINTING_S)
        return _RESULTS[fate]

    def _say_late(self, process_id: bytes) -> None:
        self._roll.late.append(process_id)
        self._roll.news.set()

    async def changed(self) -> None:
        """See Printer."""
        self._process.check()
        await self._roll.news.wait()
        self._process.check()
        self._roll.news.clear()

    def take_late(self) -> list[bytes]:
        """See Printer."""
        self._process.check()
        late, self._roll.late = self._roll.late, []
        return late

    async def close(self) -> None:
        """See Printer."""

    async def _pass(self, seconds: float) -> None:
        self._process.check()
        await asyncio.sleep(seconds)
        self._process.check()


@functools.lru_cache(maxsize=1000)
def _draw(document: Document, copy: CopyKind, marks: Marks) -> str:
    """Lay out a sheet as the product does; most runs print the same ones."""
    return render_text(lay_out(document, copy, marks=marks), PAPER_58_MM.columns)


_RESULTS: Final[dict[str, Result]] = {
    "prints": Confirmed(),
    "jams inside": Failed(Cause.PAPER_OUT),
    "reset inside": Interrupted(),
    "swallows all": Unconfirmed(),
    "prints, says nothing": Unconfirmed(),
    "prints, says so late": Interrupted(),
}
