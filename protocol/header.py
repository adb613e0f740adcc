"""What stands before the MTI: the TPDU and the terminal's header, both packed decimal digits.

    60 0525 0000   60 31 0 0 311001   0800 ...
    TPDU           terminal header    message

The TPDU (transport protocol data unit, five bytes) says which host and which line; the terminal
header (six bytes) says what the terminal is, and in a reply what the host wants of it. A dialect
tells in its table `[header]` which of the two are on its wire, by their defaults:

    [header]
    tpdu = "6005250000"
    terminal = "603100311001"

A message that was read has the header it came with; a message without one is written with the
dialect's default. A reply takes the header that `reply_header` makes of the request's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import Enum
from typing import Final

import msgspec

TPDU_SIZE: Final = 5
TERMINAL_HEADER_SIZE: Final = 6
REMEMBERED_MAX: Final = 4096
"""How many headers are kept ready in either direction; a peer chooses its headers."""


class ProcessingRequest(Enum):
    """What the host wants of the terminal once the payment at hand is complete."""

    NOTHING = "0"
    DOWNLOAD_PARAMETERS = "1"
    UPLOAD_STATUS = "2"
    SIGN_ON = "3"
    UPDATE_CA_KEYS = "4"
    DOWNLOAD_CHIP_PARAMETERS = "5"
    MANAGE_TERMINAL = "6"
    DOWNLOAD_BLACKLIST = "7"
    UPDATE_RATES = "8"


class Tpdu(msgspec.Struct, frozen=True, kw_only=True):
    """Identifier (two digits), destination and source (four digits each)."""

    identifier: str = "60"
    destination: str = "0000"
    source: str = "0000"

    def __post_init__(self) -> None:
        _check("TPDU", (self.identifier, 2), (self.destination, 4), (self.source, 4))

    def swapped(self) -> Tpdu:
        """Return the TPDU of the way back."""
        return Tpdu(identifier=self.identifier, destination=self.source, source=self.destination)


class TerminalHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What the terminal is: digits all.

    `application` is 60 for magnetic stripes, 61 for chips; `state` is 0 in normal operation.
    `request` is a digit and not an enumeration: a digit nobody knows is no reason to refuse a
    reply about money.
    """

    application: str = "60"
    version: str = "31"
    state: str = "0"
    request: str = "0"
    sub_version: str = "311001"

    def __post_init__(self) -> None:
        _check(
            "terminal header",
            (self.application, 2),
            (self.version, 2),
            (self.state, 1),
            (self.request, 1),
            (self.sub_version, 6),
        )

    @property
    def processing_request(self) -> ProcessingRequest | None:
        """What the host wants; None for a digit without a meaning."""
        return _REQUESTS.get(self.request)


_REQUESTS: Final = {request.value: request for request in ProcessingRequest}


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stood, or will stand, before the MTI."""

    tpdu: Tpdu | None = None
    terminal: TerminalHeader | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (_tpdu_digits(self), _terminal_digits(self)) if part)


def reply_header(
    header: Header | None, request: ProcessingRequest = ProcessingRequest.NOTHING
) -> Header | None:
    """Return the header of the reply to a message with this one.

    The TPDU goes back where it came from; the terminal header is the terminal's own, with what
    the host wants of it.
    """
    if header is None:
        return None
    tpdu, terminal = header.tpdu, header.terminal
    if terminal is not None and terminal.request != request.value:
        terminal = msgspec.structs.replace(terminal, request=request.value)
    return Header(tpdu=tpdu.swapped() if tpdu is not None else None, terminal=terminal)


class HeaderRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which parts a dialect has, each by the digits of its default; "" for a part it has not."""

    tpdu: str = ""
    terminal: str = ""

    def __post_init__(self) -> None:
        for name, digits, size in (
            ("tpdu", self.tpdu, TPDU_SIZE),
            ("terminal", self.terminal, TERMINAL_HEADER_SIZE),
        ):
            if digits:
                _check(name, (digits, 2 * size))

    @property
    def size(self) -> int:
        """Bytes before the MTI."""
        return (len(self.tpdu) + len(self.terminal)) // 2

    @property
    def default(self) -> Header | None:
        """The header of messages that bring none; None when the dialect has no header."""
        return self.read(bytes.fromhex(self.tpdu + self.terminal)) if self.size else None

    def read(self, raw: bytes) -> Header:
        """Return the header in `size` bytes. Raises ValueError when those are no packed digits."""
        if len(raw) != self.size:
            raise ValueError(f"needs {self.size} bytes, {len(raw)} are left")
        digits = raw.hex()
        if not digits.isdecimal():
            raise ValueError("holds something other than packed digits")
        tpdu, terminal = digits[: len(self.tpdu)], digits[len(self.tpdu) :]
        return Header(
            tpdu=Tpdu(identifier=tpdu[:2], destination=tpdu[2:6], source=tpdu[6:])
            if tpdu
            else None,
            terminal=TerminalHeader(
                application=terminal[:2],
                version=terminal[2:4],
                state=terminal[4],
                request=terminal[5],
                sub_version=terminal[6:],
            )
            if terminal
            else None,
        )

    def write(self, header: Header | None) -> bytes:
        """Return the bytes of a header, or of the default; none where the dialect has none.

        A message may have come by another wire, but half a header is a bug. Raises ValueError
        when the header lacks a part that the dialect has, or has one too many.
        """
        if header is None or not self.size:
            return bytes.fromhex(self.tpdu + self.terminal)
        if (header.tpdu is None) != (not self.tpdu):
            raise ValueError("needs a TPDU" if self.tpdu else "has a TPDU too many")
        if (header.terminal is None) != (not self.terminal):
            raise ValueError(
                "needs a terminal header" if self.terminal else "has a terminal header too many"
            )
        return bytes.fromhex(_tpdu_digits(header) + _terminal_digits(header))

    def remembering_reader(self) -> Callable[[bytes], Header]:
        """Return `read`, with the headers of the last peers kept ready."""
        return functools.lru_cache(REMEMBERED_MAX)(self.read)

    def remembering_writer(self) -> Callable[[Header | None], bytes]:
        """Return `write`, with the bytes of the last headers kept ready."""
        return functools.lru_cache(REMEMBERED_MAX)(self.write)


def _tpdu_digits(header: Header) -> str:
    tpdu = header.tpdu
    return f"{tpdu.identifier}{tpdu.destination}{tpdu.source}" if tpdu is not None else ""


def _terminal_digits(header: Header) -> str:
    part = header.terminal
    if part is None:
        return ""
    return f"{part.application}{part.version}{part.state}{part.request}{part.sub_version}"


def _check(name: str, *parts: tuple[str, int]) -> None:
    for digits, count in parts:
        if len(digits) != count or not (digits.isascii() and digits.isdigit()):
            raise ValueError(f"{name}: every part has its number of decimal digits")
