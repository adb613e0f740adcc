"""Opens a terminal on a data directory: lock, key, database, line, printers; and closes it all.

<data>/terminal.db      the journal
<data>/terminal.key     the key that seals card numbers
<data>/lock             held while a process works here

In dialects that sign, the master key is that of `master_key_file` in the settings, or the
published test key.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from protocol.aio.client import Opener
from protocol.aio.dialect_file import find_dialect
from protocol.aio.keyfile import BadKeyFile, read_master_key
from protocol.codec import Codec
from protocol.dialect import Dialect
from protocol.errors import DialectError
from protocol.pin_rule import PinKeys
from protocol.profiles.choice import has_payments
from protocol.published_keys import TEST_MASTER_KEY
from protocol.signing import Signing
from terminal.aio.database import DatabaseOpener, open_sqlite
from terminal.aio.driver import Terminal
from terminal.aio.equipment import Equipment, pass_by
from terminal.aio.keyfile import load_key
from terminal.aio.line import AcquirerLine
from terminal.aio.lock import DataLock
from terminal.aio.paperwork import Tear
from terminal.aio.printers import Printer
from terminal.aio.storehouse import free_bytes_at
from terminal.configuration import Settings
from terminal.effects import CrashPoint, Notice
from terminal.errors import StoreError, WrongKey
from terminal.keyring import Keyring
from terminal.pin_pad import PinPad, device_of
from terminal.rehearsal import REHEARSED, unspeakable


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
    tear: Tear | None = None,
    reached: Callable[[CrashPoint], None] = pass_by,
) -> AsyncIterator[Terminal]:
    """Open the terminal whose data is in the directory `data`; made if it is not there.

    Raises InUse when another process works there, WrongKey, JournalError, StoreError, and
    DialectError, before anything is made, for a `dialect` in the settings that cannot be used.
    """
    dialect = find_dialect(settings.dialect)
    codec = _able(dialect, settings)
    _make(data)
    async with AsyncExitStack() as stack:
        stack.callback(DataLock(data).release)
        path = data / "terminal.db"
        key = load_key(
            data / "terminal.key", may_create=not path.exists(), random_bytes=random_bytes
        )
        database = await database_opener(str(path))
        stack.push_async_callback(database.close)
        keyring = _keyring(dialect, settings.master_key_file)
        pin_pad = _pin_pad(dialect, settings, keyring)
        line = AcquirerLine(opener, dialect, codec=codec, keyring=keyring)
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
            keyring=keyring,
            has_payments=has_payments(dialect),
            pin_pad=pin_pad,
            tear=tear,
            free_bytes=free_bytes_at(data),
            reached=reached,
        )
        terminal = await Terminal.open(settings, equipment)
        stack.push_async_callback(terminal.close)
        yield terminal


def _able(dialect: Dialect, settings: Settings) -> Codec:
    """Return the codec of a dialect in which a terminal can work. Raises DialectError."""
    codec = Codec(dialect)
    problem = "" if settings.dialect in REHEARSED else unspeakable(dialect, codec, settings)
    if problem:
        raise DialectError(f"{settings.dialect} is no dialect for a terminal: {problem}")
    return codec


def _keyring(dialect: Dialect, path: str) -> Keyring | None:
    """Return the keys of a terminal, None for a dialect that signs nothing. Raises WrongKey."""
    if dialect.mac.algorithm is None:
        return None
    problem = ""
    try:
        master = read_master_key(Path(path)) if path else TEST_MASTER_KEY
        return Keyring(Signing(dialect), master)
    except BadKeyFile as error:
        problem = str(error)
    raise WrongKey(f"the master key {problem}")


def _pin_pad(dialect: Dialect, settings: Settings, keyring: Keyring | None) -> PinPad | None:
    """Return the PIN pad, None where there is nothing to encipher with.

    Raises WrongKey for a key file that is none, DialectError for settings that do not fit.
    """
    rule, path = dialect.pin, settings.initial_key_file
    if rule.keys is not PinKeys.DUKPT:
        return None if keyring is None else PinPad(rule, keyring)
    unreadable = problem = ""
    try:
        initial = read_master_key(Path(path)) if path else None
        return PinPad(rule, device=device_of(rule, initial, settings.key_serial))
    except BadKeyFile as error:
        unreadable = f"the initial key {error}"
    except ValueError as error:
        problem = str(error)
    if unreadable:
        raise WrongKey(unreadable)
    raise DialectError(f"{settings.dialect} takes PINs under DUKPT keys: {problem}")


def _make(data: Path) -> None:
    problem = ""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise StoreError("L42", f"the data directory {data} cannot be made: {problem}")
