"""Each flow does in fair weather what its scenario is named for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.world.books import read_terminal
from tests.world.runs import Scenario, run_script
from tests.world.scenario_flows import (
    ADJUSTMENT,
    COMPLETION_ADVICE,
    COMPLETION_VOID,
    HOLD,
    HOLD_VOID,
    OFFLINE,
    REFUND,
    TIP_REFUND,
    VOID,
)
from tests.world.world import World

S, V = "sale", "void"
H, HV = "preauthorisation", "preauthorisation_void"
C, CV = "completion", "completion_void"


@pytest.mark.parametrize(
    ("scenario", "kinds"),
    [
        (VOID, (S, S, V, V)),
        (REFUND, (S, "refund", "refund")),
        (HOLD, (H, C, CV, C)),
        (HOLD_VOID, (H, H, HV, HV, S)),
        (COMPLETION_VOID, (H, C, CV, HV, S)),
        (COMPLETION_ADVICE, (H, S, "completion_advice")),
        (OFFLINE, ("offline_sale", "offline_sale")),
        (ADJUSTMENT, (S, "adjustment")),
        (TIP_REFUND, (S, "adjustment", "refund", "refund")),
    ],
    ids=lambda value: value.name if isinstance(value, Scenario) else None,
)
def test_a_fair_day_ends_with_what_the_scenario_is_about(
    scenario: Scenario, kinds: tuple[str, ...]
) -> None:
    """After the sale of the first day: these kinds stand, in order, in closed batches."""
    books = []

    async def play(world: World) -> None:
        await scenario.play(world)
        books.append(read_terminal(world.tills[0].platter))

    run = run_script(replace(scenario, play=play), {})

    (ended,) = books
    assert (run.problems, tuple(s.kind for s in ended.approved.values())) == ((), (S, *kinds))
    assert {batch for batch, _ in ended.approved} == set(ended.closed)
