"""What went wrong on connections of a server: counted, and told without a secret.

An incident names the connection, the kind, and for a bad message the field and the position;
never a value. The default teller is the log of this module.
"""

from __future__ import annotations

import logging
import traceback
from enum import Enum

import msgspec

log = logging.getLogger(__name__)


class IncidentKind(Enum):
    """Everything a connection can be counted for."""

    BAD_MESSAGE = "bad message"
    BAD_FRAME = "bad frame"
    HALF_FRAME = "half a frame"
    IDLE = "idle too long"
    STALLED = "peer does not read"
    TOO_MANY_CONNECTIONS = "too many connections"
    TOO_MANY_BAD_MESSAGES = "too many bad messages"
    SERVICE_FAILED = "service failed"


class Incident(msgspec.Struct, frozen=True):
    """One of them. `detail` is safe to log; `closed` says whether it cost the connection."""

    kind: IncidentKind
    connection: int
    peer: str
    detail: str = ""
    field: int | str | None = None
    position: int | None = None
    closed: bool = False

    def __str__(self) -> str:
        end = ", closed" if self.closed else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"connection {self.connection} from {self.peer}: {self.kind.value}{detail}{end}"


class Counters(msgspec.Struct):
    """Running numbers of a server: open and accepted connections, messages, incidents by kind."""

    connections: int = 0
    accepted: int = 0
    messages: int = 0
    incidents: dict[IncidentKind, int] = msgspec.field(
        default_factory=lambda: dict.fromkeys(IncidentKind, 0)
    )


def log_incident(incident: Incident) -> None:
    """Tell the log; what a server does unless told otherwise."""
    log.warning("%s", incident)


def locate(error: BaseException) -> str:
    """Return an exception's type and place, not its text, which may quote a message."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
