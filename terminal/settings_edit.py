"""Changes one value in a TOML text and leaves every other byte as its author wrote it.

Comments, order and blank lines are a person's. The line of the key is replaced, or a new one is
put at the end of its table; then both texts are read again, and what is not exactly the old
settings with the one change is refused rather than guessed.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

import msgspec

from terminal.configuration import Settings

HEADER: Final = re.compile(r"\s*\[")
VALUE_LINES_MAX: Final = 200


class CannotEdit(ValueError):
    """The text is written in a way that is better changed by hand; `str()` says so."""


def literal_of(key: str, word: str) -> str:
    """Return a word of the command line as TOML: text where the setting is text."""
    usual: Any = msgspec.to_builtins(Settings())
    for part in key.split("."):
        usual = usual.get(part) if isinstance(usual, dict) else None
    try:
        tomllib.loads(f"value = {word}")
        is_toml = not isinstance(usual, str)
    except tomllib.TOMLDecodeError:
        is_toml = False
    return word if is_toml else msgspec.json.encode(word).decode()


def with_value(text: str, key: str, literal: str) -> str:
    """Return the text with one value changed. Raises CannotEdit."""
    problem = ""
    try:
        expected = tomllib.loads(text)
        _put(expected, key.split("."), tomllib.loads(f"value = {literal}")["value"])
        changed = _edited(text, key, literal)
        if tomllib.loads(changed) == expected:
            return changed
    except (tomllib.TOMLDecodeError, TypeError) as error:
        problem = f": {error}"
    raise CannotEdit(f"{key} cannot be changed in this file{problem}; change it by hand")


def _put(table: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        table = table.setdefault(part, {})
    table[path[-1]] = value


def _edited(text: str, key: str, literal: str) -> str:
    table, _, name = key.rpartition(".")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    first, last = _region(lines, table)
    fresh = f"{name} = {literal}\n"
    if first is None:
        gap = ["\n"] if lines else []
        return "".join([*lines, *gap, f"[{table}]\n", fresh])
    for number in range(first, last):
        if re.match(rf"\s*{re.escape(name)}\s*=", lines[number]):
            return "".join([*lines[:number], fresh, *lines[_value_end(lines, number) :]])
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "".join([*lines[:last], fresh, *lines[last:]])


def _region(lines: list[str], table: str) -> tuple[int | None, int]:
    """Return the lines of a table without its header, None when it has none."""
    headers = [number for number, line in enumerate(lines) if HEADER.match(line)]
    first: int | None = 0
    if table:
        wanted = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]\s*(#.*)?$")
        first = next((number + 1 for number in headers if wanted.match(lines[number])), None)
    if first is None:
        return None, len(lines)
    return first, next((number for number in headers if number >= first), len(lines))


def _value_end(lines: list[str], number: int) -> int:
    """Return the line after a value, which may go over several."""
    for end in range(number + 1, min(number + VALUE_LINES_MAX, len(lines)) + 1):
        try:
            tomllib.loads("".join(lines[number:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return number + 1
