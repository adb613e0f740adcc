"""Whether a dialect can say what a terminal has to say, asked before anything is at stake.

A dialect of one's own may lack a field that its profile writes. Found in the middle of a payment
that would be a payment to undo; found at the start it is a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from protocol.amount import Amount
from protocol.dialect import Dialect
from protocol.errors import LocalProtocolError
from protocol.message import MessageCodec
from protocol.operations import (
    Card,
    Origin,
    OriginalReference,
    PaymentRequest,
    Request,
    Reversal,
    Settlement,
    SignOn,
    Stamp,
    Totals,
    UploadEnd,
)
from protocol.profiles.choice import profile_of
from protocol.published_cards import TEST_CARD_RANGES
from protocol.secrets import Pan

STAMP = Stamp("0101000000", "000000", "0101")
NUMBER = "000001"
CARD = Card(Pan(TEST_CARD_RANGES[0].ljust(16, "0")))


def unspeakable(dialect: Dialect, codec: MessageCodec, origin: Origin) -> str:
    """Say what a terminal of this dialect could not write, "" when it is able to work."""
    profile = profile_of(dialect)
    for request in _requests(origin):
        try:
            codec.encode(profile.encode(request))
        except LocalProtocolError as error:
            return f"its {type(request).__name__} cannot be written: {error}"
    return ""


def _requests(origin: Origin) -> Iterator[Request]:
    said: dict[str, Any] = {"origin": origin, "stan": NUMBER, "stamp": STAMP}
    paid: dict[str, Any] = {**said, "batch": NUMBER, "amount": Amount(1)}
    yield SignOn(**said, batch=NUMBER)
    yield PaymentRequest(**paid, card=CARD)
    original = OriginalReference("0200", NUMBER, STAMP.transmission)
    yield Reversal(**paid, pan=CARD.pan, original=original)
    yield Settlement(**said, batch=NUMBER, totals=Totals(), settlement_date=STAMP.date)
    yield UploadEnd(**said, batch=NUMBER, count=1)
