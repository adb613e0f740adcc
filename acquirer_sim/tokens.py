"""A card number's stand-in: the ledger knows cards by keyed hash and by mask.

The same card gives the same token under one key, so duplicates, limits and uploads compare
without a number on disk. The key lives outside the ledger (PCI DSS v4 3.5.1.1: a hash of a
card number must be keyed).
"""

from __future__ import annotations

import hashlib
from typing import Final

from protocol.secrets import Key, Pan

TOKEN_BYTES: Final = 12
KEY_BYTES: Final = 32


def token_of(pan: Pan, key: Key) -> str:
    """Return the card's token: 24 hexadecimal digits (keyed BLAKE2b, RFC 7693)."""
    digest = hashlib.blake2b(
        pan.reveal().encode("ascii"), key=key.reveal(), digest_size=TOKEN_BYTES
    )
    return digest.hexdigest()


def check_value(key: Key) -> str:
    """Return what a ledger keeps of its key to recognise it by: it tells nothing of the key."""
    return hashlib.blake2b(b"tallywire ledger key", key=key.reveal(), digest_size=8).hexdigest()
