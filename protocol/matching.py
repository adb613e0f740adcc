"""Which reply belongs to which request.

A key is the MTI of the reply and the values of a few fields that a host echoes. It is built
from the request when it leaves and from the reply when it comes; equal keys belong together.

    0200 F11=000123 F41=TERM0001   ->   ("0210", "000123", "TERM0001")
    0401 F11=000123 F41=TERM0001   ->   ("0410", "000123", "TERM0001")

ISO 8583:1987 4.1: the third digit of an MTI is the function (0 request, 1 its response,
2 advice, 3 its response), the fourth the origin (odd is the repeat of the even one before).
A repeat is answered like the original.
"""

from __future__ import annotations

from typing import Final

import msgspec

from protocol.errors import LocalProtocolError
from protocol.message import HIDDEN, Message
from protocol.secrets import mask_digit_runs

Key = tuple[str, ...]
"""The reply's MTI, then the values of the rule's fields in their order."""

SECRET_FIELDS: Final = HIDDEN | {2}
"""Never part of a key: keys are shown in logs."""

_REPLY_FUNCTION: Final = {"0": "1", "2": "3"}
_FIRST_ORIGIN: Final = {"1": "0", "3": "2", "5": "4"}


def is_reply(mti: str) -> bool:
    """True for a response of any class: 0210, 0230, 0810."""
    return mti[2:3] in ("1", "3")


def reply_mti(mti: str) -> str:
    """Return the MTI that answers `mti`; "" when nothing does (it is a reply itself)."""
    function = _REPLY_FUNCTION.get(mti[2:3])
    if function is None:
        return ""
    return mti[:2] + function + _FIRST_ORIGIN.get(mti[3], mti[3])


class MatchRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that a request and its reply share; a dialect setting.

    `replies` overrules the ordinary reply MTI, for hosts that answer in their own way.
    """

    fields: tuple[int, ...] = (11, 41)
    replies: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not self.fields or not SECRET_FIELDS.isdisjoint(self.fields):
            raise ValueError("a match key has at least one field, and none that is secret")

    def expected(self, request: Message) -> Key:
        """Return the key that the reply to `request` will have. Raises LocalProtocolError."""
        mti = self.replies.get(request.mti) or reply_mti(request.mti)
        values = tuple(map(request.get, self.fields))
        if not mti or "" in values:
            names = ",".join(f"F{number}" for number in self.fields)
            raise LocalProtocolError(f"{request.mti} needs a reply MTI and {names} to be matched")
        return (mti, *values)

    def came(self, reply: Message) -> Key:
        """Return the key that `reply` has; an absent field counts as ""."""
        return (reply.mti, *map(reply.get, self.fields))


def describe_key(key: Key) -> str:
    """Return a key as one word for a log: 0210/000123/TERM0001, card numbers masked."""
    return mask_digit_runs("/".join(part or "-" for part in key))
