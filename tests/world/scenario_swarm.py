"""Days in a shop with several terminals, under whatever weather the seed draws.

People sell, settle, reprint, pull plugs, and come back in the morning; nobody follows a plan but
the seed's. In the end the weather clears and both sides must agree on everything.
"""

from __future__ import annotations

import asyncio
import functools
import random
from typing import Final

from terminal.aio.driver import Terminal
from terminal.errors import TerminalError
from tests.world.runs import Scenario
from tests.world.shop import first_day, sell
from tests.world.till import Till
from tests.world.world import CARDS, World

TERMINALS: Final = 3
DAYS: Final = 2
DEEDS_A_DAY: Final = 7
NIGHT_S: Final = 12 * 3600.0
REFUSED_MINOR: Final = 5_000_001
"""More than the terminal's limit: refused before a byte leaves."""


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
    match plan.choice(("sell",) * 8 + ("settle", "reprint", "unplug", "sell too much", "recover")):
        case "sell":
            minor, card = plan.randrange(1001, 90000, 2), plan.randrange(len(CARDS))
            await till.do(functools.partial(sell, minor=minor, card=card))
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
