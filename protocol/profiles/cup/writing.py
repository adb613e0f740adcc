"""From an operation to its message: the writers of all nouns, by type."""

from __future__ import annotations

from typing import Final

from protocol.profiles.cup import closing, inquiry, management, payments, reversals, uploads
from protocol.profiles.translation import Encoders

ENCODERS: Final[Encoders] = {
    **management.ENCODERS,
    **payments.ENCODERS,
    **reversals.ENCODERS,
    **closing.ENCODERS,
    **uploads.ENCODERS,
    **inquiry.ENCODERS,
}
