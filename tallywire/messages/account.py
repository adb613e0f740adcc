"""A message told to a person: one line for each field, its parts below it, nothing secret."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.dialect import Dialect
from protocol.errors import FieldError
from protocol.message import Message, mask_field
from protocol.parts import mti_words, part_lines, tag_lines
from protocol.profiles.cup.account import KEYS, structure_lines
from terminal.responses import RESPONSES

CHIP = 55
RESPONSE_CODE = 39


def account(message: Message, dialect: Dialect) -> Iterator[str]:
    """Yield the lines of a message, masked."""
    if message.header is not None:
        yield f"header {message.header}"
    yield f"MTI {message.mti}  {mti_words(message.mti)}".rstrip()
    names, hidden = dialect.names, dialect.hidden
    for number, value in sorted(message.fields.items()):
        shown = mask_field(number, value, hidden)
        if number == RESPONSE_CODE and shown in RESPONSES:
            shown = f"{shown}  {RESPONSES[shown].en}"
        yield f"F{number:<3} {names.get(number, ''):<34} {shown}".rstrip()
        if number == CHIP and isinstance(value, bytes):
            yield from (f"       {line}" for line in tag_lines(value))
        else:
            yield from (f"       {line}" for line in _inside(message, number, shown, dialect))


def _inside(message: Message, number: int, shown: str, dialect: Dialect) -> Iterator[str]:
    """Return what stands inside a field: by the dialect's structures, else by its parts."""
    closed = number in dialect.hidden
    if dialect.profile == "cup" and (number == KEYS or not closed):
        found = list(structure_lines(message, number))
        if found:
            return iter(found)
    return iter(()) if closed else part_lines(number, shown)


def account_of_error(error: FieldError, dialect: Dialect) -> Iterator[str]:
    """Yield what was read before the error, and the error."""
    if error.partial is not None:
        yield from account(error.partial, dialect)
    yield f"!!   {error}"
