"""A trace as a file of packets, for Wireshark and tshark: made-up packets around real messages.

Each connection becomes a TCP conversation with its handshake, numbers that add up, and its end.
The addresses are those of the sockets; what is no IPv4 address is told as one of 192.0.2.0/24
(RFC 5737). Payloads have everything secret blanked (`blanking.py`), at the same length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from protocol.blanking import blank
from protocol.dialect import Dialect
from protocol.layout import Layout
from protocol.trace import Assembler, Entry, Piece, What

FILE_HEADER: Final = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
"""pcap 2.4, microseconds, link type Ethernet."""

SEGMENT_SIZE_MAX: Final = 16 * 1024
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
_MACS: Final = (bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))
_UNKNOWN: Final = ("192.0.2.1:1", "192.0.2.2:8583")
_FIRST: Final = 1000


class Conversation:
    """One connection as TCP: side 0 is the peer that came, side 1 is the host."""

    def __init__(self, peer: str, own: str) -> None:
        self._ends = (_end(peer, 1), _end(own, 2))
        self._next = [_FIRST, _FIRST]
        self._packets = 0

    def open(self, at_s: float) -> Iterator[bytes]:
        """Yield the handshake."""
        yield self._packet(at_s, 0, SYN)
        yield self._packet(at_s, 1, SYN | ACK)
        yield self._packet(at_s, 0, ACK)

    def say(self, at_s: float, side: int, data: bytes) -> Iterator[bytes]:
        """Yield the packets of what one side sends."""
        for begin in range(0, len(data), SEGMENT_SIZE_MAX):
            part = data[begin : begin + SEGMENT_SIZE_MAX]
            yield self._packet(at_s, side, PSH | ACK, part)

    def end(self, at_s: float) -> Iterator[bytes]:
        """Yield the end."""
        yield self._packet(at_s, 0, FIN | ACK)
        yield self._packet(at_s, 1, FIN | ACK)
        yield self._packet(at_s, 0, ACK)

    def _packet(self, at_s: float, side: int, flags: int, data: bytes = b"") -> bytes:
        """Return one record of the file: Ethernet, IPv4 (RFC 791), TCP (RFC 9293)."""
        (source, port), (target, target_port) = self._ends[side], self._ends[1 - side]
        number = self._next[side]
        heard = self._next[1 - side] if flags & ACK else 0
        self._next[side] += len(data) + bool(flags & (SYN | FIN))
        self._packets += 1
        numbers = (number & 0xFFFFFFFF, heard & 0xFFFFFFFF)
        tcp = struct.pack(">HHIIBBHHH", port, target_port, *numbers, 5 << 4, flags, 65535, 0, 0)
        size = len(tcp) + len(data)
        around = source + target + struct.pack(">BBH", 0, 6, size)
        tcp = tcp[:16] + _checksum(around + tcp + data) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + size, self._packets & 0xFFFF, 0x4000, 64, 6, 0)
        ip += source + target
        ip = ip[:10] + _checksum(ip) + ip[12:]
        frame = _MACS[1 - side] + _MACS[side] + b"\x08\x00" + ip + tcp + data
        micros = int(at_s * 1e6)
        when = struct.pack("<IIII", micros // 10**6, micros % 10**6, len(frame), len(frame))
        return when + frame


class PcapWriter:
    """Makes packets of entries, which it is given in order."""

    def __init__(self, dialect: Dialect) -> None:
        self._layout = Layout(dialect)
        self._framing = dialect.framing
        self._assembler = Assembler(dialect.framing)
        self._open: dict[int, Conversation] = {}

    def write(self, entry: Entry) -> Iterator[bytes]:
        """Yield the records of one entry, to stand behind FILE_HEADER."""
        match entry.what:
            case What.OPENED:
                conversation = Conversation(*entry.data)
                self._open[entry.connection] = conversation
                yield from conversation.open(entry.at_s)
            case What.RECEIVED:
                data = b"".join(map(self._blanked, entry.data))
                yield from self._conversation(entry).say(entry.at_s, 0, data)
            case What.SENT:
                yield from self._pieces(entry, self._assembler.take(entry))
            case What.LOST:
                yield from self._conversation(entry).say(entry.at_s, 0, bytes(entry.data))
            case What.CLOSED:
                yield from self._pieces(entry, self._assembler.forget(entry.connection))
                yield from self._conversation(entry).end(entry.at_s)
                del self._open[entry.connection]
            case What.TOLD:
                pass

    def _conversation(self, entry: Entry) -> Conversation:
        return self._open.setdefault(entry.connection, Conversation(*_UNKNOWN))

    def _pieces(self, entry: Entry, pieces: Iterator[Piece]) -> Iterator[bytes]:
        conversation = self._conversation(entry)
        for piece in pieces:
            data = b"".join(map(self._blanked, piece.payloads)) + bytes(piece.unread_size)
            at = 0
            for at_s, size in piece.segments:
                yield from conversation.say(at_s, 1, data[at : at + size])
                at += size

    def _blanked(self, payload: bytes) -> bytes:
        header = self._framing.header_of(len(payload) + self._framing.counted)
        return header + blank(self._layout, payload)


def _end(address: str, fallback: int) -> tuple[bytes, int]:
    """Return the four bytes and the port of one side."""
    host, _, port = address.rpartition(":")
    parts = host.split(".")
    if len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts):
        ip = bytes(min(int(part), 255) for part in parts)
    else:
        ip = bytes((192, 0, 2, fallback))
    return ip, int(port) & 0xFFFF if port.isascii() and port.isdigit() else fallback


def _checksum(data: bytes) -> bytes:
    """Return the Internet checksum (RFC 1071) of `data`, whose own place holds zeros."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)
