"""The file that holds the key of a ledger's card tokens: 64 hexadecimal digits, mode 0600."""

from __future__ import annotations

import os

from acquirer_sim.errors import KeyFileError
from acquirer_sim.tokens import KEY_BYTES
from protocol.secrets import Key


def read_key(place: str, *, is_new: bool) -> Key:
    """Read a key file; make one only for a ledger that `is_new`. Raises KeyFileError."""
    problem = KeyFileError(f"The key file {place} is damaged.", "Put a copy of it back.")
    if is_new and not os.path.exists(place):
        _make_key(place)
    try:
        with open(place, encoding="utf-8") as file:
            key = bytes.fromhex(file.read())
        if len(key) == KEY_BYTES:
            return Key(key)
    except (OSError, ValueError):
        problem = KeyFileError(
            f"The key file {place} cannot be read.", "Put it back beside the ledger."
        )
    raise problem


def _make_key(place: str) -> None:
    """Make a key. A crash before the ledger's first table leaves one that is then used."""
    handle, problem = -1, ""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(KEY_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        problem = error.strerror or type(error).__name__
        if handle >= 0:
            os.unlink(place)  # a piece of a key would be in the way of a whole one
    if problem:
        raise KeyFileError(
            f"The key file {place} cannot be made: {problem}.", "See to its folder and its disk."
        )
