from __future__ import annotations

from collections.abc import Iterator

import click

from tallywire.commands.terminal import command
from tallywire.payments import VERBS
from tallywire.permits import PERMITS, subject_of
from tallywire.serving import ASIDE_COMMANDS, COMMANDS
from terminal.people import Act


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from leaves(one, f"{before}{name} ")
        else:
            yield before + name


def test_every_command_of_the_keys_and_of_serve_is_an_act() -> None:
    """Nothing can be asked that the permission table does not know."""
    known = {*leaves(command), *COMMANDS, *VERBS, *ASIDE_COMMANDS}

    assert known == set(PERMITS)


def test_every_act_is_asked_for_by_something() -> None:
    """What the commands themselves ask for, and the forced close."""
    by_themselves = {Act.MANAGE_PEOPLE, Act.SWITCH_OFF}

    assert set(Act) - by_themselves - set(PERMITS.values()) <= {Act.FORCE_CLOSE}


def test_log_names_amount_and_voucher_and_never_the_card() -> None:
    words = {"amount": "12.50", "card": "4111111111111111", "stan": "", "password": "4711"}

    assert "sale 12.50" == subject_of("sale", words)
