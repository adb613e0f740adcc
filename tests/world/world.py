"""A whole world: shop, wire, acquirer, weather; and its judgement when the weather is clear."""

from __future__ import annotations

import asyncio
from typing import Final

from acquirer_sim.faults import FaultKind, FaultPlan
from terminal.results import Status
from tests.world.auditor_books import audit_books
from tests.world.auditor_flows import audit_flows
from tests.world.auditor_paper import audit_paper
from tests.world.auditor_questions import audit_questions
from tests.world.auditor_wire import Heard, audit_wire
from tests.world.books import read_host, read_suspense, read_terminal
from tests.world.choices import Weather
from tests.world.clock import VirtualLoop
from tests.world.dialect import tongue_of
from tests.world.host import HostStation
from tests.world.morning import Morning
from tests.world.till import Till
from tests.world.wire import Wire, whole

CARDS: Final = ("4111111111111111", "5555555555554444", "6200000000000005")
LATE_S: Final = 45.0
"""After the deadlines of `till.TIMING`, well before the world ends."""

BROKEN: Final = frozenset(
    {
        FaultKind.RESET_REPLY,
        FaultKind.SPLIT_REPLY,
        FaultKind.SLOW_REPLY,
        FaultKind.WRONG_LENGTH,
        FaultKind.GARBAGE_REPLY,
        FaultKind.BAD_TOTALS,
    }
)
"""Faults after which the host writes what is no frame, or no message."""

QUIET_S: Final = 400.0
CLEARING_ROUNDS_MAX: Final = 12


def split_frames(data: bytes) -> list[bytes]:
    """Cut what one side wrote into its frames: two bytes of length before each."""
    frames, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        frames.append(data[at:end])
        at = end
    return frames


def _at_rest(status: Status) -> bool:
    owed = status.reversals_pending or status.advices_waiting
    return status.settlement == "open" and not owed


class World:
    """Everything there is. `problems` collects what must not be, in words."""

    def __init__(
        self,
        loop: VirtualLoop,
        weather: Weather,
        morning: Morning,
        faults: FaultPlan | None = None,
        salt: int = 0,
    ) -> None:
        loop.begin_at(morning.begin_s)
        self.loop = loop
        self.weather = weather
        self.salt = salt
        self.problems: list[str] = []
        self.breaks_replies = faults is not None and any(one.kind in BROKEN for one in faults.fault)
        self.tongue = tongue_of(morning.dialect)
        self.wire = Wire(loop, weather, split_frames, late_s=LATE_S, tongue=self.tongue)
        self.host = HostStation(loop, self.wire, weather, image=morning.ledger, faults=faults)
        self.tills = [
            Till(self, number, image, chance=number + int(morning.begin_s))
            for number, image in enumerate(morning.terminals, 1)
        ]
        self.host.start()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def clear_up(self) -> None:
        """Let the weather clear for good, and everybody finish what is unfinished."""
        self.weather.fair = True
        await self.sleep(QUIET_S)
        for till in self.tills:
            await self._finish(till)
        await self.sleep(QUIET_S)

    async def _finish(self, till: Till) -> None:
        for _ in range(CLEARING_ROUNDS_MAX):
            status = await till.do(lambda terminal: terminal.recover(retry_manual=True))
            await till.do(lambda terminal: terminal.paperwork.print_waiting())
            if status is not None and _at_rest(status):
                return
            if status is not None and status.settlement != "open":
                await till.do(lambda terminal: terminal.settle())
            await self.sleep(QUIET_S)
        self.problems.append(f"liveness: {till.name} does not come to rest: {status}")

    async def judge(self) -> None:
        """Compare everything with everything. Call it in clear weather."""
        heard = self.heard()
        self.problems += audit_wire(heard) + audit_questions(heard)
        for till in self.tills:
            books = read_terminal(till.platter)
            ledger = read_host(self.host.platter, books.terminal)
            self.problems += audit_books(books, ledger)
            self.problems += audit_flows(books, ledger)
            self.problems += audit_paper(till.roll.sheets, books)
            self._check_papers_settled(till)
            self._check_parts_taken(till)
        self.problems += [f"H10: adjustment {line}" for line in read_suspense(self.host.platter)]
        self.problems += [f"complaint: {text}" for text in self.loop.complaints]

    async def verify(self) -> None:
        """Rebuild every terminal's tables from its entries, and search for card numbers."""
        for till in self.tills:
            for difference in await till.do(lambda terminal: terminal.verify()) or ():
                self.problems.append(f"verify: {difference}")
        self._search_card_numbers()

    def heard(self) -> list[Heard]:
        """Return every frame that was sent, decoded by the reference codec.

        A host told to break its replies writes what is no message: that says nothing to anybody.
        """
        seen = self.wire.seen
        if self.breaks_replies:
            seen = whole(seen, self.tongue.reads)
        renumbers = any(till.settings.new_stan_on_repeat for till in self.tills)
        plain = self.tongue.plain([one.frame for one in seen], renumbers=renumbers)
        return [
            Heard(one.at_s, one.upstream, message, one.fate)
            for one, message in zip(seen, plain, strict=True)
        ]

    def _check_papers_settled(self, till: Till) -> None:
        """With a printer that works, nothing that certainly never came out still waits."""
        sql = "SELECT job_id FROM print_job WHERE state IN ('QUEUED', 'FAILED_CLEAN')"
        for (job,) in till.platter.query(sql):
            self.problems.append(f"liveness: {job} waits though the printer works")

    def _check_parts_taken(self, till: Till) -> None:
        """A part stands for the whole where a person said so, and nowhere else."""
        sql = "SELECT stan FROM payment WHERE phase = 'approved' AND code = '10'"
        stands = till.platter.query(sql)
        if len(stands) > till.parts_taken:
            self.problems.append(f"P: {stands} stand in part, {till.parts_taken} were taken")

    def _search_card_numbers(self) -> None:
        """I7: no card number in clear on any disk, on paper, in what people are told."""
        texts = [self.host.platter.dump()]
        for till in self.tills:
            texts += [till.platter.dump(), repr(till.notices)]
        for text in texts:
            for card in CARDS:
                if card in text or card.encode().hex().upper() in text:
                    self.problems.append(f"I7: a card number ending {card[-4:]} lies in clear")

    def trace(self) -> str:
        """Return everything that was seen, for the digest of the run."""
        lines = [
            f"{s.at_s:.6f} {s.link} {s.upstream} {s.fate} {s.frame.hex()}" for s in self.wire.seen
        ]
        lines += [f"{a.point}: {a.options[a.taken]}" for a in self.weather.asked]
        for till in self.tills:
            lines += [repr(notice) for notice in till.notices]
            lines += [f"{sheet.at_s:.6f} {sheet.text}" for sheet in till.roll.sheets]
            lines.append(till.platter.dump())
        lines.append(self.host.platter.dump())
        return "\n".join(lines)

    def close(self) -> None:
        """Throw the world away."""
        self.host.platter.close()
        for till in self.tills:
            till.platter.close()
