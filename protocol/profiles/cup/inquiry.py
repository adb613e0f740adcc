"""The payment inquiry in cup: 0600 and 0610, what is asked and told in F62, as ASCII.

F48 has room for digits only, and a masked card is none. Both are signed like what moves money:
a receipt must not be rebuilt from what anybody could have said.
"""

from __future__ import annotations

from typing import Final

from protocol.inquiries import PaymentInquiry, PaymentPage
from protocol.message import Message
from protocol.operations import Operation
from protocol.profiles import inquiring
from protocol.profiles.cup.fields import NO_TYPE, batch_data
from protocol.profiles.cup.heads import base, reply_base, reply_batch, who
from protocol.profiles.translation import Decoders, Encoders
from protocol.profiles.values import Fields, text

DATA: Final = 62


def _inquiry(operation: PaymentInquiry) -> Message:
    asked = inquiring.inquiry_text(DATA, operation).encode("ascii")
    data = batch_data(NO_TYPE, operation.batch)
    return Message("0600", {**base(operation), 60: data, DATA: asked})


def _page(operation: PaymentPage) -> Message:
    told = inquiring.page_text(DATA, operation).encode("ascii")
    data = batch_data(NO_TYPE, operation.batch)
    return Message("0610", {**reply_base(operation), 60: data, DATA: told})


def _read_inquiry(mti: str, fields: Fields) -> Operation:
    return inquiring.read_inquiry(DATA, fields[DATA].decode("latin-1"), who(fields))


def _read_page(mti: str, fields: Fields) -> Operation:
    told = fields[DATA].decode("latin-1") if DATA in fields else None
    said = {**who(fields), "code": text(fields, 39), "batch": reply_batch(fields)}
    return inquiring.read_page(DATA, told, said)


ENCODERS: Final[Encoders] = {PaymentInquiry: _inquiry, PaymentPage: _page}
DECODERS: Final[Decoders] = {"0600": _read_inquiry, "0610": _read_page}
