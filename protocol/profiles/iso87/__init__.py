"""The plain ISO 8583:1987 profile: which field carries which fact, for both sides.

One table each way: `writing.ENCODERS` by operation type, `reading.DECODERS` by MTI. A field
number stands nowhere else in the product. Choices where the standard leaves one
(docs/explanation/decisions.md):

- F60 is the batch, six digits, in every message that belongs to one;
- a reversal keeps the original's F11 and names the original again in F90, its reason is F39;
- an upload is one 0320 per payment, F71 of F72, the payment named in F90; the trailer has F70;
- F97 is derived from F74-F89 and must agree with them;
- F70 382 is our own: where does the batch of F60 stand? F48 answers (`structures.status`);
- 0600 is our own as well: what has the host on its books? (`structures.inquiry`, in F48.)

`encode` trusts its operation; `decode` trusts nothing: what the codec let pass as well-formed
may still mean nothing here, and then a `ProfileError` names the field.
"""

from __future__ import annotations

from protocol.message import Message
from protocol.operations import Operation
from protocol.profiles.iso87.reading import DECODERS
from protocol.profiles.iso87.writing import ENCODERS
from protocol.profiles.translation import decode_by, encode_by

__all__ = ["decode", "encode", "says"]


def encode(operation: Operation) -> Message:
    """Turn an operation into its message. Raises LocalProtocolError: see `encode_by`."""
    return encode_by(ENCODERS, operation)


def says(kind: type[Operation]) -> bool:
    """True when this profile has a message for this kind of operation."""
    return kind in ENCODERS


def decode(message: Message) -> Operation:
    """Turn a message into its operation. Raises ProfileError naming MTI and field."""
    return decode_by(DECODERS, message)
