"""A dialect by its word: the name of a shipped one, or the path of a TOML file of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.errors import DialectError, NoSuchDialect

FILE_SIZE_MAX: Final = 1 << 20


def find_dialect(word: str) -> Dialect:
    """Return the dialect that `word` names. Raises DialectError: file, key, what is wrong."""
    if word in BUILTIN:
        return builtin_dialect(word)
    if not Path(word).exists():
        names = ", ".join(BUILTIN)
        raise NoSuchDialect(f"{word!r} is no shipped dialect and no file; there are {names}")
    return load_dialect(read_text(word), word)


def read_text(word: str) -> str:
    """Return the text of a file that describes fields. Raises DialectError."""
    path, problem = Path(word), ""
    try:
        if path.stat().st_size <= FILE_SIZE_MAX:
            return path.read_text("utf-8")
        problem = f"has more than {FILE_SIZE_MAX} bytes"
    except OSError as error:
        problem = f"cannot be read: {error.strerror or type(error).__name__}"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise DialectError(f"{word} {problem}")
