"""`tallywire demo`: a day at the terminal, with everything going wrong, and the books agreeing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from tallywire.day import load_day
from tallywire.demo.screen import Screen
from tallywire.demo.stage import Stage
from tallywire.demo.story import Story
from tallywire.exits import Ending, Exit
from tallywire.running import read_settings, run

DAYS: Final = (
    Path(__file__).parents[1] / "demo" / "day.toml",
    Path(__file__).parents[2] / "examples" / "day.toml",
)
"""Where the day lies: in an installed package, in a checkout."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/demo"),
    show_default=True,
    help="Receipts, slips, databases and logs go here; an earlier demo's are replaced.",
)
@click.option(
    "--day",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another day: a TOML file like examples/day.toml.",
)
def command(*, out: Path, day: Path | None) -> None:
    """Live through a shop's day with real processes; ends with 0 only if the books agree."""
    run(_play(out, day or next(path for path in DAYS if path.exists())), as_json=False)


async def _play(out: Path, file: Path) -> None:
    day = read_settings(file, load_day)
    assert day is not None, "a path was given"
    screen = Screen()
    screen.title(
        f"A day at {day.shop.name}",
        "One terminal, one bank, one printer. Three real processes, and everything goes wrong.",
    )
    async with Stage(out, day) as stage:
        books = await Story(day, stage, screen).tell()
    screen.verdict(agree=books.agree, where=str(out))
    if not books.agree:
        raise Ending(Exit.BOOKS_DIFFER, "The books differ.", f"Compare the databases in {out}.")
