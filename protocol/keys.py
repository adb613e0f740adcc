"""Working keys under a master key: wrapped for the way, checked on arrival.

A terminal holds a master key (TMK). At sign-on the host sends working keys wrapped under it, each
with a check value: the first bytes of zeros enciphered with the key (KCV). A key whose check value
does not hold is refused, and the old keys stay (domain practice; X9.24-1:2009, 7.7 for the KCV).
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, modes

from protocol.mac import DES_BLOCK, triple_des
from protocol.secrets import Key

KCV_LENGTH: Final = 4


class KeyCheckError(ValueError):
    """The check value does not belong to the key: a wrong master key, or damage on the way."""

    def __init__(self) -> None:
        super().__init__("the key check value does not hold")


def check_value(key: Key, length: int = KCV_LENGTH) -> bytes:
    """Return the KCV of a DES key, 3 or 4 bytes by custom."""
    cipher = Cipher(triple_des(key.reveal()), modes.ECB()).encryptor()
    return cipher.update(bytes(DES_BLOCK))[:length]


def wrap_key(master: Key, key: Key) -> tuple[bytes, bytes]:
    """Return a working key enciphered under the master key (ECB), and its check value."""
    cipher = Cipher(triple_des(master.reveal()), modes.ECB()).encryptor()
    return cipher.update(key.reveal()), check_value(key)


def unwrap_key(master: Key, wrapped: bytes, kcv: bytes) -> Key:
    """Return the working key. Raises KeyCheckError, and ValueError for a length no key has."""
    if len(wrapped) not in (DES_BLOCK, 2 * DES_BLOCK, 3 * DES_BLOCK):
        raise ValueError("a DES key has 8, 16 or 24 bytes")
    cipher = Cipher(triple_des(master.reveal()), modes.ECB()).decryptor()
    key = Key(cipher.update(wrapped))
    if not kcv or not hmac.compare_digest(check_value(key, len(kcv)), kcv):
        raise KeyCheckError
    return key


def with_odd_parity(raw: bytes) -> bytes:
    """Return DES key bytes with each byte's last bit set for odd parity (FIPS 46-3)."""
    return bytes(byte & 0xFE | (bin(byte >> 1).count("1") + 1) % 2 for byte in raw)
