"""The line to the acquirer: operations out, operations in.

What the terminal may conclude from each end of a request is the point of it (see
`protocol.aio.client`): a reply, certainly not sent, or unknown.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from msgspec.structs import replace

from protocol import events
from protocol.aio.client import Client, ClientSettings, Opener
from protocol.aio.errors import Unanswered
from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import ProfileError
from protocol.link import LinkSettings
from protocol.message import Message, MessageCodec
from protocol.operations import (
    Operation,
    Request,
    UploadItem,
    UploadReply,
)
from protocol.profiles.choice import profile_of
from protocol.signing import SigningCodec
from protocol.uploads import ChipUpload
from terminal.facts import Fact
from terminal.keyring import Keyring
from terminal.standing import LateReply, SignOnNeeded
from terminal.wishes import NOTHING, Errand, HostWished, errand_of

LATE_MAX: Final = 100
"""Late replies kept until the journal takes them; older ones give way."""

MAC_WRONG: Final = "L24"
HOST_DOUBTS_MAC: Final = "A0"
HOST_WISH: Final = "header"


class UnreadableReply(Exception):
    """A reply to this very request, which the profile cannot read: it proves nothing."""


class ForgedReply(UnreadableReply):
    """A reply to this very request, whose MAC is wrong or missing: it proves nothing either."""


class Line(Protocol):
    """What the terminal needs of a link."""

    async def connect(self) -> None:
        """Make sure there is a connection. Raises NotConnected: certainly nothing was sent."""
        ...

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        """Return the reply. Raises NotSent (certain), Unanswered or UnreadableReply (unknown)."""
        ...

    def says(self, kind: type[Request]) -> bool:
        """True when the line's dialect has a message for this kind of request."""
        ...

    def take_news(self) -> tuple[Fact, ...]:
        """Return what the journal is to know since the last call.

        Replies that came too late; what the host's newest header wishes; and that a sign-on is
        needed: the host wishes that, or a MAC was wrong on either side.
        """
        ...

    async def close(self) -> None:
        """End the connection."""
        ...


class AcquirerLine:
    """The line of a dialect and profile over `protocol`'s client.

    A link that let a deadline pass may be half open (N16), so the next request gets a new one.
    Until then the old one is listened to: what comes late is still heard.
    Many terminals in one process may share a `codec` of the dialect: making one is dear.
    With a `keyring`, what the dialect signs is signed, and an approval must prove itself.
    """

    def __init__(
        self,
        opener: Opener,
        dialect: Dialect,
        settings: ClientSettings | None = None,
        *,
        codec: MessageCodec | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        self._late: deque[LateReply] = deque(maxlen=LATE_MAX)
        self._sign_on_cause = ""
        self._wish = ""
        self._silent = False
        self._profile = profile_of(dialect)
        self._keyring = keyring
        codec = codec or Codec(dialect)
        if keyring is not None:
            codec = SigningCodec(codec, keyring.signing, lambda: keyring.mac)
        settings = settings or ClientSettings(link=LinkSettings(match=dialect.match))
        self._client = Client(opener, codec, dialect.framing, settings, on_event=self._hear)

    async def connect(self) -> None:
        """See Line."""
        if self._silent:
            self._silent = False
            self._client.hang_up()
        await self._client.connect()

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        """See Line."""
        message = self._profile.encode(operation)
        try:
            received = await self._client.exchange(message, timeout_s)
        except Unanswered:
            self._silent = True
            raise
        self._prove(received)
        self._note_wishes(received.message)
        try:
            reply = self._profile.decode(received.message)
        except ProfileError as error:
            problem = str(error)
        else:
            return _renumbered(reply, operation)
        raise UnreadableReply(problem)

    def says(self, kind: type[Request]) -> bool:
        """See Line."""
        return self._profile.says(kind)

    def take_news(self) -> tuple[Fact, ...]:
        """See Line."""
        news: list[Fact] = list(self._late)
        self._late.clear()
        if self._sign_on_cause:
            news.append(SignOnNeeded(cause=self._sign_on_cause))
            self._sign_on_cause = ""
        if self._wish:
            news.append(HostWished(wish=self._wish))
            self._wish = ""
        return tuple(news)

    async def close(self) -> None:
        """See Line."""
        await self._client.close()

    def _prove(self, received: events.ReplyReceived) -> None:
        """Raise ForgedReply for a wrong MAC, and for a missing one where the rule wants it."""
        keyring, message = self._keyring, received.message
        if keyring is None:
            return
        signing, key = keyring.signing, keyring.mac
        if not (signing.signed(message) or signing.rule.proves(message.mti, message.get(39))):
            return
        if key is None or not signing.verify(received.frame, key):
            self._sign_on_cause = MAC_WRONG
            raise ForgedReply(f"{message.mti} has no good MAC")

    def _note_wishes(self, reply: Message) -> None:
        """Remember what the host wishes; it waits until the payment is complete."""
        terminal = reply.header.terminal if reply.header is not None else None
        if terminal is not None and errand_of(terminal.request) is Errand.SIGN_ON:
            self._sign_on_cause, self._wish = HOST_WISH, NOTHING
        elif terminal is not None:
            self._wish = terminal.request
        if self._keyring is not None and reply.get(39) == HOST_DOUBTS_MAC:
            self._sign_on_cause = HOST_DOUBTS_MAC

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Late | events.Unmatched):
            message = event.message
            self._late.append(
                LateReply(mti=message.mti, stan=message.get(11), code=message.get(39))
            )


def _renumbered(reply: Operation, asked: Request) -> Operation:
    """Return the answer to an uploaded item under the item's number.

    Where an advice travels as it was, its F11 is the original's, as is that of chip data; the link
    has matched it already.
    """
    if isinstance(reply, UploadReply) and isinstance(asked, UploadItem | ChipUpload):
        return replace(reply, stan=asked.stan)
    return reply
