"""The dialects that worlds speak: each one's codecs, keys and words, made once.

Building a codec takes longer than a whole run. `Tongue.plain` says a message in the words of the
auditor: those of iso87, whatever was spoken.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from acquirer_sim.aio.running import envelopes_for
from acquirer_sim.configuration import Configuration, default_configuration
from acquirer_sim.envelopes import Envelopes
from protocol.codec import Codec
from protocol.dialect import Dialect, builtin_dialect
from protocol.errors import FieldError
from protocol.message import Message
from protocol.profiles.choice import Profile, profile_of
from protocol.published_keys import TEST_MASTER_KEY
from protocol.reference import ReferenceCodec
from protocol.signing import Signing
from terminal.keyring import Keyring
from tests.world.clock import VirtualLoop

LENGTH_SIZE: Final = 2
CUP: Final = "cup"

ASKED_TYPES: Final = {
    **dict.fromkeys(("22", "23", "20", "21", "01"), "0200"),
    **dict.fromkeys(("10", "11"), "0100"),
}
"""F60.1 -> how it was asked; the other types are told (messages page, section 2)."""

NETWORK_CODES: Final = {
    **dict.fromkeys(("001", "003", "004"), "001"),
    "002": "002",
    "301": "301",
    "982": "382",
}
"""F60.3 of a network message -> F70: sign-on, sign-off, echo, settlement inquiry."""

HOST_TIME: Final = (12, 13)
MADE_OF_TIME: Final = (12, 13, 15, 37)
"""What a host of this dialect puts in a reply is of the moment, not of the payment."""

MAC: Final = 64


@functools.cache
def configuration() -> Configuration:
    """Return the acquirer's built-in configuration."""
    return default_configuration()


@dataclass(frozen=True)
class Tongue:
    """One dialect, as both stations and the auditor speak it."""

    dialect: Dialect
    codec: Codec
    reference: ReferenceCodec

    @property
    def profile(self) -> Profile:
        """Return what says which field carries which fact."""
        return profile_of(self.dialect)

    def mti(self, frame: bytes) -> str:
        """Return the message type of a frame, which is all the weather looks at."""
        at = LENGTH_SIZE + self.dialect.header.size
        if self.dialect.profile == CUP:
            return frame[at : at + 2].hex()
        return frame[at : at + 4].decode("latin-1")

    def reads(self, frame: bytes) -> bool:
        """Tell whether a frame is a whole message."""
        try:
            self.reference.decode(frame[LENGTH_SIZE:])
        except FieldError:
            return False
        return len(frame) == LENGTH_SIZE + int.from_bytes(frame[:LENGTH_SIZE], "big")

    def envelopes(self, loop: VirtualLoop) -> Envelopes | None:
        """Return what closes a host's replies."""
        return envelopes_for(self.dialect, self.codec, configuration(), loop.now)

    def keyring(self) -> Keyring | None:
        """Return a terminal's keys, as they are before its first sign-on."""
        if self.dialect.mac.algorithm is None:
            return None
        return Keyring(Signing(self.dialect), TEST_MASTER_KEY)

    def plain(self, frames: Sequence[bytes], *, renumbers: bool = False) -> list[Message]:
        """Return frames, in the order in which they were sent, in the auditor's words.

        Where terminals renumber what they repeat, a settlement keeps its first number here.
        """
        messages = [self.reference.decode(frame[LENGTH_SIZE:]) for frame in frames]
        messages = _numbered_once(messages) if renumbers else messages
        return _translated(messages) if self.dialect.profile == CUP else messages


def _numbered_once(messages: Sequence[Message]) -> list[Message]:
    """Give every settlement of a batch, and its answers, the number of the first."""
    first: dict[tuple[str, str], str] = {}
    used: set[tuple[str, str]] = set()
    numbered = []
    for message in messages:
        if message.mti[:2] == "05":
            who, stan = message.get(41), message.get(11)
            kept = first.setdefault((who, message.get(60)), stan)
            assert message.mti[2] == "1" or (who, stan) not in used, f"{stan} is used twice"
            used |= {(who, stan)} if message.mti[2] == "0" else set()
            message = Message(message.mti, {**message.fields, 11: kept})
        numbered.append(message)
    return numbered


def _translated(messages: Sequence[Message]) -> list[Message]:
    """Say cup in iso87: the batch alone in F60, F90 for a reversal, repeats by their MTI.

    A repeat is the same message here, MTI and all; that it is one is seen by its STAN.
    """
    said: set[tuple[str, str, str]] = set()
    plain = []
    for message in messages:
        fields = {number: value for number, value in message.fields.items() if number != MAC}
        kind, batch = message.get(60)[:2], message.get(60)[2:8]
        fields[60] = batch
        if message.mti[1] == "8":
            code = message.get(60)[8:11]
            fields[70] = NETWORK_CODES.get(code, code)  # a stray reply may say anything
        mti, stan = message.mti, message.get(11)
        if mti in ("0400", "0420"):
            fields[90] = ASKED_TYPES.get(kind, "0220") + stan
        if mti in ("0220", "0500", "0400", "0420"):
            key = (mti + message.get(41), batch, stan)
            mti = f"{mti[:3]}1" if key in said else mti
            said.add(key)
        if mti[1] == "8":
            mti = f"080{mti[3]}" if mti[2] in "02" else f"081{mti[3]}"
        if mti[2] in "13":
            made = MADE_OF_TIME if mti == "0510" else HOST_TIME
            fields = {number: value for number, value in fields.items() if number not in made}
        plain.append(Message(mti, fields))
    return plain


@functools.cache
def tongue_of(name: str) -> Tongue:
    """Return a shipped dialect by its name."""
    dialect = builtin_dialect(name)
    return Tongue(dialect, Codec(dialect), ReferenceCodec(dialect))
