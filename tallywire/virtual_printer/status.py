"""What the printer says about itself: one condition, and the bytes that tell it.

The bits are those of the ESC/POS references for DLE EOT 1 to 4, automatic status back (GS a) and
GS r. A DLE EOT reply has the fixed bits 0xx1xx10, the first byte of a status-back frame
0xx1xx00: so a reader can tell them apart in one stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIXED: Final = 0x12


@dataclass(frozen=True, slots=True)
class Condition:
    """Everything about the printer that a host may ask for."""

    cover_open: bool = False
    offline: bool = False
    paper_near_end: bool = False
    paper_end: bool = False
    overheated: bool = False
    cutter_jammed: bool = False
    broken: bool = False

    @property
    def in_error(self) -> bool:
        """Whether an error, not the paper, the cover or a person, stops it."""
        return self.overheated or self.cutter_jammed or self.broken

    @property
    def halted(self) -> bool:
        """Whether something that happened stops it, and nobody pressed its button."""
        return self.cover_open or self.paper_end or self.in_error

    @property
    def stopped(self) -> bool:
        """Whether it prints nothing now."""
        return self.offline or self.halted


def real_time_reply(condition: Condition, kind: int) -> bytes:
    """Return the byte that answers DLE EOT `kind` (1 to 4); nothing for another kind."""
    match kind:
        case 1:
            return bytes((FIXED | (0x08 if condition.stopped else 0),))
        case 2:
            cover = 0x04 if condition.cover_open else 0
            paper = 0x20 if condition.paper_end else 0
            return bytes((FIXED | cover | paper | (0x40 if condition.in_error else 0),))
        case 3:
            cutter = 0x08 if condition.cutter_jammed else 0
            broken = 0x20 if condition.broken else 0
            return bytes((FIXED | cutter | broken | (0x40 if condition.overheated else 0),))
        case 4:
            near = 0x0C if condition.paper_near_end or condition.paper_end else 0
            return bytes((FIXED | near | (0x60 if condition.paper_end else 0),))
        case _:
            return b""


def offline_cause(condition: Condition) -> bytes:
    """Return the cause in an offline response (GS ( H function 49): one byte, 40 to 7F.

    Which bit means what is each model's own; here they are those of DLE EOT 2.
    """
    return bytes((0x40 | (real_time_reply(condition, 2)[0] & 0x24) | condition.in_error,))


def paper_sensors(condition: Condition) -> bytes:
    """Return the byte that answers GS r 1."""
    near = 0x03 if condition.paper_near_end or condition.paper_end else 0
    return bytes((near | (0x0C if condition.paper_end else 0),))


def status_back(condition: Condition) -> bytes:
    """Return the four bytes of automatic status back."""
    first = 0x10 | (0x08 if condition.stopped else 0) | (0x20 if condition.cover_open else 0)
    second = (
        (0x08 if condition.cutter_jammed else 0)
        | (0x20 if condition.broken else 0)
        | (0x40 if condition.overheated else 0)
    )
    return bytes((first, second)) + paper_sensors(condition) + b"\x0f"
