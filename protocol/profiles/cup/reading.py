"""From a message to its operation: the readers of all nouns, by MTI.

What is there but means nothing is refused by name, see `protocol.profiles.translation`.
"""

from __future__ import annotations

from typing import Final

from protocol.profiles.cup import closing, inquiry, management, payments, reversals, uploads
from protocol.profiles.translation import Decoders

DECODERS: Final[Decoders] = {
    **management.DECODERS,
    **payments.DECODERS,
    **reversals.DECODERS,
    **closing.DECODERS,
    **uploads.DECODERS,
    **inquiry.DECODERS,
}
