"""What comes in: a file or standard input, as hexadecimal digits or as the bytes themselves, and
the messages in it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.doctor import DATA_SIZE_MAX, cut
from protocol.dump import DumpError, read_dump
from protocol.errors import FieldError
from protocol.framing import Framing, LengthKind
from protocol.message import Message
from tallywire.exits import Ending, Exit

INPUT_SIZE_MAX: Final = 4 * DATA_SIZE_MAX
EITHER_SIZE_MIN: Final = 20
"""The shortest message there is: MTI and bitmap in ASCII."""
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
CONTROLS: Final = bytes(range(32))
AUTO: Final = "auto"
HEX: Final = "hex"
RAW: Final = "raw"
NONE: Final = "none"
KINDS: Final[tuple[str, ...]] = tuple(kind.value for kind in LengthKind)
INCLUSIVE: Final = "-inclusive"
FRAMINGS: Final[tuple[str, ...]] = (AUTO, NONE, *KINDS, *(f"{kind}{INCLUSIVE}" for kind in KINDS))


def read_input(source: str) -> bytes:
    """Return what is in a file, or with "-" what comes on standard input. Raises Ending."""
    problem = ""
    data = b""
    try:
        if source == "-":
            data = sys.stdin.buffer.read(INPUT_SIZE_MAX + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(INPUT_SIZE_MAX + 1)
    except OSError as error:
        problem = error.strerror or "cannot be read"
    if problem:
        raise Ending(Exit.NOT_FOUND, f"{source}: {problem}.", "Give a file, or - to read a pipe.")
    if len(data) > INPUT_SIZE_MAX:
        raise Ending(Exit.REFUSED, f"There are more than {INPUT_SIZE_MAX} bytes.", "Give one part.")
    return data


def read_word(word: str) -> bytes:
    """Return the input that a word names: digits as they stand, a file, or "-". Raises Ending."""
    digits = len(word) >= EITHER_SIZE_MIN and set(word) <= HEX_DIGITS
    return word.encode() if digits and not Path(word).exists() else read_input(word)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the input may mean, likeliest first; `complaint` when it looks like digits with a slip.

    The complaint is to be raised when no reading makes sense.
    """

    readings: tuple[bytes, ...]
    complaint: Ending | None = None


def candidates(data: bytes, form: str) -> Candidates:
    """Return the bytes that digits mean, and the bytes as they are.

    Raises Ending when it is said to be digits, or all but is, and cannot be read as such.
    """
    if form == RAW:
        return Candidates((data,))
    plain = data.rstrip(b"\r\n")
    # A message in ASCII without punctuation may look like digits, whole or one too few.
    either = plain.isalnum() and len(plain) >= EITHER_SIZE_MIN
    try:
        found = read_dump(data.decode("utf-8"))
        return Candidates((found, plain) if form == AUTO and either else (found,))
    except UnicodeDecodeError:
        problem = "it is no text"
    except DumpError as error:
        problem = str(error)
    complaint = Ending(
        Exit.REFUSED,
        f"These are no hexadecimal digits: {problem}.",
        "Say --raw when it is the message itself.",
    )
    slip = _nearly_digits(plain)
    if form == HEX or not plain or (slip and not either):
        raise complaint
    readings = (data,) if data == plain else (plain, data)
    return Candidates(readings, complaint if slip else None)


def _nearly_digits(data: bytes) -> bool:
    if not data.isascii() or data.translate(None, b"\t\r\n") != data.translate(None, CONTROLS):
        return False
    digits = sum(data.count(digit) for digit in b"0123456789abcdefABCDEF \r\n\t")
    return digits * 20 >= len(data) * 19


def framing_of(name: str, dialect: Dialect) -> Framing | None:
    """Return the framing that a word of FRAMINGS means; None for no framing."""
    if name == NONE:
        return None
    if name == AUTO:
        return dialect.framing
    kind = LengthKind(name.removesuffix(INCLUSIVE))
    return Framing(kind=kind, inclusive=name.endswith(INCLUSIVE))


def frames(data: bytes, framing: str, dialect: Dialect) -> tuple[bytes, ...]:
    """Return the messages in some bytes. Raises Ending when the framing does not fit them.

    "auto" is the dialect's framing when it fits to the last byte, and no framing when not.
    """
    chosen = framing_of(framing, dialect)
    if chosen is None:
        return (data,)
    piece = cut(framing, chosen, data)
    if piece.payloads:
        return piece.payloads
    if framing == AUTO:
        return (data,)
    raise Ending(
        Exit.REFUSED,
        f"Length header {framing}: {piece.problem}.",
        "tallywire message doctor tries all of them.",
    )


def read_messages(
    source: str, *, form: str, framing: str, dialect: Dialect
) -> list[Message | FieldError]:
    """Return each message or why it is none, of the reading that comes furthest. Raises Ending."""
    return messages_in(read_input(source), form=form, framing=framing, dialect=dialect)


def messages_in(
    data: bytes, *, form: str, framing: str, dialect: Dialect
) -> list[Message | FieldError]:
    """As `read_messages`, of some input. Raises Ending."""
    found = candidates(data, form)
    codec = Codec(dialect)
    readings: list[list[Message | FieldError]] = []
    problem: Ending | None = found.complaint
    for data in found.readings:
        try:
            payloads = frames(data, framing, dialect)
        except Ending as error:
            problem = problem or error
        else:
            readings.append([_decode(codec, payload) for payload in payloads])
            if framing == AUTO and payloads == (data,):
                # A frame cut short: its length header lies, the message behind it begins right.
                readings.append([_decode(codec, data[dialect.framing.header_size :])])
    best = max(readings, key=lambda reading: _progress(reading[0]), default=[])
    if problem and (not best or _progress(best[0]) == NOTHING_READ):
        raise problem
    return best


def _decode(codec: Codec, payload: bytes) -> Message | FieldError:
    try:
        return codec.decode(payload)
    except FieldError as error:
        return error


NOTHING_READ: Final = (False, False, 0)


def _progress(found: Message | FieldError) -> tuple[bool, bool, int]:
    """Return how far reading came: whole, MTI known, number of fields."""
    if isinstance(found, FieldError):
        return False, found.partial is not None, len(found.partial.fields) if found.partial else 0
    return True, True, len(found.fields)
