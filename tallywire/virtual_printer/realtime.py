"""Real-time commands, found in the stream as it arrives.

A printer obeys DLE EOT, DLE ENQ and DLE DC4 the moment they come in, even when its buffer waits
for paper, and even inside the data of a picture: it does not know better, and neither does this.
The bytes stay in the stream, where the tokenizer passes over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

DLE: Final = 0x10
CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


class Urgent(Enum):
    """What a real-time command wants."""

    STATUS = "DLE EOT"
    RECOVER = "DLE ENQ 1"
    RECOVER_AND_CLEAR = "DLE ENQ 2"
    CLEAR = "DLE DC4 8"


@dataclass(frozen=True, slots=True)
class RealTime:
    """One real-time command; `end` is the offset in the data just given, behind its last byte."""

    end: int
    urgent: Urgent
    argument: int = 0


class RealTimeScanner:
    """Finds real-time commands, also those that two packets share."""

    def __init__(self) -> None:
        self._tail = b""

    def scan(self, data: bytes) -> list[RealTime]:
        """Return the commands that end in `data`, in order."""
        window = self._tail + data
        shift = len(self._tail)
        self._tail = b""
        found: list[RealTime] = []
        at = window.find(DLE)
        while at >= 0:
            size, urgent, argument = _look(window[at : at + len(CLEAR)])
            if not size:
                self._tail = window[at:]
                break
            if urgent is not None:
                found.append(RealTime(at + size - shift, urgent, argument))
            at = window.find(DLE, at + size)
        return found

    def reset(self) -> None:
        """Forget half a command: its connection is gone."""
        self._tail = b""


def _look(head: bytes) -> tuple[int, Urgent | None, int]:
    """Return size, command and argument at the beginning of `head`; size 0: too few bytes."""
    if len(head) < 2 or (head[1] in (0x04, 0x05) and len(head) < 3):
        return 0, None, 0
    if head[1] == 0x04:
        return (3, Urgent.STATUS, head[2]) if 1 <= head[2] <= 4 else (1, None, 0)
    if head[1] == 0x05:
        wanted = {1: Urgent.RECOVER, 2: Urgent.RECOVER_AND_CLEAR}.get(head[2])
        return (3 if wanted else 1), wanted, 0
    if head == CLEAR:
        return len(CLEAR), Urgent.CLEAR, 0
    return (0, None, 0) if CLEAR.startswith(head) else (1, None, 0)
