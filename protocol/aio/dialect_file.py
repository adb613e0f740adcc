"""A dialect by its word: the name of a shipped one, or the path of a TOML file of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.errors import DialectError

FILE_SIZE_MAX: Final = 1 << 20


def find_dialect(word: str) -> Dialect:
    """Return the dialect that `word` names. Raises DialectError: file, key, what is wrong."""
    return builtin_dialect(word) if word in BUILTIN else load_dialect(_text_of(word), word)


def _text_of(word: str) -> str:
    path, problem = Path(word), ""
    try:
        if path.stat().st_size <= FILE_SIZE_MAX:
            return path.read_text("utf-8")
        problem = f"has more than {FILE_SIZE_MAX} bytes"
    except FileNotFoundError:
        problem = f"is no file and no shipped dialect; there are {', '.join(BUILTIN)}"
    except OSError as error:
        problem = f"cannot be read: {error.strerror or type(error).__name__}"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise DialectError(f"{word} {problem}")
