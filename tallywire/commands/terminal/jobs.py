"""`jobs`: what waits for a printer, what is in doubt, and what the operator says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.paper import tell_outcomes
from tallywire.commands.terminal.session import Options, perform
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.configuration import Settings
    from terminal.print_outcome import PrintOutcome

a_job = click.argument("job", metavar="JOB")


@click.group()
def jobs() -> None:
    """Look after print jobs. JOB is a job's name, or its copy's for the newest attempt."""


@jobs.command("list")
@click.option("--all", "every", is_flag=True, help="Also what is done, newest first.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def list_jobs(options: Options, *, every: bool, limit: int) -> None:
    """List the papers that are not certainly out (未打印), oldest first."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.paper_views import show_jobs
        from tallywire.serving_paper import plain_job

        paperwork = terminal.paperwork
        if every:
            found = await paperwork.archive.newest_jobs(limit)
        else:
            found = [owed.job for owed in await paperwork.owed()][:limit]
        if options.as_json:
            for job in found:
                tell(event="job", **plain_job(job))
        elif found:
            show_jobs(found)
        else:
            click.echo("No paper waits.")

    perform(options, act)


@jobs.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def audit(options: Options, *, limit: int) -> None:
    """List who asked for which paper again, newest first; refusals too."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.paper_views import show_asked
        from tallywire.serving_paper import plain_asked

        rows = await terminal.paperwork.archive.asked(limit)
        if options.as_json:
            for row in rows:
                tell(event="asked", **plain_asked(row))
        else:
            show_asked(rows)

    perform(options, act)


@jobs.command()
@a_job
@click.pass_obj
def cancel(options: Options, job: str) -> None:
    """Take back what waits; the payment is not touched."""
    _say_of(options, job, lambda terminal, name, by: terminal.paperwork.jobs.cancel(name, by=by))


@jobs.command("came-out")
@a_job
@click.pass_obj
def came_out(options: Options, job: str) -> None:
    """Say that the paper is in your hand (纸已出)."""
    _say_of(options, job, lambda terminal, name, by: terminal.paperwork.jobs.came_out(name, by=by))


@jobs.command("did-not")
@a_job
@click.pass_obj
def did_not(options: Options, job: str) -> None:
    """Say that no whole paper came out (纸未出)."""
    _say_of(options, job, lambda terminal, name, by: terminal.paperwork.jobs.did_not(name, by=by))


@jobs.command()
@a_job
@click.option("--reason", default="", help="Why, for the strip and the journal.")
@click.pass_obj
def void(options: Options, job: str, reason: str) -> None:
    """Declare a paper void (作废) and print the strip to be kept with it."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        clerk, operator = terminal.clerk, settings.operator
        outcome, strip = await clerk.void(job, operator=operator, reason=reason)
        _tell(options, outcome)
        tell_outcomes(options, await clerk.reprint(strip, operator=operator))

    perform(options, act)


def _say_of(
    options: Options,
    job: str,
    say: Callable[[Terminal, str, str], Awaitable[PrintOutcome]],
) -> None:
    async def act(terminal: Terminal, settings: Settings) -> None:
        name = await terminal.clerk.job_named(job)
        _tell(options, await say(terminal, name, settings.operator))

    perform(options, act)


def _tell(options: Options, outcome: PrintOutcome) -> None:
    from tallywire.serving_paper import plain_outcome

    if options.as_json:
        tell(event="job", **plain_outcome(outcome))
    else:
        click.echo(f"{outcome.job_id}: {outcome.state.value}")
