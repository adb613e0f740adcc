"""The line to the acquirer: operations out, operations in.

What the terminal may conclude from each end of a request is the point of it (see
`protocol.aio.client`): a reply, certainly not sent, or unknown.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from protocol import events
from protocol.aio.client import Client, ClientSettings, Opener
from protocol.aio.errors import Unanswered
from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import ProfileError
from protocol.message import MessageCodec
from protocol.operations import Operation, Request
from protocol.profiles import iso87
from terminal.standing import LateReply

LATE_MAX: Final = 100
"""Late replies kept until the journal takes them; older ones give way."""


class UnreadableReply(Exception):
    """A reply to this very request, which the profile cannot read: it proves nothing."""


class Line(Protocol):
    """What the terminal needs of a link."""

    async def connect(self) -> None:
        """Make sure there is a connection. Raises NotConnected: certainly nothing was sent."""
        ...

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        """Return the reply. Raises NotSent (certain), Unanswered or UnreadableReply (unknown)."""
        ...

    def take_late(self) -> tuple[LateReply, ...]:
        """Return the replies that came too late since the last call."""
        ...

    async def close(self) -> None:
        """End the connection."""
        ...


class AcquirerLine:
    """The line of a dialect and profile over `protocol`'s client.

    A link that let a deadline pass may be half open (N16), so the next request gets a new one.
    Until then the old one is listened to: what comes late is still heard.
    Many terminals in one process may share a `codec` of the dialect: making one is dear.
    """

    def __init__(
        self,
        opener: Opener,
        dialect: Dialect,
        settings: ClientSettings | None = None,
        *,
        codec: MessageCodec | None = None,
    ) -> None:
        self._late: deque[LateReply] = deque(maxlen=LATE_MAX)
        self._silent = False
        self._client = Client(
            opener, codec or Codec(dialect), dialect.framing, settings, on_event=self._hear
        )

    async def connect(self) -> None:
        """See Line."""
        if self._silent:
            self._silent = False
            self._client.hang_up()
        await self._client.connect()

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        """See Line."""
        message = iso87.encode(operation)
        try:
            reply = await self._client.request(message, timeout_s)
        except Unanswered:
            self._silent = True
            raise
        try:
            return iso87.decode(reply)
        except ProfileError as error:
            problem = str(error)
        raise UnreadableReply(problem)

    def take_late(self) -> tuple[LateReply, ...]:
        """See Line."""
        late = tuple(self._late)
        self._late.clear()
        return late

    async def close(self) -> None:
        """See Line."""
        await self._client.close()

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Late | events.Unmatched):
            message = event.message
            self._late.append(
                LateReply(mti=message.mti, stan=message.get(11), code=message.get(39))
            )
