"""The world is tested too: it finds every mutant of the product, and nothing in the product."""

from __future__ import annotations

import pytest

from tests.world.mutants import MUTANTS, Mutant
from tests.world.mutants_flows import FLOW_MUTANTS
from tests.world.mutants_questions import QUESTION_MUTANTS
from tests.world.runs import Depth, Run, Scenario, explore_scenario, first_bad, script_with
from tests.world.scenarios import SCENARIOS

RUNS_MAX = 400


def _seek(mutant: Mutant, scenario: Scenario) -> tuple[int, Run | None]:
    given = script_with(scenario, mutant.given)
    with mutant.applied():
        return first_bad(
            explore_scenario(
                scenario, faults_max=1, runs_max=RUNS_MAX, given=given, depth=Depth.QUICK
            )
        )


@pytest.mark.parametrize(
    "mutant", [*MUTANTS, *FLOW_MUTANTS, *QUESTION_MUTANTS], ids=lambda mutant: mutant.name
)
def test_exploration_catches_the_mutant(mutant: Mutant) -> None:
    """Mistakes of states.md section 5: one fault more than the given ones shows each of them."""
    runs, bad = _seek(mutant, SCENARIOS[mutant.scenario])

    assert bad is not None, f"{runs} runs did not see that {mutant.wrong}"


PACKED = [one for one in (*FLOW_MUTANTS, *QUESTION_MUTANTS) if not one.by_mti]


@pytest.mark.parametrize("mutant", PACKED, ids=str)
def test_exploration_catches_the_mutant_in_the_packed_dialect(mutant: Mutant) -> None:
    """The auditor reads that one too."""
    runs, bad = _seek(mutant, SCENARIOS[mutant.scenario].spoken("cup"))

    assert bad is not None, f"{runs} runs did not see that {mutant.wrong}"
