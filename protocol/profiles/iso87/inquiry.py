"""The payment inquiry in iso87: 0600 and 0610, what is asked and told in F48, the batch in F60."""

from __future__ import annotations

from typing import Any, Final

from protocol.inquiries import PaymentInquiry, PaymentPage
from protocol.message import Message
from protocol.operations import Operation, Origin, Stamp
from protocol.profiles import inquiring
from protocol.profiles.values import Fields, optional, put, text

DATA: Final = 48


def write_inquiry(operation: PaymentInquiry) -> Message:
    """Return the 0600."""
    fields = {**_base(operation), DATA: inquiring.inquiry_text(DATA, operation)}
    put(fields, 60, operation.batch or None)
    return Message("0600", fields)


def write_page(operation: PaymentPage) -> Message:
    """Return the 0610."""
    fields = {**_base(operation), 39: operation.code, DATA: inquiring.page_text(DATA, operation)}
    put(fields, 60, operation.batch)
    return Message("0610", fields)


def read_inquiry(mti: str, fields: Fields) -> Operation:
    """Return what an 0600 asks. Raises KeyError, StructureError."""
    return inquiring.read_inquiry(DATA, text(fields, DATA), _who(fields))


def read_page(mti: str, fields: Fields) -> Operation:
    """Return what an 0610 tells. Raises KeyError, StructureError."""
    said = {**_who(fields), "code": text(fields, 39), "batch": optional(fields, 60)}
    return inquiring.read_page(DATA, optional(fields, DATA), said)


def _base(operation: Operation) -> dict[int, Any]:
    stamp, origin = operation.stamp, operation.origin
    return {
        7: stamp.transmission,
        11: operation.stan,
        12: stamp.time,
        13: stamp.date,
        41: origin.terminal_id,
        42: origin.merchant_id,
    }


def _who(fields: Fields) -> dict[str, Any]:
    return {
        "origin": Origin(fields[41], fields[42]),
        "stan": fields[11],
        "stamp": Stamp(fields[7], fields[12], fields[13]),
    }
