"""The page about the command, read off click, and its exit codes."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import click

from docs.tables import code, page, table
from tallywire.command import COMMANDS
from tallywire.exits import Exit


def commands() -> str:
    """Draw every subcommand with its arguments and options, and how a command ends."""
    return page(
        "The command `tallywire`",
        "tallywire/commands",
        "`python -m terminal` is `tallywire terminal`, `python -m acquirer_sim` is "
        "`tallywire acquirer`.",
        *(part for name in COMMANDS for part in _command(f"tallywire {name}", _load(name))),
        "## Exit codes",
        "A person gets one sentence and the next step, a program gets a number. With `--json` "
        "results and events are JSON, one for each line.",
        table(
            ("code", "how it ended"),
            [(code(one.value), one.name.lower().replace("_", " ")) for one in Exit],
        ),
    )


def _load(name: str) -> click.Command:
    command: click.Command = importlib.import_module(f"tallywire.commands.{name}").command
    return command


def _command(path: str, command: click.Command, depth: int = 2) -> Iterator[str]:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    words = [path, *(one.make_metavar(click.Context(command)) for one in arguments)]
    yield f"{'#' * depth} `{' '.join(words)}`"
    yield inspect.cleandoc(command.help or "")
    if options:
        yield table(("option", "default", "meaning"), [_option(one) for one in options])
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.commands[name]
            yield from _command(f"{path} {name}", inner, depth + 1)


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(option.opts)
    metavar = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('')))}"
    shown = option.default if isinstance(option.default, str | int) and not option.is_flag else ""
    return code(f"{names}{metavar}"), code(shown), option.help or ""
