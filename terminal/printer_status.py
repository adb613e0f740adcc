"""What an ESC/POS printer says, byte by byte. Pure: bytes in, findings out.

Four kinds of answer share one stream, told apart by their fixed bits (bit 7 first):

    DLE EOT n      0xx1xx10                     one byte; does not say which n it answers
    ASB            0xx1xx00 then three 0xx0xxxx  sent by the printer itself after GS a 15
    GS r 1         0xx0xxxx                      one byte, in the order of the buffer: a fence
    GS ( H fn 48   37 22 d1 d2 d3 d4 00          the process ID, when its printing is completed
    GS ( H fn 49   37 23 ...00                   offline reply; only told apart, not used

What fits none of them is `Garbage`: counted, never believed.
Source: ESC/POS command reference, DLE EOT, GS a, GS r, GS ( H.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never


class Cause(Enum):
    """Why a printer does not print: an L-code each (`terminal.texts`)."""

    UNREACHABLE = "L30"
    OFFLINE = "L31"
    PAPER_OUT = "L32"
    NEAR_END = "L33"
    COVER_OPEN = "L34"
    RECOVERABLE = "L35"
    CUTTER = "L36"
    UNRECOVERABLE = "L37"
    UNKNOWN = "L38"
    SWITCHED_OFF = "L39"
    BROKER = "L80"
    BROKER_REFUSED = "L81"


class Ask(Enum):
    """Real-time status requests, in the order of a pre-flight: the `n` of DLE EOT n."""

    PRINTER = 1
    OFFLINE = 2
    PAPER = 4
    ERROR = 3

    @property
    def command(self) -> bytes:
        """Return the bytes that ask; they overtake the print data."""
        return bytes((0x10, 0x04, self.value))


ENABLE_ASB: Final = b"\x1da\x0f"
FENCE: Final = b"\x1dr\x01"
DROP_BUFFER: Final = b"\x10\x05\x02"
"""DLE ENQ 2: recover from the error and forget what was received."""

PROCESS_ID_ALPHABET: Final = range(0x20, 0x7F)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What is wrong with a printer, as far as it said. All False: ready."""

    offline: bool = False
    cover_open: bool = False
    paper_end: bool = False
    near_end: bool = False
    cutter: bool = False
    unrecoverable: bool = False
    recoverable: bool = False

    def __or__(self, other: PrinterStatus) -> PrinterStatus:
        """Return both findings together: what one answer saw, another need not repeat."""
        return PrinterStatus(
            offline=self.offline or other.offline,
            cover_open=self.cover_open or other.cover_open,
            paper_end=self.paper_end or other.paper_end,
            near_end=self.near_end or other.near_end,
            cutter=self.cutter or other.cutter,
            unrecoverable=self.unrecoverable or other.unrecoverable,
            recoverable=self.recoverable or other.recoverable,
        )

    @property
    def cause(self) -> Cause | None:
        """Return what stops the paper, the most particular finding first; None when ready.

        Offline comes last: nearly every fault also takes the printer offline.
        """
        findings = (
            (self.unrecoverable, Cause.UNRECOVERABLE),
            (self.cutter, Cause.CUTTER),
            (self.cover_open, Cause.COVER_OPEN),
            (self.paper_end, Cause.PAPER_OUT),
            (self.recoverable, Cause.RECOVERABLE),
            (self.offline, Cause.OFFLINE),
        )
        return next((cause for found, cause in findings if found), None)


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to a DLE EOT; the asker knows which."""

    value: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """An ASB frame: sent whenever something changed."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class Fence:
    """The answer to GS r 1: everything before it has been processed."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class ProcessEcho:
    """The four characters of a GS ( H: everything before it has been printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Garbage:
    """A byte that is no answer of any kind."""

    value: int


Finding = RealTime | AutomaticStatus | Fence | ProcessEcho | Garbage


def real_time_status(ask: Ask, value: int) -> PrinterStatus:
    """Read the answer byte of one DLE EOT."""
    match ask:
        case Ask.PRINTER:
            return PrinterStatus(offline=bool(value & 0x08))
        case Ask.OFFLINE:
            # 0x40 says that there is an error; DLE EOT 3 says which.
            return PrinterStatus(cover_open=bool(value & 0x04), paper_end=bool(value & 0x20))
        case Ask.ERROR:
            return PrinterStatus(
                cutter=bool(value & 0x08),
                unrecoverable=bool(value & 0x20),
                recoverable=bool(value & 0x40),
            )
        case Ask.PAPER:
            return PrinterStatus(near_end=bool(value & 0x0C), paper_end=bool(value & 0x60))
        case _:
            assert_never(ask)


def automatic_status(frame: bytes) -> PrinterStatus:
    """Read the four bytes of an ASB frame."""
    assert len(frame) == ASB_LENGTH
    printer, error, paper, _ = frame
    return PrinterStatus(
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        cutter=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        recoverable=bool(error & 0x40),
        near_end=bool(paper & 0x03),
        paper_end=bool(paper & 0x0C),
    )


def process_id_request(process_id: bytes) -> bytes:
    """Return GS ( H function 48: echo this when everything before it is printed."""
    assert len(process_id) == PROCESS_ID_LENGTH
    assert all(byte in PROCESS_ID_ALPHABET for byte in process_id)
    return b"\x1d(H\x06\x0000" + process_id


def process_id(serial: int) -> bytes:
    """Return the process ID of the n-th sending: unique for the next 81 million of them."""
    digits = []
    for _ in range(PROCESS_ID_LENGTH):
        serial, digit = divmod(serial, len(PROCESS_ID_ALPHABET))
        digits.append(PROCESS_ID_ALPHABET[digit])
    return bytes(reversed(digits))


SERIAL_MAX: Final = len(PROCESS_ID_ALPHABET) ** 4 - 1


def serial_of(process_id: bytes) -> int:
    """Return the serial of a process ID, 0 when it cannot be one of ours."""
    serial = 0
    for byte in process_id:
        if byte not in PROCESS_ID_ALPHABET:
            return 0
        serial = serial * len(PROCESS_ID_ALPHABET) + PROCESS_ID_ALPHABET.index(byte)
    return serial


class StatusParser:
    """Cuts a printer's byte stream into findings. Holds the bytes of an unfinished frame."""

    def __init__(self) -> None:
        self._held = bytearray()

    def receive_data(self, data: bytes) -> list[Finding]:
        """Return what has been said completely; keep the rest for the next call."""
        self._held += data
        findings: list[Finding] = []
        while (finding := self._take()) is not None:
            findings.append(finding)
        return findings

    def _take(self) -> Finding | None:
        if not self._held:
            return None
        first = self._held[0]
        if first == ECHO_HEADER:
            return self._take_echo()
        if first & 0x93 == 0x10:
            return self._take_automatic()
        del self._held[0]
        if first & 0x93 == 0x12:
            return RealTime(first)
        if first & 0x90 == 0:
            return Fence(PrinterStatus(near_end=bool(first & 0x03), paper_end=bool(first & 0x0C)))
        return Garbage(first)

    def _take_automatic(self) -> Finding | None:
        rest = self._held[1:ASB_LENGTH]
        if any(byte & 0x90 for byte in rest):
            return self._take_garbage()
        if len(self._held) < ASB_LENGTH:
            return None
        frame = bytes(self._held[:ASB_LENGTH])
        del self._held[:ASB_LENGTH]
        return AutomaticStatus(automatic_status(frame))

    def _take_echo(self) -> Finding | None:
        held = self._held
        if len(held) > 1 and held[1] not in (ECHO_PROCESS, ECHO_OFFLINE):
            return self._take_garbage()
        if len(held) < ECHO_LENGTH:
            return None
        if held[1] != ECHO_PROCESS or held[ECHO_LENGTH - 1] != 0:
            return self._take_garbage()
        echoed = bytes(held[2:6])
        del held[:ECHO_LENGTH]
        return ProcessEcho(echoed)

    def _take_garbage(self) -> Finding:
        return Garbage(self._held.pop(0))


ASB_LENGTH: Final = 4
PROCESS_ID_LENGTH: Final = 4
ECHO_HEADER: Final = 0x37
ECHO_PROCESS: Final = 0x22
ECHO_OFFLINE: Final = 0x23
ECHO_LENGTH: Final = 7
