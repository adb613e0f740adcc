"""The people half of `serve`: login, logout, password, audit, and who may give a command.

    in    {"id": 1, "do": "login", "operator": "01", "password": "..."}
    in    {"id": 2, "do": "refund", "stan": "000012", "second": "00", "second_password": "..."}
    in    {"id": 3, "do": "password", "password": "...", "new_password": "..."}
    in    {"id": 4, "do": "operators", "what": "unlock", "number": "01"}
    in    {"id": 5, "do": "logout"}

Where people are off nobody logs in, and every command is permitted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from tallywire.paper_orders import BadOrder
from tallywire.permits import PERMITS, subject_of
from tallywire.serving_command import Command
from terminal.aio.driver import Terminal
from terminal.aio.people import People
from terminal.configuration import Settings
from terminal.operators import Operator
from terminal.people import rank_of

Answer = dict[str, Any]


async def permit(people: People, command: Command) -> None:
    """Have a line permitted. Raises NotPermitted."""
    act = PERMITS[command.do]
    if act is None or not people.on:
        return
    subject = subject_of(command.do, msgspec.structs.asdict(command))
    await people.admit(act, subject, second=command.second, second_password=command.second_password)


async def login(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Begin the session of `operator`; one that stands ends."""
    await terminal.people.login(command.operator, command.password)
    found = await terminal.people.find(command.operator)
    return {"operator": command.operator, "must_change": bool(found and found.default)}


async def logout(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """End the session."""
    await terminal.people.logout()
    return {"operator": ""}


async def password(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Change one's own password from `password` to `new_password`."""
    await terminal.staff.change_password(command.password, command.new_password)
    return {"operator": terminal.people.operator}


async def audit(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """List the newest `limit` lines of the audit log."""
    return {"audit": msgspec.to_builtins(await terminal.people.audit.newest(command.limit))}


async def operators(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """List the operators, or do `what` to `number`: add, remove, unlock or reset."""
    changes: dict[str, Callable[[str], Awaitable[None]]] = {
        "add": terminal.staff.add,
        "remove": terminal.staff.remove,
        "unlock": terminal.staff.unlock,
        "reset": terminal.staff.reset,
    }
    if command.what in changes:
        await changes[command.what](command.number)
        return {"operator": command.number}
    if command.what != "list":
        raise BadOrder(f"operators: what is list, {', '.join(changes)}")
    return {"operators": [plain_operator(one) for one in await terminal.staff.listed()]}


PEOPLE_COMMANDS: Final[dict[str, Callable[[Terminal, Settings, Command], Awaitable[Answer]]]] = {
    "login": login,
    "logout": logout,
    "password": password,
    "operators": operators,
    "audit": audit,
}


def plain_operator(one: Operator) -> Answer:
    """Return an operator for a program; the password's hash stays here."""
    rank = rank_of(one.number).value
    return {"number": one.number, "rank": rank, "state": one.state, "added_at": one.added_at}
