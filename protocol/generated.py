"""What both kinds of generated function share: places in a frame, checks, and how to define one."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from protocol.element import (
    PACKED,
    Element,
    ascii_table,
    is_alphanumeric,
    is_letters,
    is_printable,
    is_signed,
    is_track,
)
from protocol.field import ValueClass
from protocol.message import Message

REFUSALS: Final = (LookupError, ValueError, TypeError, AttributeError)
"""What a generated function raises about a frame or a message that is not right."""

NAMES: Final[dict[str, Any]] = {
    "Message": Message,
    "is_alphanumeric": is_alphanumeric,
    "is_letters": is_letters,
    "is_printable": is_printable,
    "is_signed": is_signed,
    "is_track": is_track,
    "hexlify": binascii.hexlify,
    "unhexlify": binascii.unhexlify,
}
"""What every generated function may call."""

_IDENTITY: Final = bytes(range(128))


def define(source: str, name: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function `name` that `source` defines.

    The source is made of numbers from a validated dialect and names of this package, nothing
    that a peer or a file has written.
    """
    scope = {**NAMES, **names}
    exec(compile(source, f"<{name}>", "exec"), scope)
    defined: Callable[..., Any] = scope[name]
    return defined


def reads_as_ascii(encoding: str) -> bool:
    """True for charsets whose ASCII characters are the bytes of ASCII: no translation needed."""
    return encoding != PACKED and ascii_table(encoding)[:128] == _IDENTITY


class Place(msgspec.Struct, frozen=True):
    """An offset known only when the function runs: a local variable, times, plus."""

    variable: str = ""
    factor: int = 1
    offset: int = 0

    def plus(self, count: int) -> Place:
        """Return the place `count` further on."""
        return msgspec.structs.replace(self, offset=self.offset + count)

    def scaled(self, factor: int) -> Place:
        """Return the same place counted in units of which `factor` make one."""
        return Place(self.variable, self.factor * factor, self.offset * factor)

    def __str__(self) -> str:
        if not self.variable:
            return str(self.offset)
        times = f"{self.factor}*" if self.factor != 1 else ""
        return f"{times}{self.variable}" + (f"+{self.offset}" if self.offset else "")


class Run(msgspec.Struct):
    """Fields of fixed length that stand side by side in one text: one expression, many groups."""

    text: str
    begin: Place
    end: Place
    patterns: list[str] = msgspec.field(default_factory=list)
    groups: list[str] = msgspec.field(default_factory=list)

    def skip(self, pattern: str, count: int) -> None:
        """Go over `count` characters that are no value."""
        if count:
            self.patterns.append(f"{pattern}{{{count}}}")
            self.end = self.end.plus(count)

    def take(self, element: Element, pattern: str) -> None:
        """Go over the value of a field."""
        self.patterns.append(pattern)
        self.groups.append(f"v{element.number}")
        self.end = self.end.plus(element.characters)

    def matcher(self) -> Callable[..., re.Match[str] | None]:
        """Return the compiled expression's `match`."""
        return re.compile("".join(self.patterns)).match


_BYTES_CHECKS: Final = {
    ValueClass.N: "{0}.isdigit()",
    ValueClass.A: "is_letters({0})",
    ValueClass.AN: "is_alphanumeric({0})",
    ValueClass.ANS: "({0}.isalnum() or is_printable({0}))",
    ValueClass.XN: "is_signed({0})",
    ValueClass.Z: "({0}.replace(b'=', b'').isdigit() or is_track({0}))",
}


def bytes_condition(element: Element, cut: str) -> str:
    """Return the condition under which the bytes `cut` are of the field's class."""
    if element.packed and element.field.value is ValueClass.Z:
        return f"{cut}.translate(None, b'd').isdigit()"
    return _BYTES_CHECKS[element.field.value].format(cut)


_TEXT_CHECKS: Final = {
    ValueClass.N: "{0}.isdigit()",
    ValueClass.A: "is_letters({0}.encode())",
    ValueClass.AN: "is_alphanumeric({0}.encode())",
    ValueClass.ANS: "({0}.isalnum() or is_printable({0}.encode()))",
    ValueClass.XN: "is_signed({0}.encode())",
    ValueClass.Z: "({0}.encode().replace(b'=', b'').isdigit() or is_track({0}.encode()))",
}


def text_condition(element: Element, name: str) -> str:
    """Return the condition under which the text in variable `name` is of the field's class.

    The text is known to be ASCII, or is about to be refused for not being so.
    """
    return _TEXT_CHECKS[element.field.value].format(name)
