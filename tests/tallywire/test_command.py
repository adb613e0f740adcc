"""The command: what it offers, and how little it loads to say so."""

from __future__ import annotations

import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tallywire.command import COMMANDS, main
from tests.tidy.graph import HEAVY
from tests.tidy.sources import ROOT

HELP = """
import sys
from tallywire.command import main
try:
    main(["--help"])
except SystemExit:
    print(*sys.modules)
"""


def test_help_loads_nothing_heavy() -> None:
    """DESIGN, Speed: `tallywire --help` starts lean."""
    done = subprocess.run(
        [sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "demo" in done.stdout
    assert set() == HEAVY & set(done.stdout.splitlines()[-1].split())


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output

    assert [] == [name for name in COMMANDS if name not in shown]


def test_unknown_command_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["till"])

    assert 2 == result.exit_code
    assert "No such command 'till'" in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_where_the_table_says(name: str) -> None:
    module = importlib.import_module(f"tallywire.commands.{name}")

    assert isinstance(module.command, click.Command)
