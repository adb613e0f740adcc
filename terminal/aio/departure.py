"""What is let go of when the process ends without having closed it.

aiosqlite works for each connection on a thread of its own, which the interpreter waits for before
it ends: a connection that an exception left open would keep a process that has failed alive for
ever, and a test run that is red. So one thread, for which nobody waits, waits for the end of the
main one and then stops what is still open. It loses nothing: what was committed is on the platter.
"""

from __future__ import annotations

import functools
import threading
from typing import Final
from weakref import WeakSet

import aiosqlite

_OPEN: Final[WeakSet[aiosqlite.Connection]] = WeakSet()


def let_go_at_exit(connection: aiosqlite.Connection) -> None:
    """Stop the connection's thread when the process ends, should nobody have closed it."""
    _OPEN.add(connection)
    _watch()


@functools.cache
def _watch() -> None:
    threading.Thread(target=_stop_at_the_end, name="departure", daemon=True).start()


def _stop_at_the_end() -> None:
    threading.main_thread().join()
    for connection in list(_OPEN):
        connection.stop()
