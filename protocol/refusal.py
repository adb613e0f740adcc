"""The answer to a message that could not be read: format error, F39 = 30 (904 in 1993).

Only a request or an advice is answered, and only when its MTI was readable. The fields that
tell the peer which of its messages is meant are sent back as far as they were read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.errors import LocalProtocolError
from protocol.header import reply_header
from protocol.matching import reply_mti
from protocol.message import FieldValue, Message

FORMAT_ERRORS: Final = {"0": "30", "1": "904"}
"""Version of the MTI -> F39, a response code in 1987 and an action code in 1993."""

ECHOED: Final = {"0": (3, 7, 11, 12, 13, 41, 42), "1": (3, 7, 11, 12, 24, 41, 42)}
"""Version of the MTI -> what goes back; F24 is a function code in 1993 alone."""


def refusal(partial: Message | None, code: str | None = None) -> Message | None:
    """Return the reply that refuses a broken request, None when it cannot be answered.

    `partial` is `FieldError.partial`: it needs a request's MTI and F11, without which the peer
    could not tell what was refused.
    """
    if partial is None or 11 not in partial.fields:
        return None
    mti = reply_mti(partial.mti)
    code = code or FORMAT_ERRORS.get(mti[:1])
    if code is None:
        return None
    fields: dict[int, FieldValue] = {39: code}
    for number in ECHOED.get(mti[:1], ()):
        if number in partial.fields:
            fields[number] = partial.fields[number]
    return Message(mti, fields, reply_header(partial.header))


def refusal_bytes(partial: Message | None, encode: Callable[[Message], bytes]) -> bytes:
    """Return the same as bytes, b"" when there is none or the dialect has no field for it."""
    answer = refusal(partial)
    try:
        return encode(answer) if answer else b""
    except LocalProtocolError:
        return b""
