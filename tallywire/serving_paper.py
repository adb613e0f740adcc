"""The paper half of `serve`: find, preview, reprint, jobs and printers, as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec

from tallywire.paper_orders import order_of
from tallywire.serving_command import Command
from tallywire.serving_recovery import RECOVERY_COMMANDS
from terminal.aio.clerk import Chosen, Drawn
from terminal.aio.driver import Terminal
from terminal.aio.printers import Readiness
from terminal.configuration import Settings
from terminal.print_outcome import As, PrintOutcome
from terminal.printing import Job

Answer = dict[str, Any]


async def reprint(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Reprint `what`: see `Asked`; `as_original` is for a supervisor."""
    chosen = await terminal.clerk.find(order_of(command, settings.currency))
    as_what = As.ORIGINAL if command.as_original else As.DUPLICATE
    by = _by(terminal, command)
    outcomes = await terminal.clerk.reprint(chosen, operator=by, as_what=as_what)
    return {"jobs": [plain_outcome(outcome) for outcome in outcomes]}


async def preview(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Return `what` as text, as it would be printed now."""
    chosen = await terminal.clerk.find(order_of(command, settings.currency))
    text = await terminal.clerk.preview(chosen)
    return {"name": chosen.name, "text": text, **plain_snapshot(chosen)}


async def find(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """List receipts by any key, newest first; `after` a number of the page before."""
    order = order_of(msgspec.structs.replace(command, what="any"), settings.currency)
    found = await terminal.clerk.search(order, limit=command.limit, before=command.after or None)
    return {
        "found": [
            {"number": number, "name": one.document_id, **msgspec.to_builtins(one)}
            for number, one in found
        ]
    }


async def jobs(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """List the papers that are not certainly out."""
    return {"jobs": [plain_job(owed.job) for owed in await terminal.paperwork.owed()]}


async def cancel(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Take back `job`."""
    name = await terminal.clerk.job_named(command.job)
    by = _by(terminal, command)
    return plain_outcome(await terminal.paperwork.jobs.cancel(name, by=by))


async def came_out(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Say that the paper of `job` is out."""
    name = await terminal.clerk.job_named(command.job)
    by = _by(terminal, command)
    return plain_outcome(await terminal.paperwork.jobs.came_out(name, by=by))


async def did_not(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Say that the paper of `job` is not out."""
    name = await terminal.clerk.job_named(command.job)
    by = _by(terminal, command)
    return plain_outcome(await terminal.paperwork.jobs.did_not(name, by=by))


async def void(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Declare the paper of `job` void for a `reason`, and print its strip."""
    by = _by(terminal, command)
    outcome, strip = await terminal.clerk.void(command.job, operator=by, reason=command.reason)
    printed = await terminal.clerk.reprint(strip, operator=by)
    return {**plain_outcome(outcome), "strip": plain_outcome(printed[0])}


async def printers(terminal: Terminal, settings: Settings, command: Command) -> Answer:
    """Ask every printer how it is."""
    found = await terminal.paperwork.printer_status()
    return {"printers": [plain_readiness(name, readiness) for name, readiness in found]}


PAPER_COMMANDS: Final[dict[str, Callable[[Terminal, Settings, Command], Awaitable[Answer]]]] = {
    "reprint": reprint,
    "preview": preview,
    "find": find,
    "jobs": jobs,
    "cancel": cancel,
    "came-out": came_out,
    "did-not": did_not,
    "void-paper": void,
    "printers": printers,
    **RECOVERY_COMMANDS,
}


def _by(terminal: Terminal, command: Command) -> str:
    """Return who asks: the session's operator, or where people are off whom the line names."""
    named = "" if terminal.people.on else command.operator
    return named or terminal.people.operator


def plain_snapshot(chosen: Chosen) -> Answer:
    """Return the snapshot of a stored document, its body as the text that was hashed.

    `sha256` is that of number, `previous` and `body`, each on a line of its own. Views have none.
    """
    if isinstance(chosen, Drawn):
        return {}
    return {"snapshot": msgspec.to_builtins(chosen.snapshot)}


def plain_outcome(outcome: PrintOutcome) -> Answer:
    """Return what became of a print job, for JSON."""
    return {
        "job": outcome.job_id,
        "state": outcome.state.value,
        "duplicate": outcome.duplicate,
        "cause": outcome.cause,
        "printed": outcome.printed,
    }


def plain_job(job: Job) -> Answer:
    """Return a print job, for JSON."""
    return {
        "job": job.job_id,
        "state": job.state.value,
        "duplicate": job.duplicate,
        "original_issued": job.issued.value,
        "cause": job.cause,
    }


def plain_readiness(name: str, readiness: Readiness) -> Answer:
    """Return how a printer is, for JSON."""
    cause, warning = readiness.cause, readiness.warning
    return {
        "printer": name,
        "ready": cause is None,
        "cause": cause.value if cause else "",
        "warning": warning.value if warning else "",
    }


def plain_asked(row: Sequence[Any]) -> Answer:
    """Return a line of the audit, for JSON."""
    names = ("name", "purpose", "count", "by", "role", "at", "refused")
    return dict(zip(names, row, strict=True))
