"""What the machines have in common: the shape of a transition, and the events of the world.

A machine is a table `(phase, kind of event) -> Transition` and one function `step`. The events
here are those that any machine may meet; each machine adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from terminal.effects import Effects
from terminal.errors import IllegalEvent


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a machine."""


@dataclass(frozen=True, slots=True)
class Connected(Event):
    """There is a link; nothing of the request has left."""


@dataclass(frozen=True, slots=True)
class ConnectFailed(Event):
    """No link could be made: the request was certainly not sent."""


@dataclass(frozen=True, slots=True)
class TakenBack(Event):
    """A person took it back, with a link there and nothing sent: certainly not sent."""


@dataclass(frozen=True, slots=True)
class NotSent(Event):
    """The link went away before the first byte: certainly not sent."""


@dataclass(frozen=True, slots=True)
class TimedOut(Event):
    """No answer came: deadline, reset or lost link. The outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Mismatched(Event):
    """An answer came that contradicts the request or cannot be read: it proves nothing.

    `forged` when it is its MAC that is wrong.
    """

    problem: str
    forged: bool = False


@dataclass(frozen=True, slots=True)
class CommitFailed(Event):
    """The disk refused the commit of the step before; `code` is L40, L41 or L42."""

    code: str


@dataclass(frozen=True, slots=True)
class PowerOn(Event):
    """The terminal starts and finds this on disk."""


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """Where an event leads, and what is to be done: `act(state, event)` gives data and effects.

    `act` never sets the phase; `step` does, from `to`.
    """

    to: Enum
    act: Callable[[S, Any], tuple[S, Effects]]


def find(
    table: Mapping[tuple[Any, type[Event]], Transition[S]], machine: str, phase: Enum, event: Event
) -> Transition[S]:
    """Return the row for this event. Raises IllegalEvent when the state does not know it."""
    row = table.get((phase, type(event)))
    if row is None:
        raise IllegalEvent(machine, phase.name, type(event).__name__)
    return row


def stay_silent(state: S, event: Event) -> tuple[S, Effects]:
    """Do nothing: the phase alone changes, or nothing does."""
    return state, ()
