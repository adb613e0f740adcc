"""`operators` and `audit`: who may use the terminal, and what everybody did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tallywire.commands.terminal.session import Options, perform
from tallywire.running import tell

if TYPE_CHECKING:
    from terminal.aio.driver import Terminal
    from terminal.aio.staff import Staff
    from terminal.configuration import Settings

a_number = click.argument("number", metavar="NUMBER")


@click.group()
def operators() -> None:
    """Look after the people of this terminal. 99 manages everybody, 00 the cashiers.

    Who may do what stands in the reference, on the page of permissions.
    """


@operators.command("list")
@click.pass_obj
def list_operators(options: Options) -> None:
    """List everybody, and whether their numbers can be used."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.people_views import show_operators
        from tallywire.serving_people import plain_operator

        found = await terminal.staff.listed()
        if options.as_json:
            for one in found:
                tell(event="operator", **plain_operator(one))
        else:
            show_operators(found)

    perform(options, act)


@operators.command()
@a_number
@click.pass_obj
def add(options: Options, number: str) -> None:
    """Add NUMBER, 01 to 98, with the default password, which must be changed first."""
    _manage(options, lambda staff: staff.add(number), f"Operator {number} was added.")


@operators.command()
@a_number
@click.pass_obj
def remove(options: Options, number: str) -> None:
    """Take NUMBER off the list. What was done under it stays."""
    _manage(options, lambda staff: staff.remove(number), f"Operator {number} was removed.")


@operators.command()
@a_number
@click.pass_obj
def unlock(options: Options, number: str) -> None:
    """Give NUMBER three new tries. 00 unlocks 99 too."""
    _manage(options, lambda staff: staff.unlock(number), f"Operator {number} is unlocked.")


@operators.command()
@a_number
@click.pass_obj
def reset(options: Options, number: str) -> None:
    """Give NUMBER the default password again, for somebody who forgot."""
    _manage(options, lambda staff: staff.reset(number), f"Operator {number} starts afresh.")


@operators.command()
@click.option(
    "--new-password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Or TALLYWIRE_NEW_PASSWORD in the environment, or the prompt.",
)
@click.pass_obj
def password(options: Options, new_password_file: Path | None) -> None:
    """Change your own password."""
    new = options.attendance.new_password

    async def change(staff: Staff) -> None:
        old = options.attendance.password()
        await staff.change_password(old, new(new_password_file))

    _manage(options, change, "The password is changed.")


@operators.command()
@click.pass_obj
def off(options: Options) -> None:
    """Ask nobody any more; 99 alone may say so. Take `on = true` out of the settings as well."""
    _manage(options, lambda staff: staff.switch_off(), "People are off.")


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def audit(options: Options, limit: int) -> None:
    """List who did what, or was refused it, newest first. `verify` checks that it is whole."""

    async def act(terminal: Terminal, settings: Settings) -> None:
        from tallywire.people_views import show_audit

        lines = await terminal.people.audit.newest(limit)
        if options.as_json:
            for line in lines:
                tell(event="audit", **msgspec.to_builtins(line))
        else:
            show_audit(lines, settings.zone)

    perform(options, act)


def _manage(options: Options, change: Callable[[Staff], Awaitable[None]], sentence: str) -> None:
    async def act(terminal: Terminal, settings: Settings) -> None:
        await change(terminal.staff)
        if options.as_json:
            tell(event="result", done=sentence)
        else:
            click.echo(sentence)

    perform(options, act)
