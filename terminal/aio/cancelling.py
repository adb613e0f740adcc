"""Takes a payment back while that is certain: until the commit after which its bytes may leave.

A request to cancel is heard at any time. What it comes to is decided in one place, where the
payment asks for the last time: before it, nothing was sent and nothing will be; after it the
outcome decides, and what was approved is voided like any other payment (REQ 004-01 to 004-03).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """What a request to cancel is told at once."""

    CANCELLING = "cancelling"
    TOO_LATE = "too_late"
    NOTHING = "nothing"


@dataclass(slots=True)
class Cancelling:
    """The door through which one payment after the other may be taken back."""

    _open: bool = False
    _under_way: bool = False
    _wanted: bool = False

    def begin(self) -> None:
        """A payment begins: it can be taken back."""
        self._open, self._under_way, self._wanted = True, True, False

    def request(self) -> Answer:
        """Ask for the payment at hand to be taken back."""
        if not self._under_way:
            return Answer.NOTHING
        if not self._open:
            return Answer.TOO_LATE
        self._wanted = True
        return Answer.CANCELLING

    @property
    def wanted(self) -> bool:
        """Whether somebody asked; the door stays as it is."""
        return self._wanted

    def close(self) -> bool:
        """Ask for the last time, in the turn of the loop in which the payment goes on."""
        self._open = False
        return self._wanted

    def end(self) -> None:
        """The payment has come to rest."""
        self._open, self._under_way, self._wanted = False, False, False
