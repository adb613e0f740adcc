"""A batch of two sales is closed, and what may happen to that; in balance, and with an upload."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from tests.world.runs import Scenario
from tests.world.scenario_payment import reprint_in_peace
from tests.world.shop import after_sales, sell
from tests.world.world import World

OUT_OF_BALANCE: Final = FaultPlan((Fault(kind=FaultKind.OUT_OF_BALANCE),))


async def play(world: World) -> None:
    """Settle under the weather; clear up; settle again if that is still to do."""
    till = world.tills[0]
    await till.do(lambda terminal: terminal.settle())
    await world.clear_up()
    await world.judge()
    await till.do(lambda terminal: terminal.settle())
    await world.clear_up()
    await reprint_in_peace(world, till)
    await world.judge()


async def play_impatiently(world: World) -> None:
    """As above, but somebody wants to sell before the settlement is finished (I9)."""
    till = world.tills[0]
    await till.do(lambda terminal: terminal.settle())
    await till.do(lambda terminal: sell(terminal, 3001, 2))
    await play(world)


async def play_renumbered(world: World) -> None:
    """As above, with terminals that give every repeat a number of its own."""
    for till in world.tills:
        till.settings = structs.replace(till.settings, new_stan_on_repeat=True)
    await play(world)


SETTLEMENT = Scenario("settlement", lambda dialect: after_sales(dialect, 2), play)
IMPATIENT = Scenario("impatient", lambda dialect: after_sales(dialect, 2), play_impatiently)
RENUMBERED = Scenario("renumbered", lambda dialect: after_sales(dialect, 2), play_renumbered)
UPLOAD = Scenario("upload", lambda dialect: after_sales(dialect, 2), play, OUT_OF_BALANCE)
