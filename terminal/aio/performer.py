"""Performs what a machine wants, in its order, and tells the machine what came of it.

One loop for all machines: `step`, then its effects one by one. A commit that fails ends the
step: nothing that should follow it happens, and the machine hears `CommitFailed`. What the
network answers is the next event. One log line for each transition.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Protocol, TypeVar, assert_never

from protocol.aio.errors import NotConnected, Unanswered
from protocol.aio.errors import NotSent as NothingSent
from protocol.errors import LocalProtocolError
from protocol.operations import Operation
from terminal.aio.journal import Journal
from terminal.aio.line import ForgedReply, Line, UnreadableReply
from terminal.effects import (
    Commit,
    Connect,
    CrashPoint,
    Effect,
    Effects,
    Notice,
    Print,
    Send,
    Tell,
    in_order,
)
from terminal.errors import JournalError
from terminal.machine import (
    CommitFailed,
    Connected,
    ConnectFailed,
    Event,
    Mismatched,
    NotSent,
    TakenBack,
    TimedOut,
)

LOG = logging.getLogger("terminal")


class State(Protocol):
    """What every machine's state has."""

    @property
    def phase(self) -> Enum:
        """Return where it stands."""
        ...

    @property
    def key(self) -> str:
        """Return which one it is."""
        ...


S = TypeVar("S", bound=State)


def never() -> bool:
    """Stand for a person who takes nothing back."""
    return False


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """A machine as the performer sees it; `judge` makes an event of a reply.

    `taken_back` is asked once there is a link, for the last time before bytes may leave.
    """

    name: str
    step: Callable[[S, Event], tuple[S, Effects]]
    judge: Callable[[S, Operation], Awaitable[Event]]
    taken_back: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Doors:
    """Where effects go: disk, network, a person, paper.

    `paper_owed` notes that something waits for a printer; it must not wait itself. `reached` is
    told the name of each crash point as it is passed: a test cuts the power there.
    """

    journal: Journal
    line: Line
    tell: Callable[[Notice], None]
    paper_owed: Callable[[], None]
    reached: Callable[[CrashPoint], None]


class Performer:
    """Runs machines against the doors, one transition after the other."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def run(self, machine: Machine[S], state: S, event: Event) -> S:
        """Feed `event` and all that follows from it; return the state in which it comes to rest."""
        upcoming: Event | None = event
        while upcoming is not None:
            after, effects = machine.step(state, upcoming)
            assert in_order(effects), f"{machine.name}: effects out of order"
            LOG.info(
                "%s %s %s -> %s on %s",
                machine.name,
                state.key,
                state.phase.name,
                after.phase.name,
                type(upcoming).__name__,
            )
            state = after
            upcoming = await self._perform(machine, state, effects)
        return state

    async def _perform(self, machine: Machine[S], state: S, effects: Effects) -> Event | None:
        upcoming: Event | None = None
        for effect in effects:
            match effect:
                case Commit():
                    upcoming = await self._commit(effect)
                case Tell():
                    self._doors.tell(effect.notice)
                case Print():
                    self._doors.paper_owed()
                case Connect():
                    upcoming = await self._connect(machine)
                case Send():
                    upcoming = await self._send(machine, state, effect)
                case _:
                    assert_never(effect)
            if isinstance(upcoming, CommitFailed):
                break
            self._pass(effect)
        return upcoming

    def _pass(self, effect: Effect) -> None:
        if not isinstance(effect, Tell) and effect.after is not None:
            self._doors.reached(effect.after)

    async def _commit(self, effect: Commit) -> CommitFailed | None:
        try:
            await self._doors.journal.commit(effect.facts)
        except JournalError as error:
            LOG.error("commit failed: %s", error)
            return CommitFailed(error.code)
        return None

    async def _connect(self, machine: Machine[S]) -> Event:
        try:
            await self._doors.line.connect()
        except NotConnected as error:
            LOG.warning("no connection: %s", error)
            return ConnectFailed()
        return TakenBack() if machine.taken_back() else Connected()

    async def _send(self, machine: Machine[S], state: S, effect: Send) -> Event:
        try:
            reply = await self._doors.line.request(effect.request, effect.timeout_s)
        except NothingSent:
            return NotSent()
        except LocalProtocolError as error:
            # Our own bug, found before the first byte: certain, and worth a loud line.
            LOG.error("a request that cannot be said: %s", error)
            return NotSent()
        except Unanswered as error:
            LOG.warning("no answer: %s", error)
            return TimedOut()
        except UnreadableReply as error:
            return Mismatched(str(error), forged=isinstance(error, ForgedReply))
        try:
            return await machine.judge(state, reply)
        except JournalError as error:
            # An answer that cannot be worked on is as good as none: what is on disk decides.
            LOG.error("a reply that cannot be recorded: %s", error)
            return Mismatched(error.sentence)
