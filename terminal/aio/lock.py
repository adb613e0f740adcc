"""One process for one terminal's data: a lock on a file beside the database.

The kernel gives the lock back when the process ends, however it ends, so a crash leaves none.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from terminal.errors import InUse, StoreError


class DataLock:
    """Holds the lock of a data directory until `release`."""

    def __init__(self, directory: Path) -> None:
        path = directory / "lock"
        self._handle = _open(path)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken = True
        except OSError:
            taken = False
        if not taken:
            os.close(self._handle)
            raise InUse(str(directory))

    def release(self) -> None:
        """Give the directory back."""
        os.close(self._handle)


def _open(path: Path) -> int:
    problem = ""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise StoreError("L42", f"{path} cannot be opened: {problem}")
