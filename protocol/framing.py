"""Where one message ends and the next begins: a length header before each.

Four headers occur in the field: two bytes binary, two bytes BCD, four ASCII digits, four bytes
binary; the length counts the message alone or, `inclusive`, the header too. A length that lies
ends the connection: nothing after it can be trusted to begin where it says.

Cutting bytes at any other place gives the same frames in the same order, and the same failure
after them (faults N10, N11).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

import msgspec

from protocol.errors import FrameError, LocalProtocolError

FRAME_SIZE_MAX: Final = 4096


class LengthKind(Enum):
    """How the length header is written."""

    BINARY2 = "binary2"
    BCD2 = "bcd2"
    ASCII4 = "ascii4"
    BINARY4 = "binary4"

    # Identity is hash enough for one object, and Enum's own is Python code in every frame.
    __hash__ = object.__hash__


class _Header(msgspec.Struct, frozen=True):
    size: int
    length_max: int
    read: Callable[[bytes], int]
    write: Callable[[int], bytes]


def _read_bcd(header: bytes) -> int:
    digits = header.hex()
    return int(digits) if digits.isdecimal() else -1


def _read_ascii(header: bytes) -> int:
    # int() alone would take "+012", " 12 " and "1_00".
    return int(header) if header.isdigit() else -1


_HEADERS: Final = {
    LengthKind.BINARY2: _Header(2, 0xFFFF, int.from_bytes, lambda n: n.to_bytes(2, "big")),
    LengthKind.BCD2: _Header(2, 9999, _read_bcd, lambda n: bytes.fromhex(f"{n:04d}")),
    LengthKind.ASCII4: _Header(4, 9999, _read_ascii, lambda n: b"%04d" % n),
    LengthKind.BINARY4: _Header(4, 0xFFFFFFFF, int.from_bytes, lambda n: n.to_bytes(4, "big")),
}


class Framing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How messages are framed on one wire. Sizes are bytes of the message, without the header.

    With `keep_alive` a frame of length zero is a sign of life and is skipped; without it, it
    is a lie.
    """

    kind: LengthKind = LengthKind.BINARY2
    inclusive: bool = False
    frame_size_min: int = 1
    frame_size_max: int = FRAME_SIZE_MAX
    keep_alive: bool = False

    def __post_init__(self) -> None:
        room = _HEADERS[self.kind].length_max - self.counted
        if not 1 <= self.frame_size_min <= self.frame_size_max:
            raise ValueError("frame_size_min is at least 1 and at most frame_size_max")
        if self.frame_size_max > room:
            raise ValueError(f"frame_size_max is at most {room} with {self.kind.value} lengths")

    @property
    def header_size(self) -> int:
        """Bytes of the length header."""
        return _HEADERS[self.kind].size

    @property
    def counted(self) -> int:
        """Bytes of the header that the length counts: all of them or none."""
        return self.header_size if self.inclusive else 0

    @property
    def length_max(self) -> int:
        """The largest number that the length header can say."""
        return _HEADERS[self.kind].length_max

    def header_of(self, length: int) -> bytes:
        """Return the length header that says `length`, be it true or not."""
        return _HEADERS[self.kind].write(length)

    def wrap(self, payload: bytes) -> bytes:
        """Return the payload behind its length. Raises LocalProtocolError outside the limits."""
        return self.wrapper()(payload)

    def wrapper(self) -> Callable[[bytes], bytes]:
        """Return `wrap` with everything at hand, for whoever wraps thousands."""
        size_min, size_max, counted = self.frame_size_min, self.frame_size_max, self.counted
        write = _HEADERS[self.kind].write
        headers: dict[int, bytes] = {}

        def wrap(payload: bytes) -> bytes:
            size = len(payload)
            header = headers.get(size)
            if header is None:
                if not size_min <= size <= size_max:
                    problem = f"a frame has {size_min} to {size_max} bytes, not {size}"
                    raise LocalProtocolError(problem)
                header = headers[size] = write(size + counted)
            return header + payload

        return wrap

    def payload_size(self, header: bytes) -> int:
        """Return the size a length header announces. Raises FrameError when it cannot be true."""
        length = _HEADERS[self.kind].read(header)
        if length < 0:
            raise FrameError(f"the length header holds no {self.kind.value} digits")
        size = length - self.counted
        if size == 0 and self.keep_alive:
            return 0
        if not self.frame_size_min <= size <= self.frame_size_max:
            raise FrameError(
                f"a frame of {size} bytes was announced,"
                f" {self.frame_size_min} to {self.frame_size_max} are allowed"
            )
        return size


class Deframer:
    """Cuts a byte stream into messages; `rest` is what has come of one that is not whole yet.

    Whole frames that came before a lying length are still returned: then `failure` is set,
    and the next call raises it. Nothing is ever read past it; `unread_size` is how much lay there.
    """

    __slots__ = (
        "_counted",
        "_framing",
        "_header_size",
        "_needed",
        "_read",
        "_size_max",
        "_size_min",
        "failure",
        "rest",
        "unread_size",
    )

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._header_size = framing.header_size
        self._counted = framing.counted
        self._size_min = framing.frame_size_min
        self._size_max = framing.frame_size_max
        self._read = _HEADERS[framing.kind].read
        self.rest = bytearray()
        self._needed = self._header_size
        self.failure: FrameError | None = None
        self.unread_size = 0

    @property
    def unfinished_size(self) -> int:
        """Bytes received of a frame that is not whole yet; 0 between frames."""
        return len(self.rest)

    def receive_data(self, data: bytes) -> list[bytes]:
        """Return the messages completed by `data`, in order.

        Raises FrameError when the stream is broken and no whole message came before the break.
        """
        if self.failure is not None:
            raise self.failure
        if self.rest:
            self.rest += data
            if len(self.rest) < self._needed:
                return []
            data = bytes(self.rest)
            self.rest.clear()
        else:
            # Nearly always one read brings one frame.
            begin = self._header_size
            size = self._read(data[:begin]) - self._counted
            if begin + size == len(data) and self._size_min <= size <= self._size_max:
                return [data[begin:]]
        frames, at = self._cut(data)
        if self.failure is None:
            self.rest += data[at:]
        elif not frames:
            raise self.failure
        return frames

    def _cut(self, data: bytes) -> tuple[list[bytes], int]:
        """Return the whole frames of `data` and where the unfinished rest begins."""
        header_size = self._header_size
        frames: list[bytes] = []
        at = 0
        self._needed = header_size
        while len(data) - at >= header_size:
            begin = at + header_size
            size = self._read(data[at:begin]) - self._counted
            if not self._size_min <= size <= self._size_max:
                try:
                    size = self._framing.payload_size(data[at:begin])
                except FrameError as error:
                    self.failure = error
                    self.unread_size = len(data) - at
                    break
            end = begin + size
            if end > len(data):
                self._needed = end - at
                break
            if size:
                frames.append(data[begin:end])
            at = end
        return frames, at
