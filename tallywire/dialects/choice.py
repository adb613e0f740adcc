"""Which dialect is meant: the name of a shipped one, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.dialect import BUILTIN, Dialect, builtin_dialect, load_dialect
from protocol.errors import DialectError
from tallywire.exits import Ending, Exit

FILE_SIZE_MAX: Final = 1 << 20


def choose_dialect(word: str) -> Dialect:
    """Return the dialect that `word` names. Raises Ending with what is wrong and what to do."""
    if word in BUILTIN:
        return builtin_dialect(word)
    path = Path(word)
    if not path.exists():
        names = ", ".join(BUILTIN)
        raise Ending(
            Exit.NOT_FOUND,
            f"{word!r} is no shipped dialect and no file.",
            f"Shipped are {names}; a file is TOML.",
        )
    problem = ""
    try:
        return load_dialect(read_text(path), path.name)
    except DialectError as error:
        problem = str(error)
    raise Ending(Exit.CONFIGURATION, f"{problem}.", "Mend the file and try again.")


def read_text(path: Path) -> str:
    """Return the text of a file. Raises Ending when it is none."""
    problem = ""
    try:
        if path.stat().st_size > FILE_SIZE_MAX:
            problem = f"has more than {FILE_SIZE_MAX} bytes"
        else:
            return path.read_text("utf-8")
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise Ending(Exit.CONFIGURATION, f"{path}: {problem}.", "Give a text file.")
