"""Sends what is to be undone: every reversal, in order, oldest first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from protocol.operations import Operation, ReversalReply
from terminal.aio.desk import Desk
from terminal.aio.performer import Machine
from terminal.facts import Fact
from terminal.machine import Event, Mismatched, PowerOn
from terminal.papers import fault_papers
from terminal.reversal import Attempt, Retried, Reversal, ReversalPhase, judge, step

BACKOFF_DOUBLINGS_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class Reverser:
    """Runs the reversal machine over what the books say is to be undone.

    `prepare` comes before each try: a reversal under keys that the host does not know is no try.
    """

    desk: Desk
    prepare: Callable[[], Awaitable[None]]

    async def flush(self, *, tries_max: int) -> None:
        """Try each pending reversal up to `tries_max` times now, with back-off between."""
        machine = Machine("reversal", step, self._judge)
        for found in await self.desk.books.reversals():
            state = await self.desk.performer.run(machine, found, PowerOn())
            if state.phase is ReversalPhase.MANUAL:
                continue
            if not await self._undo(machine, state, tries_max):
                return

    async def retry_manual(self) -> None:
        """Give what is MANUAL another round of tries, because a person said so."""
        machine = Machine("reversal", step, self._judge)
        for found in await self.desk.books.reversals():
            if found.phase is ReversalPhase.MANUAL:
                await self.desk.performer.run(machine, found, Retried())

    async def _undo(self, machine: Machine[Reversal], state: Reversal, tries_max: int) -> bool:
        """Return False when there is no connection: the others would fare no better."""
        for number in range(tries_max):
            if number:
                await asyncio.sleep(self._pause_s(number))
            await self.prepare()
            sends = state.sends
            ready = replace(state, fault_papers=await self._fault_papers(state))
            state = await self.desk.performer.run(machine, ready, Attempt())
            if state.phase is not ReversalPhase.PENDING:
                return True
            if state.sends == sends:
                return False
        return True

    def _pause_s(self, number: int) -> float:
        first_s = self.desk.settings.timing.reversal_backoff_s
        return float(first_s * 2 ** min(number - 1, BACKOFF_DOUBLINGS_MAX))

    async def _fault_papers(self, state: Reversal) -> tuple[Fact, ...]:
        """Return the fault slip for the case that this is the last try; one for each payment."""
        document_id = f"F{state.key}"
        if await self.desk.archive.snapshot(document_id) is not None:
            return ()
        return fault_papers(
            state.request,
            settings=self.desk.settings,
            at=self.desk.local_now(),
            head=await self.desk.archive.chain_head(),
        )

    async def _judge(self, state: Reversal, reply: Operation) -> Event:
        if not isinstance(reply, ReversalReply):
            return Mismatched("the reply is of another kind")
        return judge(state, reply)
