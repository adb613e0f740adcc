"""What can go wrong between us and the network, in terms of what is now known.

    LinkError
    ├── NotConnected    no connection could be made: certain that nothing was sent
    ├── NotSent         there was none, or no room: certain that not one byte was handed over
    ├── Unanswered      at least one byte was handed over: the outcome is UNKNOWN
    └── CannotListen    the address to listen on cannot be had

No `OSError` and no `TimeoutError` leaves `protocol.aio`. `str()` is one sentence.
"""

from __future__ import annotations

from protocol.events import LossReason


class LinkError(Exception):
    """Base of all."""


class NotConnected(LinkError):
    """No connection could be made; nothing was sent."""


class NotSent(LinkError):
    """The request was refused on this side; not one byte of it was handed over."""


class Unanswered(LinkError):
    """Bytes of the request may have arrived: whoever asked must assume nothing.

    `lost` says how the connection ended; None when it lives and the deadline passed.
    """

    def __init__(self, lost: LossReason | None = None) -> None:
        super().__init__(lost.value if lost else "no answer before the deadline")
        self.lost = lost


class CannotListen(LinkError):
    """The address is taken, not ours, or not allowed."""
