"""A finding that cannot be repeated is worth nothing."""

from __future__ import annotations

from tests.world.choices import format_script, parse_script
from tests.world.mutants import MUTANTS
from tests.world.runs import explore_scenario, first_bad, run_script
from tests.world.scenarios import SCENARIOS


def test_the_printed_command_repeats_a_bad_run_byte_for_byte() -> None:
    """The choices in the command lead to the same problems and the same bytes."""
    mutant = next(one for one in MUTANTS if one.name == "timeout-is-a-decline")
    scenario = SCENARIOS[mutant.scenario]

    with mutant.applied():
        _, bad = first_bad(explore_scenario(scenario, faults_max=1, runs_max=100))
        assert bad is not None
        script = parse_script(bad.command.rpartition("--choices ")[2])
        first, again = run_script(scenario, script), run_script(scenario, script)

    assert format_script(list(bad.asked)) in bad.command
    assert (bad.problems, first.digest) == (again.problems, again.digest)


def test_the_repaired_product_passes_the_weather_that_showed_the_mutant() -> None:
    """Mutants leave no trace behind."""
    mutant = next(one for one in MUTANTS if one.name == "timeout-is-a-decline")
    scenario = SCENARIOS[mutant.scenario]

    with mutant.applied():
        _, bad = first_bad(explore_scenario(scenario, faults_max=1, runs_max=100))
    assert bad is not None
    script = parse_script(bad.command.rpartition("--choices ")[2])

    assert run_script(scenario, script).problems == ()
