"""Settings from TOML into frozen types, with errors a person can act on.

An error names the file, the key, what was found and what is allowed. The file itself is read
by the caller: this module only sees text.
"""

from __future__ import annotations

import re
import tomllib
from typing import TypeVar

import msgspec

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
    problem = ""
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        problem = str(error)
    words, _, path = problem.partition(" - at `")
    key = re.sub(r"^\$\.?", "", path.rstrip("`"))
    raise SettingsError(source, key, words)
