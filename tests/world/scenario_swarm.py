"""Days in a shop with several terminals, under whatever weather the seed draws.

People make payments of every kind, settle, reprint, pull plugs, and come back in the morning;
nobody follows a plan but the seed's. In the end the weather clears and both sides must agree on
everything.
"""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import Callable
from typing import Final

from protocol.kinds import PaymentKind
from terminal.aio.driver import Terminal
from terminal.errors import TerminalError
from tests.world.runs import Scenario
from tests.world.scenario_flows import adjust, complete, hold, refund, sell_offline, void
from tests.world.shop import Deed, first_day, sell
from tests.world.till import Till
from tests.world.world import CARDS, World

TERMINALS: Final = 3
DAYS: Final = 2
DEEDS_A_DAY: Final = 7
NIGHT_S: Final = 12 * 3600.0
REFUSED_MINOR: Final = 5_000_001
"""More than the terminal's limit: refused before a byte leaves."""


OTHER_DEEDS: Final = ("settle", "reprint", "unplug", "sell too much", "recover")

_K = PaymentKind

KINDS_OF_DEED: Final[tuple[Callable[[int], Deed], ...]] = (
    lambda minor: functools.partial(void, of=_K.SALE, by=_K.VOID),
    lambda minor: functools.partial(refund, minor=minor),
    lambda minor: functools.partial(hold, minor=minor),
    lambda minor: functools.partial(void, of=_K.PREAUTHORISATION, by=_K.PREAUTHORISATION_VOID),
    lambda minor: functools.partial(complete, minor=minor, by=_K.COMPLETION),
    lambda minor: functools.partial(void, of=_K.COMPLETION, by=_K.COMPLETION_VOID),
    lambda minor: functools.partial(complete, minor=minor, by=_K.COMPLETION_ADVICE),
    lambda minor: functools.partial(sell_offline, minor=minor),
    lambda minor: functools.partial(adjust, minor=minor),
)
"""Whatever its oldest original is; what may not be is refused, and nothing is sent."""


async def play(world: World) -> None:
    """Let every terminal live its days at once; clear up; judge; settle all; judge again."""
    dice = random.Random(len(world.tills) * 7919 + world.salt)
    plans = [random.Random(dice.randrange(1 << 30)) for _ in world.tills]
    for till in world.tills[1:]:
        till.watching = True
    world.wire.segment = dice.choice((0, 0, 1, 7))
    lives = [
        asyncio.ensure_future(_live(world, till, plan))
        for till, plan in zip(world.tills, plans, strict=True)
    ]
    for life in lives:
        await life
    await world.clear_up()
    await world.judge()
    for till in world.tills:
        await till.do(lambda terminal: terminal.settle())
    await world.clear_up()
    await world.judge()


async def _live(world: World, till: Till, plan: random.Random) -> None:
    for _ in range(DAYS):
        for _ in range(DEEDS_A_DAY):
            await world.sleep(plan.choice((1.0, 30.0, 600.0)))
            await _do_something(world, till, plan)
        await till.do(lambda terminal: terminal.settle())
        await world.sleep(NIGHT_S)


async def _do_something(world: World, till: Till, plan: random.Random) -> None:
    match plan.choice(("sell",) * 6 + ("another kind",) * 6 + OTHER_DEEDS):
        case "sell":
            minor, card = plan.randrange(1001, 90000, 2), plan.randrange(len(CARDS))
            await till.do(functools.partial(sell, minor=minor, card=card))
        case "another kind":
            await till.do(plan.choice(KINDS_OF_DEED)(plan.randrange(1001, 9000, 2)))
        case "sell too much":
            await till.do(functools.partial(sell, minor=REFUSED_MINOR))
        case "settle":
            await till.do(lambda terminal: terminal.settle())
        case "reprint":
            await till.do(_reprint)
        case "recover":
            await till.do(lambda terminal: terminal.recover())
        case "unplug":
            world.loop.call_later(plan.random() * 40, till.switch_off)
            await till.do(functools.partial(sell, minor=2003))


async def _reprint(terminal: Terminal) -> None:
    try:
        receipt = await terminal.paperwork.find_last_receipt()
        await terminal.paperwork.reprint(receipt.document_id)
    except TerminalError as refused:
        if refused.code not in ("L08", "L56"):
            raise


SWARM: Final = Scenario("swarm", lambda dialect: first_day(dialect, TERMINALS), play)
