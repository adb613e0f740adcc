"""Running a command's coroutine: signals in, exit codes out, never a traceback for the world.

Imports little: the acquirer's start-up goes through here.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
import msgspec

from protocol.errors import DialectError, NoSuchDialect
from protocol.settings import SettingsError
from tallywire.exits import Ending, Exit

if TYPE_CHECKING:
    from pathlib import Path

S = TypeVar("S")

MEND: Final = "Mend the file and try again."


def run(
    main: Coroutine[Any, Any, None],
    *,
    as_json: bool,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run until done, or until SIGINT or SIGTERM; then exit with the code of its ending."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    ending: Ending | None = None
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(_until_told(main))
    except KeyboardInterrupt:
        return
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
    if ending is not None:
        fail(ending, as_json=as_json)


def perform(act: Callable[[], None], *, as_json: bool = False) -> None:
    """Do what waits for nothing; then exit with the code of its ending."""
    ending: Ending | None = None
    try:
        act()
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
    if ending is not None:
        fail(ending, as_json=as_json)


def ending_of(error: Exception) -> Ending | None:
    """Return the ending that an error means to a user, None for a bug of ours."""
    match error:
        case Ending():
            return error
        case NoSuchDialect():
            return Ending(Exit.NOT_FOUND, f"{error}.", "Give a name of these, or a TOML file.")
        case SettingsError() | DialectError():
            return Ending(Exit.CONFIGURATION, f"{error}.", MEND)
        case OSError():
            what = f"{error.filename}: " if error.filename else ""
            return Ending(Exit.STORAGE, f"The system refused: {what}{error.strerror or error}.")
        case ExceptionGroup():
            return next(filter(None, map(ending_of, error.exceptions)), None)
        case _:
            return None


def fail(ending: Ending, *, as_json: bool) -> None:
    """Tell the ending and exit with its code."""
    if as_json:
        tell(
            event="failed",
            code=ending.code,
            sentence=ending.sentence,
            next=ending.next_step,
            exit=int(ending.exit_code),
        )
    else:
        words = (ending.code, ending.sentence, ending.next_step)
        sentence = " ".join(word for word in words if word)
        if sentence:
            click.echo(sentence, err=True)
    sys.exit(int(ending.exit_code))


def tell(**line: object) -> None:
    """Print one JSON object on a line of its own, at once."""
    told = msgspec.json.format(msgspec.json.encode(line), indent=0)
    sys.stdout.write(told.decode() + "\n")
    sys.stdout.flush()


def read_settings(path: str | Path | None, load: Callable[[str, str], S]) -> S | None:
    """Read and load a settings file; None without one. Raises Ending or SettingsError."""
    if path is None:
        return None
    problem = ""
    try:
        with open(path, encoding="utf-8") as file:
            return load(file.read(), str(path))
    except OSError as error:
        problem = error.strerror or "cannot be read"
    except UnicodeDecodeError:
        problem = "is no UTF-8 text"
    raise Ending(Exit.CONFIGURATION, f"{path}: {problem}.", "Give a TOML file.")


async def _until_told(main: Coroutine[Any, Any, None]) -> None:
    task = asyncio.current_task()
    assert task is not None
    told = False

    def stop() -> None:
        nonlocal told
        told = True
        task.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    try:
        await main
    except asyncio.CancelledError:
        if not told:
            raise
