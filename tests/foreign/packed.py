"""A stranger's cup: packed digits behind TPDU and header, keys and MACs, from the domain's table.

Nothing of `protocol` is imported here. Digits are packed by hand, the cipher is plain
`cryptography`.
"""

from __future__ import annotations

import socket
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

MASTER_KEY: Final = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
"""The published test key that both sides begin with."""

PACKED: Final = {3: 6, 4: 12, 11: 6, 12: 6, 13: 4, 14: 4, 15: 4, 22: 3, 23: 3, 25: 2, 26: 2, 53: 16}
TEXT: Final = {37: 12, 38: 6, 39: 2, 41: 8, 42: 15, 49: 3, 64: 8}
BINARY: Final = {52: 8}
PACKED_VARIABLE: Final = {2: 2, 32: 2, 35: 2, 36: 3, 48: 3, 60: 3, 61: 3}
"""Field number to the digits of its length, which counts digits."""
OCTETS_VARIABLE: Final = {44: 2, 54: 3, 55: 3, 62: 3, 63: 3}
RIGHT: Final = frozenset({23})
"""Odd digits stand right in their bytes; everything else stands left."""

Fields = dict[int, str]
"""Digits as digits, text as text, octets as hexadecimal digits."""


def say(mti: str, fields: Fields, *, header: str, key: bytes | None = None) -> bytes:
    """Return a whole frame; with a key it is signed in F64."""
    numbers = sorted({*fields, *([64] if key else [])})
    bits = "".join("1" if number in numbers else "0" for number in range(1, 65))
    body = bytes.fromhex(mti) + int(bits, 2).to_bytes(8, "big")
    body += b"".join(_write(number, fields[number]) for number in numbers if number != 64)
    if key:
        body += mac(body, key)
    frame = bytes.fromhex(header) + body
    return len(frame).to_bytes(2, "big") + frame


def hear(payload: bytes, key: bytes | None = None) -> tuple[str, str, Fields]:
    """Return header, MTI and fields of a frame without its length; its MAC must be right."""
    header, body = payload[:11].hex(), payload[11:]
    mti, bits, at = body[:2].hex(), f"{int.from_bytes(body[2:10], 'big'):064b}", 10
    fields: Fields = {}
    for number in (place for place, bit in enumerate(bits, 1) if bit == "1"):
        fields[number], at = _read(number, body, at)
    assert at == len(body), "something is left over"
    if 64 in fields:
        assert key is not None, "signed before there was a key"
        assert fields[64].encode() == mac(body[:-8], key), "the MAC is wrong"
    return header, mti, fields


def mac(data: bytes, key: bytes) -> bytes:
    """Return the cup ECB MAC of MTI to F63."""
    folded = bytes(8)
    for at in range(0, len(data), 8):
        folded = _xor(folded, data[at : at + 8].ljust(8, b"\0"))
    spread = folded.hex().upper().encode()
    last = encrypt(_xor(encrypt(spread[:8], key), spread[8:]), key)
    return last[:4].hex().upper().encode()


def encrypt(data: bytes, key: bytes) -> bytes:
    """Encrypt block by block."""
    encryptor = Cipher(TripleDES(key + key[:8]), modes.ECB()).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def decrypt(data: bytes, key: bytes) -> bytes:
    """Decrypt block by block."""
    decryptor = Cipher(TripleDES(key + key[:8]), modes.ECB()).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def wrap_keys(*keys: bytes) -> str:
    """Return F62 of an 0810: each key under the master key, with its check value."""
    return b"".join(encrypt(key, MASTER_KEY) + encrypt(bytes(8), key)[:4] for key in keys).hex()


def unwrap_mac_key(field: str) -> bytes:
    """Return the MAC key of F62 with two double-length keys; its check value must be right."""
    raw = bytes.fromhex(field)
    key = decrypt(raw[20:36], MASTER_KEY)
    assert raw[36:40] == encrypt(bytes(8), key)[:4], "the check value is wrong"
    return key


def read_frame(peer: socket.socket) -> bytes:
    """Read one frame from a blocking socket, b"" at its end."""
    head = _exactly(peer, 2)
    return _exactly(peer, int.from_bytes(head, "big")) if head else b""


def _write(number: int, value: str) -> bytes:
    if number in PACKED:
        assert len(value) == PACKED[number], (number, value)
        return _pack(value, right=number in RIGHT)
    if number in TEXT:
        assert len(value) == TEXT[number], (number, value)
        return value.encode("ascii")
    if number in BINARY:
        return bytes.fromhex(value)
    if number in PACKED_VARIABLE:
        digits = value.replace("=", "D")
        return _length(len(digits), PACKED_VARIABLE[number]) + _pack(digits)
    octets = value.encode("ascii") if number == 44 else bytes.fromhex(value)
    return _length(len(octets), OCTETS_VARIABLE[number]) + octets


def _read(number: int, body: bytes, at: int) -> tuple[str, int]:
    if number in TEXT:
        return body[at : at + TEXT[number]].decode("ascii"), at + TEXT[number]
    if number in BINARY:
        return body[at : at + BINARY[number]].hex(), at + BINARY[number]
    width = PACKED_VARIABLE.get(number) or OCTETS_VARIABLE.get(number)
    size = PACKED.get(number, 0)
    if width:
        size, at = int(body[at : at + (width + 1) // 2].hex()), at + (width + 1) // 2
    if number in OCTETS_VARIABLE:
        octets = body[at : at + size]
        return octets.decode("ascii") if number == 44 else octets.hex(), at + size
    end = at + (size + 1) // 2
    digits = body[at:end].hex().upper()
    return digits[-size:] if number in RIGHT else digits[:size], end


def _pack(digits: str, *, right: bool = False) -> bytes:
    odd = len(digits) % 2
    return bytes.fromhex("0" * (odd and right) + digits + "0" * (odd and not right))


def _length(count: int, digits: int) -> bytes:
    return bytes.fromhex(f"{count:0{digits + digits % 2}d}")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            return b""
        data += more
    return data
