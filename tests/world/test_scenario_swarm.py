"""Several terminals over several days: what no short scenario thinks of. And: the same again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.world.runs import run_seed
from tests.world.scenario_swarm import SWARM

ROOT = Path(__file__).parents[2]
SEEDS = range(8)


def test_a_stormy_shop_ends_with_equal_books() -> None:
    """REQ 000-22: random weather keeps I1 to I11; a failure prints its replay."""
    runs = [run_seed(SWARM, seed) for seed in SEEDS]

    assert [str(run) for run in runs if run.problems] == []
    assert sum(any(asked.taken for asked in run.asked) for run in runs) > len(runs) // 2


def test_a_seed_gives_the_same_bytes_whatever_the_hashes() -> None:
    """Same seed, same wire, same disks, same paper, under three hash seeds."""
    outputs = {_replay(seed=5, hash_seed=hash_seed) for hash_seed in ("0", "1", "4242")}

    assert len(outputs) == 1, outputs


def _replay(*, seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.world", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "digest" in done.stdout
    return done.stdout
