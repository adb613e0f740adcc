"""A master key in a file of its own: 32 or 48 hexadecimal digits, one line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from protocol.secrets import Key

DIGITS: Final = frozenset(b"0123456789abcdefABCDEF")
LENGTHS: Final = (32, 48)


class BadKeyFile(Exception):
    """A key file that cannot be used; `str()` names the file and what is wrong, never a digit."""


def read_master_key(path: Path) -> Key:
    """Return the key of a file. Raises BadKeyFile."""
    text, problem = b"", ""
    try:
        text = path.read_bytes().strip()
    except OSError as error:
        problem = f"cannot be read: {error.strerror or type(error).__name__}"
    if not problem and (len(text) not in LENGTHS or not DIGITS.issuperset(text)):
        problem = "is no key file: it holds 32 or 48 hexadecimal digits"
    if problem:
        raise BadKeyFile(f"{path} {problem}")
    return Key(bytes.fromhex(text.decode()))
