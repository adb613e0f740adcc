"""A message as fields: what the codec makes of bytes and a profile makes of an operation.

`fields` maps the field number to text, or to bytes where the dialect says binary (52, 55, 64,
96, 128). Values are raw: whoever shows a message to a person uses `describe`, which masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import msgspec

from protocol.header import Header
from protocol.secrets import mask_digit_runs, mask_pan

FieldValue = str | bytes

NAMES: Final[Mapping[int, str]] = {
    2: "primary account number",
    3: "processing code",
    4: "amount, transaction",
    7: "transmission date and time",
    11: "systems trace audit number",
    12: "time, local transaction",
    13: "date, local transaction",
    14: "date, expiration",
    15: "date, settlement",
    22: "point of service entry mode",
    23: "card sequence number",
    25: "point of service condition code",
    32: "acquiring institution",
    35: "track 2 data",
    36: "track 3 data",
    37: "retrieval reference number",
    38: "authorisation identification",
    39: "response code",
    41: "card acceptor terminal",
    42: "card acceptor",
    45: "track 1 data",
    48: "additional data, private",
    49: "currency code, transaction",
    50: "currency code, settlement",
    52: "PIN data",
    53: "security control",
    54: "additional amounts",
    55: "chip data",
    60: "batch",
    64: "message authentication code",
    66: "settlement code",
    70: "network management code",
    71: "message number",
    72: "message number, last",
    74: "credits, number",
    75: "credits, reversal number",
    76: "debits, number",
    77: "debits, reversal number",
    86: "credits, amount",
    87: "credits, reversal amount",
    88: "debits, amount",
    89: "debits, reversal amount",
    90: "original data elements",
    95: "replacement amounts",
    97: "amount, net settlement",
    99: "settlement institution",
    128: "message authentication code",
}
"""Names of ISO 8583:1987 table 2 for the fields the shipped profiles use."""

HIDDEN: Final = frozenset({14, 35, 36, 45, 52, 53, 55, 62, 64, 96, 128})
"""Never shown, whatever the dialect says: tracks, PIN, keys, expiry, chip data."""


class Message(msgspec.Struct, frozen=True):
    """MTI (four digits) and fields by number. Its `repr` shows numbers only, never values.

    `header` is what stood before the MTI, in dialects that have something there; None is
    written as the dialect's default.
    """

    mti: str
    fields: dict[int, FieldValue]
    header: Header | None = None

    def __repr__(self) -> str:
        return f"<Message {self.mti} fields {','.join(map(str, sorted(self.fields)))}>"

    def get(self, number: int) -> str:
        """Return a text field, "" when absent or binary."""
        value = self.fields.get(number, "")
        return value if isinstance(value, str) else ""

    def describe(self, names: Mapping[int, str] = NAMES, hidden: frozenset[int] = HIDDEN) -> str:
        """Return one line per field, masked, for a person: number, name, value.

        `hidden` adds to the fields that are never shown; it cannot take any away.
        """
        lines = [f"MTI {self.mti}"]
        if self.header is not None:
            lines.insert(0, f"header {self.header}")
        for number in sorted(self.fields):
            shown = mask_field(number, self.fields[number], hidden)
            lines.append(f"F{number:<3} {names.get(number, 'field'):<30} {shown}")
        return "\n".join(lines)


class MessageCodec(Protocol):
    """What turns the payload of a frame into a message and back; compiled or reference."""

    def decode(self, data: bytes) -> Message:
        """Raises FieldError, and nothing else."""

    def encode(self, message: Message) -> bytes:
        """Raises LocalProtocolError."""


def mask_field(number: int, value: FieldValue, hidden: frozenset[int] = HIDDEN) -> str:
    """Return what may be shown of one field. Fails closed: bytes show their length only."""
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if number in HIDDEN or number in hidden:
        return "*" * len(value)
    if number == 2:
        return mask_pan(value)
    return mask_digit_runs(value)
