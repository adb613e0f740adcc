"""Replay or explore worlds: `python -m tests.world --seed 7`, `--scenario payment --choices 3:8`.

Exit code 0 when every invariant held, 1 when one did not.
"""

from __future__ import annotations

import argparse
import logging
import sys

from tests.world.choices import parse_script
from tests.world.runs import Depth, Run, Scenario, explore_scenario, first_bad, run_script, run_seed
from tests.world.scenarios import SCENARIOS

RUNS_MAX = 1_000_000


def main() -> int:
    """Run what the command line says and print what came of it."""
    told = _arguments()
    if not told.verbose:
        logging.disable(logging.CRITICAL)
    else:
        logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s")
    scenario = SCENARIOS[told.scenario or ("swarm" if told.choices is None else "payment")]
    if told.explore:
        return _explore(scenario, told.explore)
    if told.choices is not None:
        script = parse_script("" if told.choices == "none" else told.choices)
        return _report([run_script(scenario, script)], verbose=told.verbose)
    seeds = range(told.seed, told.seed + told.count)
    return _report([run_seed(scenario, seed, Depth.TRACED) for seed in seeds], verbose=told.verbose)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.world", description=__doc__)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1, help="how many seeds, from --seed on")
    parser.add_argument("--choices", help="a script of faults such as 3:8,12:1, or none")
    parser.add_argument("--explore", type=int, metavar="FAULTS", help="every set of so many faults")
    parser.add_argument("--verbose", action="store_true", help="log, questions and the wire")
    return parser.parse_args()


def _explore(scenario: Scenario, faults_max: int) -> int:
    runs, bad = first_bad(explore_scenario(scenario, faults_max=faults_max, runs_max=RUNS_MAX))
    print(f"{runs} runs of {scenario.name}", "kept every invariant" if bad is None else f"\n{bad}")
    return 0 if bad is None else 1


def _report(runs: list[Run], *, verbose: bool) -> int:
    for run in runs:
        print(run)
        print(f"  {len(run.asked)} questions, digest {run.digest}")
        if verbose:
            _tell(run)
    bad = sum(bool(run.problems) for run in runs)
    print(f"{len(runs)} runs, {bad} broke an invariant")
    return 1 if bad else 0


def _tell(run: Run) -> None:
    for number, asked in enumerate(run.asked):
        print(f"  {number:4} {asked.point}: {asked.options[asked.taken]}")
    for one in run.world.heard():
        arrow = "->" if one.upstream else "<-"
        print(f"  {one.at_s:10.3f} {arrow} {one.mti} {one.who} {one.batch}/{one.stan} {one.fate}")


if __name__ == "__main__":
    sys.exit(main())
