"""Settings from TOML into frozen types, with errors a person can act on.

An error names the file, the key, what was found and what is allowed. The file itself is read
by the caller: this module only sees text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from enum import Enum
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec

from protocol.secrets import mask_digit_runs

S = TypeVar("S")


class SettingsError(Exception):
    """A configuration that cannot be used. `str()` is one sentence: path, key, problem."""

    def __init__(self, source: str, key: str, problem: str) -> None:
        super().__init__(f"{source}: {key}: {problem}" if key else f"{source}: {problem}")
        self.source = source
        self.key = key
        self.problem = problem


def parse_settings(text: str, kind: type[S], source: str) -> S:
    """Read TOML `text` of the file `source` as a Struct `kind`. Raises SettingsError."""
    found: Any = {}
    problem = ""
    try:
        found = tomllib.loads(text)
        return msgspec.convert(found, kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        problem = str(error)
    raise SettingsError(source, *explain(problem, found, kind))


def explain(problem: str, found: Any, kind: Any) -> tuple[str, str]:
    """Return the key and the words for what msgspec or TOML has to say: found and allowed.

    `found` is the table that was read, `kind` the Struct it should be.
    """
    words, _, path = problem.partition(" - at `")
    steps = _STEP.findall(path)
    unknown = _UNKNOWN.fullmatch(words)
    if unknown:
        steps.append(unknown[1])
        return _key(steps), f"no such key; allowed: {_allowed(kind, steps)}"
    # What a type refuses by itself is said in a sentence that begins with the key; a number
    # behind it, as in "field 65", is a place in the table, and the sentence stays whole.
    name, _, rest = words.partition(" ")
    if name.rstrip(":") in _names(kind, steps) and not rest[:1].isdigit():
        steps, words = [*steps, name.rstrip(":")], rest
    if steps:
        words += _shown(found, steps) + _choices(kind, steps)
    return _key(steps), words


_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`")
_STEP: Final = re.compile(r"[^.\[\]$`]+|\[[0-9.]*\]")


def _key(steps: list[str]) -> str:
    return ".".join(steps).replace(".[", "[")


def _shown(found: Any, steps: list[str]) -> str:
    """Return what stands at a key, when one place is meant and it may be shown."""
    for step in steps:
        place: Any = int(step[1:-1]) if step[1:-1].isdigit() and step[0] == "[" else step
        try:
            found = found[place]
        except (KeyError, IndexError, TypeError):
            return ""
    return f"; found {mask_digit_runs(repr(found))}" if not isinstance(found, dict | list) else ""


def _allowed(kind: Any, steps: list[str]) -> str:
    """Name the keys of the table that holds the unknown one, "those of the table" if unclear."""
    return ", ".join(_names(kind, steps[:-1])) or "those of the table"


def _names(kind: Any, steps: list[str]) -> list[str]:
    """Return the keys of the table at `steps`."""
    for step in steps:
        kind = _inner(kind, step)
    return [field.encode_name for field in msgspec.structs.fields(kind)] if _struct(kind) else []


def _choices(kind: Any, steps: list[str]) -> str:
    """Name the values a key may have, when they can be counted."""
    for step in steps:
        kind = _inner(kind, step)
    is_enum = isinstance(kind, type) and issubclass(kind, Enum)
    choices = [member.value for member in kind] if is_enum else get_args(kind)
    return f"; allowed: {', '.join(choices)}" if choices and _all_text(choices) else ""


def _all_text(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _inner(kind: Any, step: str) -> Any:
    """Return the type one step down: a field of a Struct, an element, a value of a table."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if _struct(kind):
        kinds = [field.type for field in msgspec.structs.fields(kind) if field.encode_name == step]
    else:
        kinds = [inner for inner in get_args(kind) if inner not in (str, type(None), ...)]
    found = next(iter(kinds), None)
    if get_origin(found) in (Union, UnionType):
        found = next(one for one in get_args(found) if one is not type(None))
    return found


def _struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
