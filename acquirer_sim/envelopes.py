"""What goes around a reply, in dialects that want more than an operation says.

header      turned round, with what the host wants of the terminal
echoes      what the profile's reply repeats of its request, host time and institution
keys        of a sign-on that asks for them
MAC         of every reply that the dialect signs

A request whose MAC is wrong, or missing where the dialect wants one, is answered A0 and decided
by nobody. Dialects that need none of this have no Envelopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from acquirer_sim.keyring import Keyring
from protocol.dialect import Dialect
from protocol.header import ProcessingRequest, reply_header
from protocol.message import Message, MessageCodec
from protocol.operations import Echo, Operation, Reply, Request, SignOn, SignOnReply, Stamp
from protocol.profiles import cup
from protocol.profiles.choice import profile_of

NOTHING: Final = ProcessingRequest.NOTHING

Amend = Callable[[Message], Message]
"""What a fault makes of a reply before it is signed."""


class Envelopes:
    """Closes replies and looks at the MACs of requests, by one dialect.

    `stamp` tells the host's time; `wishes` is what terminals are asked to do in the header of
    every reply, by F41, until they sign on, or until an echo where their status is asked for.
    Used from one thread: MAC keys have a state.
    """

    def __init__(
        self,
        dialect: Dialect,
        codec: MessageCodec,
        *,
        stamp: Callable[[], Stamp],
        institution: str,
        keyring: Keyring | None = None,
        wishes: Mapping[str, ProcessingRequest] | None = None,
    ) -> None:
        self._encode = profile_of(dialect).encode
        self._completes = dialect.profile == "cup"
        self._encode_message = codec.encode
        self._stamp = stamp
        self._institution = institution
        self._keyring = keyring
        self._wishes = dict(wishes or {})

    @property
    def keyring(self) -> Keyring | None:
        """Return the keys of this host's terminals, None in a dialect that signs nothing."""
        return self._keyring

    def authentic(self, frame: bytes, message: Message) -> bool:
        """Tell whether a request is what its terminal signed, or needs no MAC."""
        keyring = self._keyring
        if keyring is None or not keyring.signing.rule.covers(message.mti):
            return True
        return keyring.signing.verify(frame, keyring.mac(message.get(41)))

    def renew_keys(self, terminal: str) -> None:
        """Change a terminal's working keys without telling it (H16); nothing without keys."""
        if self._keyring is not None:
            self._keyring.renew(terminal)

    def seal(
        self, reply: Reply, request: Request, asked: Message, amend: Amend | None = None
    ) -> bytes:
        """Return the bytes of a reply to the message `asked`, signed as `amend` leaves it.

        Raises LocalProtocolError.
        """
        self._content(request)
        message = self._address(self._encode(self._with_keys(reply, request)), asked)
        message = message if amend is None else amend(message)
        keyring = self._keyring
        if keyring is None or not keyring.signing.rule.covers(message.mti):
            return self._encode_message(message)
        signing = keyring.signing
        unsigned = self._encode_message(signing.with_room(message))
        return signing.sign(unsigned, keyring.mac(reply.origin.terminal_id))

    def _content(self, request: Request) -> None:
        """Wish nothing more of a terminal that did what it could: a status, or a new day."""
        who = request.origin.terminal_id
        status = self._wishes.get(who) is ProcessingRequest.UPLOAD_STATUS
        if isinstance(request, SignOn) or (status and isinstance(request, Echo)):
            self._wishes.pop(who, None)

    def _with_keys(self, reply: Reply, request: Request) -> Operation:
        if not isinstance(reply, SignOnReply) or not isinstance(request, SignOn):
            return reply
        if self._keyring is None or not reply.approved:
            return reply
        keys = self._keyring.deliver(request.origin.terminal_id, request.keys)
        return msgspec.structs.replace(reply, keys=keys)

    def _address(self, message: Message, asked: Message) -> Message:
        wish = self._wishes.get(asked.get(41), NOTHING)
        if self._completes:
            return cup.complete(
                message, asked, stamp=self._stamp(), institution=self._institution, wish=wish
            )
        return Message(message.mti, message.fields, reply_header(asked.header, wish))
