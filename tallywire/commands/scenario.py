"""`tallywire scenario`: run, list and check scenarios."""

from __future__ import annotations

import logging
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallywire.exits import Ending, Exit
from tallywire.running import perform, run, tell

if TYPE_CHECKING:
    from tallywire.scenarios.player import Outcome

PATH = click.Path(path_type=Path)
PATHS = click.argument("paths", nargs=-1, metavar="[FILE|DIR]...", type=PATH)
FILTER = click.option(
    "--filter",
    "words",
    multiple=True,
    metavar="WORD",
    help="Only those with it in name or title, or that cover it: SC7, N4. May be repeated.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object for each scenario.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Run a terminal and an acquirer through what a file says, and compare.

    A scenario says in TOML what is done, what goes wrong, and what must be on the wire, in both
    sides' books and on paper in the end. Without FILE or DIR the shipped ones are meant.
    """


@command.command("run")
@PATHS
@FILTER
@click.option("--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="At once.")
@click.option("--junit", type=PATH, help="Write JUnit XML to this file.")
@click.option("--story", is_flag=True, help="Tell all that was said, booked and printed, too.")
@JSON
def run_scenarios(
    paths: tuple[Path, ...],
    words: tuple[str, ...],
    *,
    jobs: int,
    junit: Path | None,
    story: bool,
    as_json: bool,
) -> None:
    """Play scenarios and tell which came out as expected."""
    from tallywire.scenarios.patient_loop import PatientLoop

    # What a scenario provokes is its own business; what went wrong is in its report.
    for name in ("terminal", "protocol"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    outcomes: list[Outcome] = []
    began = time.monotonic()
    playing = _play(paths, words, outcomes, jobs=jobs, story=story, as_json=as_json)
    run(playing, as_json=as_json, loop_factory=PatientLoop)
    seconds = time.monotonic() - began
    perform(partial(_sum_up, outcomes, junit, seconds=seconds, as_json=as_json), as_json=as_json)


@command.command("list")
@PATHS
@FILTER
@JSON
def list_scenarios(paths: tuple[Path, ...], words: tuple[str, ...], *, as_json: bool) -> None:
    """Name scenarios, with what they cover."""

    def act() -> None:
        from tallywire.scenarios.library import find_scenarios

        for one in find_scenarios(paths, words):
            title, covers = one.scenario.title, one.scenario.covers
            if as_json:
                tell(name=one.name, title=title, covers=covers, path=str(one.path))
            else:
                click.echo(f"{one.name:<28} {title}  [{' '.join(covers)}]")

    perform(act, as_json=as_json)


@command.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@JSON
def check(paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Say whether files are scenarios; if not, where they are wrong and what is allowed."""

    def act() -> None:
        from tallywire.scenarios.library import find_scenarios

        for one in find_scenarios(paths):
            steps = len(one.scenario.step)
            if as_json:
                tell(name=one.name, path=str(one.path), steps=steps)
            else:
                click.echo(f"{one.path}: a scenario of {steps} steps")

    perform(act, as_json=as_json)


async def _play(
    paths: tuple[Path, ...],
    words: tuple[str, ...],
    outcomes: list[Outcome],
    *,
    jobs: int,
    story: bool,
    as_json: bool,
) -> None:
    from tallywire.scenarios.library import find_scenarios
    from tallywire.scenarios.report import json_of, lines_of
    from tallywire.scenarios.runner import play_all

    found = find_scenarios(paths, words)
    if not found:
        raise Ending(Exit.NOT_FOUND, "No scenario fits.", "See tallywire scenario list.")
    async for outcome in play_all(found, jobs=jobs):
        outcomes.append(outcome)
        if as_json:
            tell(**json_of(outcome))
        else:
            click.echo("\n".join(lines_of(outcome, story=story)))


def _sum_up(
    outcomes: list[Outcome], junit_path: Path | None, *, seconds: float, as_json: bool
) -> None:
    from tallywire.scenarios.report import junit

    if junit_path is not None:
        junit_path.write_bytes(junit(outcomes))
    count, failed = len(outcomes), sum(not one.passed for one in outcomes)
    if as_json:
        tell(event="summary", scenarios=count, failed=failed, seconds=round(seconds, 3))
    else:
        click.echo(f"{count - failed} of {count} scenarios passed in {seconds:.1f} s")
    if failed:
        sentence = f"{failed} of {count} scenarios failed."
        raise Ending(Exit.SCENARIO_FAILED, sentence, "Add --story to see all that came.")
