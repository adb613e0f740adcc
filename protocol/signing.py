"""Where the MAC stands in the bytes of a dialect: put there, and checked.

    60 0525 0000 603100311001 | 0200 bitmap F3 ... F63 | F64
    not covered               | covered                | the MAC

It is the last field: F64, or F128 of a message with a secondary bitmap. It is computed over the
exact bytes that are sent or came, from the MTI on; TPDU and header are changed on the way.
Codec and link know no keys: whoever holds them signs what a codec made, `SigningCodec` for the
one key of a terminal's line.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from protocol.dialect import Dialect
from protocol.mac import MacKey
from protocol.message import Message, MessageCodec
from protocol.secrets import Key

PRIMARY: Final = 64
SECONDARY: Final = 128
MAC_SIZE: Final = 8
PACKED: Final = "b"


class Signing:
    """The MAC rule of one dialect, applied to bytes. Made for a dialect that has one."""

    def __init__(self, dialect: Dialect) -> None:
        assert dialect.mac.algorithm is not None, "the dialect signs something"
        self.rule = dialect.mac
        self._name = dialect.mac.algorithm
        self._begin = dialect.header.size
        self._charset = dialect.field[PRIMARY].data_enc
        self._size = MAC_SIZE if self._charset == PACKED else 2 * MAC_SIZE

    def key(self, key: Key) -> MacKey:
        """Return a key for this dialect's algorithm. Raises ValueError for a length it has not."""
        return MacKey(self._name, key, padding=self.rule.padding, length=self.rule.length)

    def with_room(self, message: Message) -> Message:
        """Return a message with zeros where its MAC will be."""
        number = PRIMARY if max(message.fields) <= PRIMARY else SECONDARY
        fields = {**message.fields, number: bytes(MAC_SIZE)}
        return Message(message.mti, fields, message.header)

    def signed(self, message: Message) -> bool:
        """True when a message brought a MAC, good or not."""
        return self.rule.covers(message.mti) and not {PRIMARY, SECONDARY}.isdisjoint(message.fields)

    def sign(self, encoded: bytes, key: MacKey) -> bytes:
        """Return the bytes of a message with its MAC where the room for it was."""
        body = encoded[: -self._size]
        return body + self._mac(body, key)

    def verify(self, frame: bytes, key: MacKey) -> bool:
        """Tell whether the exact bytes received end in their MAC; constant time."""
        body, mac = frame[: -self._size], frame[-self._size :]
        if self._charset != PACKED:
            mac = mac.decode(self._charset, "replace").upper().encode(self._charset, "replace")
        return hmac.compare_digest(self._mac(body, key), mac)

    def _mac(self, body: bytes, key: MacKey) -> bytes:
        mac = key.compute(body[self._begin :]).ljust(MAC_SIZE, b"\0")
        return mac if self._charset == PACKED else mac.hex().upper().encode(self._charset)


class SigningCodec:
    """A codec that signs what it encodes with the key there is at that moment.

    While there is none (before the first sign-on) messages go unsigned, and the host says A0.
    """

    def __init__(
        self, codec: MessageCodec, signing: Signing, key: Callable[[], MacKey | None]
    ) -> None:
        self._codec = codec
        self._signing = signing
        self._key = key

    def decode(self, data: bytes) -> Message:
        """Raises FieldError. The MAC is for whoever has the bytes: see `Signing.verify`."""
        return self._codec.decode(data)

    def encode(self, message: Message) -> bytes:
        """Raises LocalProtocolError."""
        key = self._key()
        if key is None or not self._signing.rule.covers(message.mti):
            return self._codec.encode(message)
        return self._signing.sign(self._codec.encode(self._signing.with_room(message)), key)
