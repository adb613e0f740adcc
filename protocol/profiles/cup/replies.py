"""What a host adds to a reply: where it goes, and what it echoes of the request.

An operation holds what both sides think in; a terminal of this dialect wants more of it back:
the card number, the card's sequence number, the institutions, the host's clock.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from protocol.header import ProcessingRequest, reply_header
from protocol.message import Message
from protocol.operations import Stamp
from protocol.profiles.cup.fields import NO_BATCH
from protocol.profiles.values import Fields
from protocol.structures.batch_data import BatchData
from protocol.structures.institutions import Institutions

_PAYMENT: Final = (3, 4, 14, 23, 25, 49)

ECHOED: Final = {
    "0110": _PAYMENT,
    "0210": _PAYMENT,
    "0230": _PAYMENT,
    "0410": (*_PAYMENT, 61),
    "0430": (*_PAYMENT, 61),
}
"""Reply -> what it repeats of its request, beside F2 and F60."""

DATED: Final = frozenset({*ECHOED, "0510"})
"""Replies with a settlement date."""


def complete(
    reply: Message,
    asked: Message,
    *,
    stamp: Stamp,
    institution: str,
    wish: ProcessingRequest = ProcessingRequest.NOTHING,
) -> Message:
    """Return `reply` as it answers `asked`: header, echoes, the host's time and institution.

    What the reply says itself stays. `institution` is F32, at most 11 digits; `wish` goes in the
    header, for the terminal to act on when the payment is complete.
    """
    fields: Fields = dict(reply.fields)
    fields.setdefault(12, stamp.time)
    fields.setdefault(13, stamp.date)
    if reply.mti in DATED:
        fields.setdefault(15, stamp.date)
    fields[32] = institution
    # A host that keeps no reference number makes one of the time.
    fields.setdefault(37, f"{fields[12]}{fields[11]}")
    fields[60] = _batch_data(fields, asked)
    if reply.mti in ECHOED:
        _echo(fields, asked, ECHOED[reply.mti])
        fields[44] = Institutions(issuer=institution, acquirer=institution).build()
    return Message(reply.mti, fields, reply_header(asked.header, wish))


def _echo(fields: Fields, asked: Message, numbers: tuple[int, ...]) -> None:
    for number in numbers:
        if number in asked.fields:
            fields.setdefault(number, asked.fields[number])
    if 2 in asked.fields:
        fields[2] = asked.fields[2]
    elif 35 in asked.fields:
        fields[2] = asked.get(35).replace("D", "=").partition("=")[0]


def _batch_data(fields: Fields, asked: Message) -> str:
    """Return F60 of the request with the reply's batch, where the reply has one."""
    said, wanted = BatchData.parse(fields[60]), BatchData.parse(asked.get(60))
    return wanted.build() if said.batch == NO_BATCH else replace(wanted, batch=said.batch).build()
