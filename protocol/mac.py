"""Message authentication codes by the names the market uses.

| name | what it is | source |
|---|---|---|
| X9.9 | CBC-MAC, DES, padding 1 | ANSI X9.9; ISO/IEC 9797-1 algorithm 1 |
| X9.19 | CBC-MAC, DES, last block 3DES, padding 1: the retail MAC | ANSI X9.19; algorithm 3 |
| ISO9797-1/1, /3 | algorithms 1 and 3, padding of your choice | ISO/IEC 9797-1:2011, 7.2, 7.4 |
| CUP-ECB | XOR of all blocks, in hexadecimal, through the key twice | practice in China |
| AES-CMAC | CMAC with AES | NIST SP 800-38B |

A `MacKey` keeps its cipher contexts: making one for each message costs twice the MAC itself. The
CBC context is never reset; the last block it produced is XORed into the first block of the next
message, which has the effect of a zero initial vector.
"""

from __future__ import annotations

import hmac
from typing import Final, Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from protocol.mac_rule import MacName, Padding
from protocol.secrets import Key

DES_BLOCK: Final = 8
MAC_LENGTH_MIN: Final = 4

__all__ = ["DES_BLOCK", "MacKey", "MacName", "Padding", "pad", "triple_des"]


class _Algorithm(Protocol):
    def mac(self, data: bytes) -> bytes: ...


class MacKey:
    """A key bound to its algorithm. One user at a time: the contexts inside have a state.

    Key length: 8 or 16 (or 24) bytes for DES, 16, 24 or 32 for AES. Raises ValueError for others.
    """

    def __init__(
        self, name: MacName, key: Key, *, padding: Padding = Padding.METHOD_1, length: int = 8
    ) -> None:
        raw = key.reveal()
        self._length = length
        self._algorithm: _Algorithm
        match name:
            case MacName.X9_9:
                self._algorithm = _CbcMac(raw, Padding.METHOD_1)
            case MacName.X9_19:
                self._algorithm = _RetailMac(raw, Padding.METHOD_1)
            case MacName.ISO9797_1_ALGORITHM_1:
                self._algorithm = _CbcMac(raw, padding)
            case MacName.ISO9797_1_ALGORITHM_3:
                self._algorithm = _RetailMac(raw, padding)
            case MacName.CUP_ECB:
                self._algorithm = _CupEcb(raw)
            case MacName.AES_CMAC:
                self._algorithm = _AesCmac(raw)
        size = len(self._algorithm.mac(b""))
        if not MAC_LENGTH_MIN <= length <= size:
            raise ValueError(f"a {name.value} MAC has {MAC_LENGTH_MIN} to {size} bytes")

    def compute(self, data: bytes) -> bytes:
        """Return the leftmost `length` bytes of the MAC over the exact bytes given."""
        return self._algorithm.mac(data)[: self._length]

    def verify(self, data: bytes, mac: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.compute(data), mac)


def pad(data: bytes, padding: Padding, block: int = DES_BLOCK) -> bytes:
    """Return data filled to whole blocks; empty data becomes one block (9797-1, 6.3.2)."""
    if padding is Padding.METHOD_2:
        data += b"\x80"
    missing = -len(data) % block
    return data + bytes(missing) if data else bytes(block)


def triple_des(key: bytes) -> TripleDES:
    """Return the 24-byte form of a DES (8), double (16) or triple length (24) key."""
    match len(key):
        case 8:
            return TripleDES(key * 3)
        case 16:
            return TripleDES(key + key[:8])
        case 24:
            return TripleDES(key)
    raise ValueError("a DES key has 8, 16 or 24 bytes")


class _CbcMac:
    """Algorithm 1: the last block of CBC, with the whole key."""

    def __init__(self, key: bytes, padding: Padding) -> None:
        self._padding = padding
        self._context = Cipher(triple_des(key), modes.CBC(bytes(DES_BLOCK))).encryptor()
        self._last = 0

    def mac(self, data: bytes) -> bytes:
        padded = pad(data, self._padding)
        first = int.from_bytes(padded[:DES_BLOCK], "big") ^ self._last
        block = self._context.update(first.to_bytes(DES_BLOCK, "big") + padded[DES_BLOCK:])
        last = block[-DES_BLOCK:]
        self._last = int.from_bytes(last, "big")
        return last


class _RetailMac:
    """Algorithm 3: CBC with the left half, then decipher with the right, encipher with the left."""

    def __init__(self, key: bytes, padding: Padding) -> None:
        if len(key) != 16:
            raise ValueError("a retail MAC key has 16 bytes")
        self._chain = _CbcMac(key[:8], padding)
        self._left = Cipher(triple_des(key[:8]), modes.ECB()).encryptor()
        self._right = Cipher(triple_des(key[8:]), modes.ECB()).decryptor()

    def mac(self, data: bytes) -> bytes:
        return self._left.update(self._right.update(self._chain.mac(data)))


class _CupEcb:
    """XOR all blocks, write the result as 16 hex digits, encipher the two halves in a chain."""

    def __init__(self, key: bytes) -> None:
        self._context = Cipher(triple_des(key), modes.ECB()).encryptor()

    def mac(self, data: bytes) -> bytes:
        padded = pad(data, Padding.METHOD_1)
        folded = 0
        for start in range(0, len(padded), DES_BLOCK):
            folded ^= int.from_bytes(padded[start : start + DES_BLOCK], "big")
        digits = f"{folded:016X}".encode()
        left = int.from_bytes(self._context.update(digits[:8]), "big")
        mixed = (left ^ int.from_bytes(digits[8:], "big")).to_bytes(DES_BLOCK, "big")
        return self._context.update(mixed)[:4].hex().upper().encode()


class _AesCmac:
    """CMAC, its context copied for each message."""

    def __init__(self, key: bytes) -> None:
        self._context = CMAC(AES(key))

    def mac(self, data: bytes) -> bytes:
        context = self._context.copy()
        context.update(data)
        return context.finalize()
