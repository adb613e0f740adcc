"""What was said between terminal and acquirer, and how a scenario writes down what it expects.

One line is one message: its MTI, then fields by number. Whose it is follows from the MTI.

    0200 F4=000000001250 F38=- F39=*

`*` is any value, `-` none, `@3` the value that the third line's message has. Values are compared
as they may be shown: a card number is masked. What is no message is one word: `garbage` for a
frame that cannot be read, `bad-length` for a length that cannot be true.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from protocol.message import FieldValue, Message, mask_field

GARBAGE: Final = "garbage"
BAD_LENGTH: Final = "bad-length"
WORDS: Final = (GARBAGE, BAD_LENGTH)

_MTI = re.compile(r"[0-9]{4}", re.ASCII)
_FIELD = re.compile(r"F([0-9]{1,3})=(\S+)", re.ASCII)
_SHOWN: Final = (2, 3, 4, 11, 37, 38, 39, 60, 66, 90)
"""Fields by which a person tells one message from another."""


@dataclass(frozen=True, slots=True)
class Said:
    """One frame as it went over the wire: `name` is its MTI or a word, `fields` may be shown.

    `marks` are the fields' fingerprints, by which two messages are compared: a mask hides more.
    """

    name: str
    fields: dict[int, str]
    marks: dict[int, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        shown = (f"F{number}={self.fields[number]}" for number in _SHOWN if number in self.fields)
        return " ".join([self.name, *shown])


def said(message: Message) -> Said:
    """Return what may be shown of a message."""
    fields = message.fields
    shown = {number: mask_field(number, value).strip() for number, value in fields.items()}
    marks = {number: _mark(value) for number, value in fields.items()}
    return Said(message.mti, shown, marks)


def _mark(value: FieldValue) -> str:
    data = value.encode() if isinstance(value, str) else value
    return hashlib.blake2b(data, key=_KEY, digest_size=16).hexdigest()


_KEY: Final = secrets.token_bytes(16)
"""Of this process: a fingerprint says nothing to anybody else."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of what is expected."""

    text: str
    name: str
    fields: tuple[tuple[int, str], ...]

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read one line. Raises ValueError with a sentence."""
        name, *words = text.split() or [""]
        if name not in WORDS and not _MTI.fullmatch(name):
            allowed = " or ".join(WORDS)
            raise ValueError(f"a message begins with four digits, or is {allowed}, not {name!r}")
        found = [_FIELD.fullmatch(word) for word in words]
        for word, match in zip(words, found, strict=True):
            if match is None:
                raise ValueError(f"a field looks like F39=00, not {word!r}")
        return cls(text, name, tuple((int(one[1]), one[2]) for one in found if one is not None))

    def differences(self, heard: Said, before: Sequence[Said]) -> list[str]:
        """Return what of a message is not as expected; `before` are those it may refer to."""
        if self.name != heard.name:
            return [heard.name]
        return [
            f"F{number}={heard.fields.get(number, '-')}"
            for number, wanted in self.fields
            if not _fits(wanted, heard, number, before)
        ]


def _fits(wanted: str, heard: Said, number: int, before: Sequence[Said]) -> bool:
    if wanted in ("*", "-"):
        return (number not in heard.fields) is (wanted == "-")
    if wanted.startswith("@") and wanted[1:].isdecimal():
        line = int(wanted[1:])
        known = before[line - 1].marks.get(number) if 0 < line <= len(before) else None
        return known is not None and known == heard.marks.get(number)
    return heard.fields.get(number) == wanted


def is_management(name: str) -> bool:
    """True for sign-on, sign-off and echo, which a scenario may leave out of its list."""
    return name.startswith("08")
