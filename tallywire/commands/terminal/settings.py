"""`settings`: show them, change one, go back, and test the line and the printers after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from tallywire.commands.terminal.session import Options, perform, usual_path
from tallywire.exits import Ending, Exit
from tallywire.running import tell

if TYPE_CHECKING:
    from pathlib import Path

    from terminal.aio.driver import Terminal
    from terminal.aio.settings_keeper import SettingsKeeper
    from terminal.configuration import Settings

UNDO = "If that is wrong, go back with settings undo."

untested = click.option("--no-test", is_flag=True, help="Change it without testing afterwards.")


@click.group()
def settings() -> None:
    """Look after the settings: of --config, or of settings.toml in the data folder."""


@settings.command()
@click.pass_obj
def show(options: Options) -> None:
    """Show every setting as it holds now."""

    async def act(terminal: Terminal, current: Settings) -> None:
        from terminal.configuration import shown_entries

        for name, value in shown_entries(current):
            if options.as_json:
                tell(event="setting", name=name, value=value)
            else:
                click.echo(f"{name} = {value}")

    perform(options, act)


@settings.command("set")
@click.argument("name")
@click.argument("value")
@untested
@click.pass_obj
def set_value(options: Options, name: str, value: str, *, no_test: bool) -> None:
    """Set NAME, like limits.unsettled_max, to VALUE; keep the old ones; test what is new."""
    _change(options, lambda keeper, path: keeper.set(path, name, value), tests=not no_test)


@settings.command()
@untested
@click.pass_obj
def undo(options: Options, *, no_test: bool) -> None:
    """Go back to the version before, byte for byte."""
    _change(options, lambda keeper, path: keeper.undo(path), tests=not no_test)


@settings.command()
@click.pass_obj
def history(options: Options) -> None:
    """List the versions, newest first."""

    async def act(terminal: Terminal, current: Settings) -> None:
        for one in await terminal.settings_keeper.history():
            row = {"version": one.version, "at": one.at, "by": one.by, "cause": one.cause}
            if options.as_json:
                tell(event="version", **row, parent=one.parent)
            else:
                click.echo(f"{one.version}  {one.at[:19]}  {one.by or '-'}  {one.cause}")

    perform(options, act)


def _change(
    options: Options,
    change: Callable[[SettingsKeeper, Path], Awaitable[frozenset[str]]],
    *,
    tests: bool,
) -> None:
    async def act(terminal: Terminal, current: Settings) -> None:
        from terminal.settings_edit import CannotEdit

        path = options.config or usual_path(options.data)
        problem, keys = "", frozenset[str]()
        try:
            keys = await change(terminal.settings_keeper, path)
        except CannotEdit as error:
            problem = str(error)
        if problem:
            raise Ending(Exit.CONFIGURATION, f"{problem}.", "Nothing was changed.")
        names = ", ".join(sorted(keys))
        if options.as_json:
            tell(event="result", changed=sorted(keys), file=str(path))
        else:
            click.echo(f"Changed: {names}." if names else "Nothing is different.")

    perform(options, act, afterwards=_test if tests else None)


async def _test(terminal: Terminal, current: Settings) -> None:
    """The line by an echo, the printers by their status (REQ 004-09)."""
    answer = await terminal.echo()
    if answer.code != "00":
        sentence = f"The settings are changed, and the host does not answer: {answer.en}."
        raise Ending(Exit.UNREACHABLE, sentence, UNDO, answer.code)
    click.echo("The host answers.", err=True)
    for name, found in await terminal.paperwork.printer_status():
        click.echo(f"{name}: {found.cause.value if found.cause else 'ready'}", err=True)
