"""What a switch between terminal and acquirer may do to a message: refuse it, alter it.

Both happen in the field: a front end that cannot reach its host answers 96 by itself, and a
faulty one returns another amount than it was asked for (faults H1, H4, N8).
"""

from __future__ import annotations

from protocol.message import Message
from tests.world.dialect import Tongue

ECHOED = (3, 4, 7, 11, 12, 13, 41, 42, 49, 60)
SYSTEM_FAILURE = "96"
IN_PART = "10"


def refusal_of(tongue: Tongue, frame: bytes) -> bytes:
    """Return the answer of a switch that passes nothing on: the echoed fields and F39 96."""
    asked = tongue.codec.decode(frame[2:])
    fields = {number: asked.fields[number] for number in ECHOED if number in asked.fields}
    fields[39] = SYSTEM_FAILURE
    mti = f"{asked.mti[:2]}{int(asked.mti[2]) + 1}0"
    return _framed(tongue, Message(mti, dict(sorted(fields.items())), asked.header))


def altered(tongue: Tongue, frame: bytes) -> bytes:
    """Return the reply with one minor unit more in F4; of a part, with more than the whole.

    A part is what the reply says it is: without a MAC nobody can tell one from the next. What
    has no amount, such as the answer to a balance inquiry, passes as it is.
    """
    reply = tongue.codec.decode(frame[2:])
    if not reply.get(4):
        return frame
    factor = 2 if reply.get(39) == IN_PART else 1
    amount = f"{int(reply.get(4)) * factor + 1:012d}"
    return _framed(tongue, Message(reply.mti, {**reply.fields, 4: amount}, reply.header))


def _framed(tongue: Tongue, message: Message) -> bytes:
    payload = tongue.codec.encode(message)
    return len(payload).to_bytes(2, "big") + payload
