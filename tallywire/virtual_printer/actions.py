"""What the interpreter asks the printer's mechanics and its reply line to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tallywire.virtual_printer.paper import Mark


class Cut(Enum):
    """How far the knife goes; either way the slip is off."""

    FULL = "full"
    PARTIAL = "partial"


class Sensor(Enum):
    """What GS r asks for, in buffer order."""

    PAPER = "paper"
    DRAWER = "drawer"


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """GS ( H function 48: echo this process ID; all before it is on paper."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes that do not depend on the printer's condition (GS I)."""

    reply: bytes


@dataclass(frozen=True, slots=True)
class StatusBack:
    """GS a: which changes shall be told by themselves; 0 for none."""

    mask: int


class OfflineBack(Enum):
    """GS ( H function 49: whether going offline is told as a response, and with its cause."""

    OFF = 0
    BARE = 1
    WITH_CAUSE = 2


@dataclass(frozen=True, slots=True)
class Strange:
    """A command nobody knows: counted and logged."""

    prefix: bytes


Action = Mark | Cut | Sensor | Acknowledge | Answer | StatusBack | OfflineBack | Strange
