"""Card numbers at rest: sealed with AES-GCM, found again by a keyed hash.

The key lies outside the database (`terminal.aio.keyfile`); two working keys are derived from it,
so that the hash's key never meets the cipher. The nonce comes from the caller: this module has
no randomness. PCI DSS v4 3.5.1 (unreadable at rest) and 3.5.1.1 (hashes are keyed).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocol.secrets import Key, Pan
from terminal.errors import WrongKey
from terminal.facts import SealedCard

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class Vault:
    """Seals and opens the card numbers of one terminal."""

    def __init__(self, key: Key) -> None:
        assert len(key.reveal()) == KEY_BYTES, "the key is 32 bytes"
        self._cipher = AESGCM(_derive(key, b"seal"))
        self._lookup_key = _derive(key, b"lookup")
        self.check_value = _derive(key, b"check").hex()[:16]
        self.password_key = _derive(key, b"password")

    def seal(self, pan: Pan, nonce: bytes) -> SealedCard:
        """Return the card as it may be stored. `nonce` is 12 bytes never used before."""
        assert len(nonce) == NONCE_BYTES, "AES-GCM takes a nonce of 12 bytes"
        sealed = nonce + self._cipher.encrypt(nonce, pan.reveal().encode(), None)
        return SealedCard(sealed=sealed, lookup=self.lookup(pan), masked=pan.masked)

    def open(self, card: SealedCard) -> Pan:
        """Return the card number again. Raises WrongKey when the key is not the one it was."""
        nonce, sealed = card.sealed[:NONCE_BYTES], card.sealed[NONCE_BYTES:]
        try:
            return Pan(self._cipher.decrypt(nonce, sealed, None).decode())
        except InvalidTag:
            pass
        raise WrongKey("a stored card number does not open with this key")

    def lookup(self, pan: Pan) -> str:
        """Return the keyed hash under which a card's payments are found."""
        return hmac.new(self._lookup_key, pan.reveal().encode(), hashlib.sha256).hexdigest()


def _derive(key: Key, purpose: bytes) -> bytes:
    """Return the working key for one purpose (NIST SP 800-108, one block of HMAC-SHA256)."""
    return hmac.new(key.reveal(), b"tallywire terminal " + purpose, hashlib.sha256).digest()
