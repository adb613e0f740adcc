"""`tallywire`: the command. It imports a subcommand's module only when that one is called."""

from __future__ import annotations

import importlib
from typing import Final

import click

COMMANDS: Final = {
    "acquirer": "Run an acquirer host with a real ledger.",
    "demo": "Live through a day at the terminal, with everything going wrong.",
    "dialect": "List, show, check and import dialects: how bytes look.",
    "message": "Describe, decode, encode and diagnose single messages.",
    "printer": "Run a virtual ESC/POS printer.",
    "scenario": "Run a terminal and an acquirer through what a file says, and compare.",
    "terminal": "Run a payment terminal, or one command of it.",
}
"""Name and first line of help; the module is `tallywire.commands.<name>`, its command `command`."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help, and loads one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in alphabetical order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tallywire.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table: `--help` imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallywire", message="tallywire %(version)s")
def main() -> None:
    """A payment terminal, an acquirer, and the ISO 8583 wire between them.

    Everything here can be broken on purpose, and comes right again. Start with `tallywire demo`.
    """
