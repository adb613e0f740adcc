"""One acquirer for one SQLite file: a lock on a file beside it, for as long as it is open.

The kernel gives the lock back when the process ends, however it ends. Who only reads the ledger
asks nobody.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3

from acquirer_sim.errors import LedgerError


class GuardedConnection(sqlite3.Connection):
    """A connection that holds the lock of its file until it is closed."""

    _handle: int | None = None

    def guard(self, path: str) -> None:
        """Take the lock. Raises LedgerError when another process has it."""
        problem = LedgerError(
            f"Another acquirer holds the ledger {path}.",
            "Stop it, or give this one a ledger of its own; processes share one on PostgreSQL.",
        )
        handle = None
        try:
            handle = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._handle = handle
            return
        except BlockingIOError:
            assert handle is not None, "a file that is not locked has been opened before"
            os.close(handle)
        except OSError as error:
            problem = LedgerError(
                f"The ledger {path} cannot be locked: {error.strerror}.",
                "Check that its folder is yours.",
            )
        raise problem

    def close(self) -> None:
        """Close, then give the lock back."""
        super().close()
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
