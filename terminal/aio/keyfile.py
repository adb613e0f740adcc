"""The key that seals card numbers: 32 bytes in a file of its own, readable by its owner alone.

It lies outside the database, so a copied database says nothing. It is made once, before the
database is; a database without its key is never given a new one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from protocol.secrets import Key
from terminal.errors import StoreError, WrongKey
from terminal.vault import KEY_BYTES


def load_key(path: Path, *, may_create: bool, random_bytes: Callable[[int], bytes]) -> Key:
    """Return the key of the file, made with mode 0600 if there may be none yet.

    Raises WrongKey when it is missing though there is a database, or is no key; StoreError when
    there is no room for it.
    """
    if not path.exists() and not may_create:
        raise WrongKey(f"the database has no key: {path} is missing")
    text, problem, full = b"", "", False
    try:
        if not path.exists():
            _write(path, random_bytes(KEY_BYTES))
        text = path.read_bytes().strip()
    except OSError as error:
        problem = error.strerror or type(error).__name__
        full = error.errno == errno.ENOSPC
    if full:
        raise StoreError("L40", f"{path} cannot be made: {problem}")
    if problem:
        raise WrongKey(f"{path} cannot be used: {problem}")
    if len(text) != 2 * KEY_BYTES or not set(text) <= set(b"0123456789abcdef"):
        raise WrongKey(f"{path} is no key file: it holds 64 hexadecimal digits")
    return Key(bytes.fromhex(text.decode()))


def _write(path: Path, key: bytes) -> None:
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, key.hex().encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
