"""ISO 8583:1993, as far as it is spoken here: sign-on, sign-off and echo, for both sides.

| what | F24 of an 1804, echoed in the 1814 |
|---|---|
| sign-on | 801 |
| sign-off | 802 |
| echo | 831 |

F39 is an action code of three digits: 800 accepts. Everything else a terminal does needs the
other dialects; a request for it is refused by name, as a format error (904).

An 1804 has no place for a batch, so a sign-on says nothing of one and its reply neither. F12 holds
date and time; a request that came without it is answered without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from protocol.errors import LocalProtocolError, ProfileError
from protocol.message import Message
from protocol.operations import (
    APPROVED,
    Echo,
    EchoReply,
    Operation,
    Origin,
    Reply,
    SignOff,
    SignOffReply,
    SignOn,
    SignOnReply,
    Stamp,
)
from protocol.profiles.values import Fields, put

REQUEST: Final = "1804"
REPLY: Final = "1814"
ACCEPTED: Final = "800"
NO_BATCH: Final = "000000"

ONLY: Final = (
    "1993 is spoken here for echo, sign-on and sign-off alone; "
    "payments and settlement are in iso87, iso87_bcd and cup"
)

FUNCTIONS: Final[Mapping[type[Operation], str]] = {
    SignOn: "801",
    SignOnReply: "801",
    SignOff: "802",
    SignOffReply: "802",
    Echo: "831",
    EchoReply: "831",
}
"""Operation -> F24, ISO 8583:1993 A.5."""

ASKED: Final = {FUNCTIONS[kind]: kind for kind in (SignOn, SignOff, Echo)}
ANSWERED: Final = {FUNCTIONS[kind]: kind for kind in (SignOnReply, SignOffReply, EchoReply)}

ACTIONS: Final = {
    ACCEPTED: APPROVED,
    "902": "12",
    "904": "30",
    "907": "91",
    "908": "92",
    "909": "96",
    "911": "68",
    "913": "94",
    "916": "A0",
}
"""F39 of 1993 (A.1) -> the response code of 1987 that says the same; others stay as they are."""

CODES: Final = {code: action for action, code in ACTIONS.items()}


def encode(operation: Operation) -> Message:
    """Turn an operation into its message. Raises LocalProtocolError for what 1993 lacks here."""
    function = FUNCTIONS.get(type(operation))
    if function is None:
        raise LocalProtocolError(f"no message for {type(operation).__name__}: {ONLY}")
    stamp, origin = operation.stamp, operation.origin
    fields: Fields = {11: operation.stan, 24: function}
    put(fields, 7, stamp.transmission or None)
    put(fields, 12, stamp.year + stamp.date + stamp.time if stamp.year else None)
    if isinstance(operation, Reply):
        fields[39] = CODES.get(operation.code, operation.code)
    fields[41], fields[42] = origin.terminal_id, origin.merchant_id
    return Message(REPLY if isinstance(operation, Reply) else REQUEST, fields)


def says(kind: type[Operation]) -> bool:
    """True when this profile has a message for this kind of operation."""
    return kind in FUNCTIONS


def decode(message: Message) -> Operation:
    """Turn a message into its operation. Raises ProfileError naming MTI and field."""
    if message.mti not in (REQUEST, REPLY):
        raise ProfileError(message.mti, ONLY)
    field: Any = 0
    try:
        return _read(message.mti, message.fields)
    except KeyError as absent:
        field = absent.args[0]
    raise ProfileError(message.mti, "missing", field)


def _read(mti: str, fields: Fields) -> Operation:
    moment = fields.get(12, "")
    said: dict[str, Any] = {
        "origin": Origin(fields[41], fields[42]),
        "stan": fields[11],
        "stamp": Stamp(fields.get(7, ""), moment[6:], moment[2:6], moment[:2]),
    }
    kind = (ANSWERED if mti == REPLY else ASKED).get(fields[24])
    if kind is None:
        raise ProfileError(mti, f"no such function here; {ONLY}", 24)
    if mti == REPLY:
        said["code"] = ACTIONS.get(fields[39], fields[39])
    elif kind is SignOn:
        said["batch"] = NO_BATCH
    operation: Operation = kind(**said)
    return operation
