"""The world is tested too: it finds every mutant of the product, and nothing in the product."""

from __future__ import annotations

import pytest

from tests.world.mutants import MUTANTS, Mutant
from tests.world.mutants_flows import FLOW_MUTANTS
from tests.world.runs import Depth, explore_scenario, first_bad, script_with
from tests.world.scenarios import SCENARIOS

RUNS_MAX = 400


@pytest.mark.parametrize("mutant", [*MUTANTS, *FLOW_MUTANTS], ids=lambda mutant: mutant.name)
def test_exploration_catches_the_mutant(mutant: Mutant) -> None:
    """Mistakes of states.md section 5: one fault more than the given ones shows each of them."""
    scenario = SCENARIOS[mutant.scenario]
    given = script_with(scenario, mutant.given)

    with mutant.applied():
        runs, bad = first_bad(
            explore_scenario(
                scenario, faults_max=1, runs_max=RUNS_MAX, given=given, depth=Depth.QUICK
            )
        )

    assert bad is not None, f"{runs} runs did not see that {mutant.wrong}"
