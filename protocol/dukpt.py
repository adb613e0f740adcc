"""DUKPT: a key for each transaction, derived from one base key and a counter.

Two schemes, both from the host's side (base key and key serial number in, working key out):

- TDES, ANSI X9.24-1:2009 annex A: a KSN of 10 bytes, its last 21 bits the counter;
- AES, ANSI X9.24-3:2017 clause 6: a KSN of 12 bytes, the initial key ID and 32 bits of counter.

A terminal holds the initial key only, so the derivation from there on is public here too.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from protocol.mac import triple_des
from protocol.secrets import Key

TDES_COUNTER_BITS: Final = 21
TDES_COUNTER_MASK: Final = (1 << TDES_COUNTER_BITS) - 1
AES_COUNTER_BITS: Final = 32
_C0: Final = bytes.fromhex("C0C0C0C000000000C0C0C0C000000000")


class Use(Enum):
    """What a working key is for."""

    PIN = "PIN encryption"
    MAC_REQUEST = "MAC, terminal to host"
    MAC_REPLY = "MAC, host to terminal"
    DATA = "data encryption"


_TDES_VARIANTS: Final = {
    Use.PIN: "00000000000000FF",
    Use.MAC_REQUEST: "000000000000FF00",
    Use.MAC_REPLY: "00000000FF000000",
    Use.DATA: "0000000000FF0000",
}
"""X9.24-1:2009, table A-1; each half of the key is XORed with it."""

_AES_USAGES: Final = {
    Use.PIN: 0x1000,
    Use.MAC_REQUEST: 0x2000,
    Use.MAC_REPLY: 0x2001,
    Use.DATA: 0x3000,
}
"""X9.24-3:2017, 6.3.2, key usage indicators."""

_AES_DERIVATION: Final = 0x8000
_AES_INITIAL: Final = 0x8001
_AES_ALGORITHMS: Final = {16: 0x0002, 24: 0x0003, 32: 0x0004}


def next_counter(counter: int, bits: int) -> int | None:
    """Return the counter that follows, None when a device has used up all its keys.

    Numbers with more than half their bits set are passed over (TDES 10 of 21, AES 16 of 32), so
    that a host derives few keys for each (X9.24-1:2009, A.2; X9.24-3:2017, 6.3).
    """
    following = counter + 1
    while following.bit_count() > bits // 2:
        following += following & -following
    return following if following >> bits == 0 else None


def tdes_initial_key(base: Key, ksn: bytes) -> Key:
    """Return the initial key (IPEK) that a device with this KSN was loaded with (A.6)."""
    serial = _ksn_register(ksn) & ~TDES_COUNTER_MASK
    head = serial.to_bytes(10, "big")[:8]
    raw = base.reveal()
    left = Cipher(triple_des(raw), modes.ECB()).encryptor().update(head)
    right = Cipher(triple_des(_xor(raw, _C0)), modes.ECB()).encryptor().update(head)
    return Key(left + right)


def tdes_working_key(initial: Key, ksn: bytes, use: Use) -> Key:
    """Return the key of one transaction. Raises ValueError when the counter is 0."""
    number = _ksn_register(ksn)
    counter = number & TDES_COUNTER_MASK
    if not counter:
        raise ValueError("the transaction counter of a KSN starts at 1")
    register = number & ~TDES_COUNTER_MASK & (1 << 64) - 1
    key = initial.reveal()
    for bit in reversed(range(TDES_COUNTER_BITS)):
        if counter >> bit & 1:
            register |= 1 << bit
            key = _next_tdes_key(key, register.to_bytes(8, "big"))
    variant = _xor(key, bytes.fromhex(_TDES_VARIANTS[use]) * 2)
    if use is not Use.DATA:
        return Key(variant)
    own = Cipher(triple_des(variant), modes.ECB()).encryptor()
    return Key(own.update(variant))


def aes_initial_key(base: Key, key_id: bytes) -> Key:
    """Return the initial key for an initial key ID of 8 bytes (6.3.1)."""
    if len(key_id) != 8:
        raise ValueError("an initial key ID has 8 bytes")
    return _derive_aes(base.reveal(), _AES_INITIAL, len(base.reveal()), key_id)


def aes_working_key(initial: Key, ksn: bytes, use: Use, *, length: int = 16) -> Key:
    """Return the AES key of one transaction, 16, 24 or 32 bytes and no longer than `initial`."""
    if len(ksn) != 12:
        raise ValueError("a KSN of AES DUKPT has 12 bytes")
    device, counter = ksn[4:8], int.from_bytes(ksn[8:], "big")
    if not counter:
        raise ValueError("the transaction counter of a KSN starts at 1")
    key, reached = initial.reveal(), 0
    if length not in _AES_ALGORITHMS or length > len(key):
        raise ValueError("a working key is an AES key no longer than the initial key")
    for bit in reversed(range(AES_COUNTER_BITS)):
        if counter >> bit & 1:
            reached |= 1 << bit
            context = device + reached.to_bytes(4, "big")
            key = _derive_aes(key, _AES_DERIVATION, len(key), context).reveal()
    return _derive_aes(key, _AES_USAGES[use], length, device + ksn[8:])


def _ksn_register(ksn: bytes) -> int:
    if len(ksn) != 10:
        raise ValueError("a KSN of TDES DUKPT has 10 bytes")
    return int.from_bytes(ksn, "big")


def _next_tdes_key(key: bytes, register: bytes) -> bytes:
    """The non-reversible key generation process (A.2)."""
    right = _half(key, register)
    left = _half(_xor(key, _C0), register)
    return left + right


def _half(key: bytes, register: bytes) -> bytes:
    left, right = key[:8], key[8:]
    cipher = Cipher(triple_des(left), modes.ECB()).encryptor()
    return _xor(cipher.update(_xor(register, right)), right)


def _derive_aes(key: bytes, usage: int, length: int, context: bytes) -> Key:
    """One AES block of derivation data per 16 bytes of key (6.3.2, 6.3.3)."""
    cipher = Cipher(AES(key), modes.ECB()).encryptor()
    derived = b""
    for block in range(1, -(-length // 16) + 1):
        head = bytes([1, block]) + usage.to_bytes(2, "big")
        algorithm = _AES_ALGORITHMS[length].to_bytes(2, "big")
        derived += cipher.update(head + algorithm + (length * 8).to_bytes(2, "big") + context)
    return Key(derived[:length])


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
