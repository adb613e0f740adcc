"""A stranger's ASCII ISO 8583:1987: MTI, hexadecimal bitmap, fields; two length bytes before.

Nothing of `protocol` is imported here, and no library: what both sides understand, they
understand because the standard says so.
"""

from __future__ import annotations

import socket

FIXED = {
    **{3: 6, 4: 12, 7: 10, 11: 6, 12: 6, 13: 4, 14: 4, 15: 4, 22: 3, 25: 2, 37: 12, 38: 6, 39: 2},
    **{41: 8, 42: 15, 49: 3, 50: 3, 66: 1, 70: 3, 71: 4, 72: 4, 74: 10, 75: 10, 76: 10, 77: 10},
    **{86: 16, 87: 16, 88: 16, 89: 16, 90: 42, 97: 17},
}
VARIABLE = {2: 2, 35: 2, 99: 2, 48: 3, 54: 3, 60: 3, 61: 3, 62: 3}
"""Field number to the number of its length digits."""

Fields = dict[int, str]


def say(mti: str, fields: Fields) -> bytes:
    """Return a whole frame."""
    last = 128 if max(fields) > 64 else 64
    bits = ["0"] * last
    for number in fields:
        bits[number - 1] = "1"
    if last == 128:
        bits[0] = "1"
    body = mti + f"{int(''.join(bits), 2):0{last // 4}X}"
    for number in sorted(fields):
        value = fields[number]
        width = VARIABLE.get(number)
        if width is None:
            assert len(value) == FIXED[number], (number, value)
        body += (f"{len(value):0{width}d}" if width else "") + value
    return len(body).to_bytes(2, "big") + body.encode("ascii")


def hear(payload: bytes) -> tuple[str, Fields]:
    """Return MTI and fields of a frame without its length."""
    text = payload.decode("ascii")
    mti, at = text[:4], 4
    bits = f"{int(text[at : at + 16], 16):064b}"
    at += 16
    if bits[0] == "1":
        bits += f"{int(text[at : at + 16], 16):064b}"
        at += 16
    fields: Fields = {}
    for number in (place for place, bit in enumerate(bits, 1) if bit == "1" and place != 1):
        width = VARIABLE.get(number, 0)
        size = int(text[at : at + width]) if width else FIXED[number]
        at += width
        fields[number] = text[at : at + size]
        at += size
    assert at == len(text), "something is left over"
    return mti, fields


def read_frame(peer: socket.socket) -> bytes:
    """Read one frame from a blocking socket, b"" at its end."""
    head = _exactly(peer, 2)
    return _exactly(peer, int.from_bytes(head, "big")) if head else b""


def _exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            return b""
        data += more
    return data
