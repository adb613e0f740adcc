"""A sale and a settlement at a host that misbehaves by plan, in an hour of virtual time."""

from __future__ import annotations

from dataclasses import dataclass, field

from acquirer_sim.faults import load_faults
from tests.world.runs import Run, Scenario, run_script
from tests.world.shop import after_sales, sell
from tests.world.world import World


@dataclass
class Day:
    """What a person saw, and what both sides' books say: outcomes and codes in order."""

    outcomes: list[str] = field(default_factory=list)

    async def play(self, world: World) -> None:
        """Sell, let things clear up, settle, let them clear up again; compare the books."""
        till = world.tills[0]
        sold = await till.do(lambda terminal: sell(terminal, 1007))
        await world.clear_up()
        settled = await till.do(lambda terminal: terminal.settle())
        await world.clear_up()
        self.outcomes += [f"{one.outcome} {one.code}" for one in (sold, settled) if one is not None]
        await world.judge()


def live(plan: str, dialect: str) -> tuple[list[str], Run]:
    """Return the outcomes of a day under a fault file, and the run."""
    day, faults = Day(), load_faults(plan, "faults.toml")
    scenario = Scenario("faults", lambda spoken: after_sales(spoken, 1), day.play, faults, dialect)
    return day.outcomes, run_script(scenario, {})
