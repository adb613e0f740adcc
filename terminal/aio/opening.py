"""Opens a terminal on a data directory: lock, key, database, line, printers; and closes it all.

<data>/terminal.db      the journal
<data>/terminal.key     the key that seals card numbers
<data>/lock             held while a process works here
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from protocol.aio.client import Opener
from protocol.dialect import builtin_dialect
from terminal.aio.database import DatabaseOpener, open_sqlite
from terminal.aio.driver import Equipment, Terminal
from terminal.aio.keyfile import load_key
from terminal.aio.line import AcquirerLine
from terminal.aio.lock import DataLock
from terminal.aio.printers import Printer
from terminal.configuration import Settings
from terminal.effects import Notice
from terminal.errors import StoreError


def utc_now() -> datetime:
    """Return the wall clock's time, aware, in UTC."""
    return datetime.now(UTC)


def hear_nothing(notice: Notice) -> None:
    """Stand for a person who is not there."""


@asynccontextmanager
async def open_terminal(
    data: Path,
    settings: Settings,
    opener: Opener,
    printers: Sequence[Printer],
    *,
    tell: Callable[[Notice], None] = hear_nothing,
    now: Callable[[], datetime] = utc_now,
    database_opener: DatabaseOpener = open_sqlite,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> AsyncIterator[Terminal]:
    """Open the terminal whose data is in the directory `data`; made if it is not there.

    Raises InUse when another process works there, WrongKey, JournalError, StoreError.
    """
    _make(data)
    async with AsyncExitStack() as stack:
        stack.callback(DataLock(data).release)
        path = data / "terminal.db"
        key = load_key(
            data / "terminal.key", may_create=not path.exists(), random_bytes=random_bytes
        )
        database = await database_opener(str(path))
        stack.push_async_callback(database.close)
        line = AcquirerLine(opener, builtin_dialect(settings.dialect))
        stack.push_async_callback(line.close)
        for printer in printers:
            stack.push_async_callback(printer.close)
        equipment = Equipment(
            database=database,
            scratch=database_opener,
            line=line,
            key=key,
            printers=printers,
            now=now,
            random_bytes=random_bytes,
            tell=tell,
        )
        terminal = await Terminal.open(settings, equipment)
        stack.push_async_callback(terminal.close)
        yield terminal


def _make(data: Path) -> None:
    problem = ""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise StoreError("L42", f"the data directory {data} cannot be made: {problem}")
