"""The page about permissions: who may do what, and which command is what."""

from __future__ import annotations

from docs.tables import code, page, table
from tallywire.permits import PERMITS
from terminal.operators import TRIES_MAX
from terminal.people import (
    DEFAULT_PASSWORDS,
    PASSWORD_LENGTHS,
    PERMISSIONS,
    Act,
    Rank,
)

NUMBERS = {Rank.CASHIER: "`01` to `98`", Rank.SUPERVISOR: "`00`", Rank.ADMINISTRATOR: "`99`"}


def permissions() -> str:
    """Draw the table of ranks and acts, and the passwords' rules."""
    return page(
        "Permissions",
        "terminal/people.py and tallywire/permits.py",
        "Where people are on (`[people]` of the [configuration](configuration.md)), every command "
        "wants an operator, and this table says who may give it. A second person is never the "
        "first one and never a cashier.",
        table(
            ("act", *(rank.value for rank in Rank), "commands"),
            [
                (act.value, *(row[rank].value for rank in Rank), _commands(act))
                for act, row in PERMISSIONS.items()
            ],
        ),
        "`refund_alone = true` lets a cashier refund without a second person, "
        "`settle_by_cashier = false` leaves settling to the supervisor. A name of several words "
        "is a command's own; both `serve` and the keys know the others.",
        "## Ranks",
        table(
            ("rank", "number", "password, digits", "default"),
            [
                (
                    rank.value,
                    NUMBERS[rank],
                    f"{PASSWORD_LENGTHS[rank]} or more",
                    code(DEFAULT_PASSWORDS[rank]),
                )
                for rank in Rank
            ],
        ),
        "A default password is good for one thing: being changed. After "
        f"{TRIES_MAX} wrong tries in a row a number is locked, over every restart, until somebody "
        "unlocks it: 99 unlocks everybody else, 00 the cashiers and 99. 99 adds, removes and "
        "resets everybody else, 00 the cashiers.",
    )


def _commands(act: Act) -> str:
    return ", ".join(code(name) for name, permit in PERMITS.items() if permit is act)
