"""`tallywire terminal`: one payment terminal, driven by commands or staying as a service.

A module for each noun; each command is added to the group below.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tallywire.address import ADDRESS
from tallywire.commands.terminal import (
    jobs,
    money,
    operators,
    paper,
    payments,
    printer,
    recovering,
    search,
    settings,
    standing,
)
from tallywire.commands.terminal.attending import Attendance
from tallywire.commands.terminal.session import Options


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The terminal's own folder: its books, its key, its lock. It must be given.",
)
@click.option("--acquirer", type=ADDRESS, help="Where the host listens.")
@click.option(
    "--printer",
    "printers",
    multiple=True,
    metavar="URL",
    help="tcp://HOST:PORT, mqtt://HOST/PREFIX/PRINTER, file:DIR, console: or none:. "
    "Repeat it for a second printer.",
)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings as TOML.")
@click.option("--json", "as_json", is_flag=True, help="Tell results and notices as JSON lines.")
@click.option("--operator", metavar="NUMBER", help="Who is at the counter, like 01.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The operator's password, where people are on; or TALLYWIRE_PASSWORD, or the prompt.",
)
@click.option("--second", default="", metavar="NUMBER", help="Who stands by, where it takes two.")
@click.option(
    "--second-password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Their password; or TALLYWIRE_SECOND_PASSWORD, or the prompt.",
)
@click.pass_context
def command(
    context: click.Context,
    *,
    data: Path | None,
    acquirer: tuple[str, int] | None,
    printers: tuple[str, ...],
    config: Path | None,
    as_json: bool,
    operator: str | None,
    password_file: Path | None,
    second: str,
    second_password_file: Path | None,
) -> None:
    """Run a payment terminal, or one command of it.

    Each command first finishes what an earlier one, or a power cut, has left behind.
    """
    from terminal.configuration import is_operator

    for number in (operator, second):
        if number and not is_operator(number):
            raise click.BadParameter(f"{number!r} is no number such as 01")
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    attendance = Attendance(operator, password_file, second, second_password_file, asks)
    context.obj = Options(data, acquirer, printers, config, as_json, attendance)


for one in (
    money.sign_on,
    *payments.COMMANDS,
    money.settle,
    money.inquire,
    money.recover,
    recovering.recover_receipts,
    recovering.verify,
    search.find,
    paper.preview,
    paper.reprint,
    paper.export,
    jobs.jobs,
    printer.printer,
    operators.operators,
    operators.audit,
    settings.settings,
    standing.status,
    standing.list_payments,
    standing.serve,
):
    command.add_command(one)
