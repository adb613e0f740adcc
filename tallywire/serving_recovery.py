"""The half of `serve` that asks for the acquirer's copy: recover-receipts and verify."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from tallywire.recovery import selection_of
from tallywire.serving_command import Command
from terminal.aio.driver import Terminal
from terminal.configuration import Settings
from terminal.selection import Selection

Answer = dict[str, Any]


async def recover_receipts(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Rebuild what only the acquirer has of `batch`, or one by `stan`, `rrn` or `auth`.

    With `now` they are printed; else they wait to be asked for.
    """
    compared = await terminal.recoverer.compare(_selection(command))
    result = await terminal.recoverer.rebuild(compared, printed=command.now)
    if command.now:
        await terminal.paperwork.print_waiting()
    return _plain(result)


async def verify(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Look for what is not as the entries say; with `host`, compare a `batch` with its copy."""
    found = msgspec.to_builtins(await terminal.verify())
    if not command.host:
        return {"differences": found}
    compared = await terminal.recoverer.compare(_selection(command))
    return {"differences": found, "host": _plain(compared.result)}


RECOVERY_COMMANDS: Final[dict[str, Callable[[Terminal, Settings, Command], Awaitable[Answer]]]] = {
    "recover-receipts": recover_receipts,
    "verify": verify,
}


def _selection(command: Command) -> Selection:
    return selection_of(
        batch=command.batch or "", stan=command.stan, rrn=command.rrn, auth=command.auth
    )


def _plain(result: msgspec.Struct) -> Answer:
    answer: Answer = msgspec.to_builtins(result)
    return answer
