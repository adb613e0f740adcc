"""What moves no money, and what is asked in the middle of it: a balance, an echo, the end of a day,
where a batch stands, whether a part may stand for the whole.

Each is done once under the weather; in the calm afterwards the day goes on, so that what a question
has spoilt is seen.
"""

from __future__ import annotations

import functools
from typing import Final

from msgspec import structs

from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.driver import Terminal
from terminal.intent import Partial
from terminal.results import PaymentResult
from tests.world.runs import Play, Scenario
from tests.world.scenario_flows import playing, recover, settle
from tests.world.shop import after_sales, sell
from tests.world.world import CARDS, World

PART_MINOR: Final = 100_010
"""The host approves the half of it, with 10."""


async def ask_balance(terminal: Terminal) -> object:
    """Ask what is left on the first test card."""
    return await terminal.balance(Card(Pan(CARDS[0])))


async def echo(terminal: Terminal) -> object:
    """Ask whether anybody is there."""
    return await terminal.echo()


async def sign_off(terminal: Terminal) -> object:
    """End the day, if it may be ended."""
    return await terminal.sign_off()


async def inquire(terminal: Terminal) -> object:
    """Ask where the open batch stands."""
    return await terminal.inquire()


async def sell_in_part(terminal: Terminal, partial: Partial) -> PaymentResult:
    """Sell for what the host approves in part only."""
    return await terminal.sale(Amount(PART_MINOR), Card(Pan(CARDS[0])), partial=partial)


def inquiring(play: Play) -> Play:
    """Return a play of terminals whose host has the settlement inquiry."""

    async def played(world: World) -> None:
        for till in world.tills:
            till.settings = structs.replace(till.settings, settlement_inquiry=True)
        await play(world)

    return played


_part = functools.partial
_sell = _part(sell, minor=1009)

BALANCE = Scenario(
    "balance",
    lambda dialect: after_sales(dialect, 0),
    playing((ask_balance,), (_sell, ask_balance, settle)),
)

ECHO = Scenario(
    "echo", lambda dialect: after_sales(dialect, 1), playing((echo,), (_sell, echo, settle))
)

SIGN_OFF = Scenario(
    "sign-off",
    lambda dialect: after_sales(dialect, 0),
    playing((sign_off,), (_sell, sign_off, settle, sign_off, _sell)),
)
"""Over an empty batch; over one with a sale in it, which is refused; and when it is settled."""

PART = Scenario(
    "part",
    lambda dialect: after_sales(dialect, 0),
    playing((_part(sell_in_part, partial=Partial.ASK),), (_sell, settle)),
)
"""The person takes it, or does not, or the power goes while it is asked."""

PART_UNDONE = Scenario(
    "part-undone",
    lambda dialect: after_sales(dialect, 0),
    playing((_part(sell_in_part, partial=Partial.UNDO), recover), (_sell, settle)),
)

INQUIRY = Scenario(
    "inquiry",
    lambda dialect: after_sales(dialect, 1),
    inquiring(playing((settle,), (_sell, inquire, settle))),
)
"""A settlement that got no answer is asked after before it is repeated; an open batch, too."""

QUESTIONS: Final = (BALANCE, ECHO, SIGN_OFF, PART, PART_UNDONE, INQUIRY)
