"""Several terminals over several days: what no short scenario thinks of. And: the same again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.world.runs import run_seed
from tests.world.scenario_swarm import SWARM

ROOT = Path(__file__).parents[2]
SEEDS = range(3)


def test_a_stormy_shop_ends_with_equal_books() -> None:
    """REQ 000-22: random weather keeps I1 to I11 in both dialects; a failure prints its replay."""
    runs = [run_seed(scenario, seed) for seed in SEEDS for scenario in (SWARM, SWARM.spoken("cup"))]

    assert [str(run) for run in runs if run.problems] == []
    assert sum(any(asked.taken for asked in run.asked) for run in runs) > len(runs) // 2


def test_a_seed_gives_the_same_bytes_whatever_the_hashes() -> None:
    """Same seed, same wire, same disks, same paper, under three hash seeds."""
    replays = [_begin_replay(seed=5, hash_seed=hash_seed) for hash_seed in ("0", "1", "4242")]
    outputs = {replay.communicate()[0] for replay in replays}

    assert [replay.returncode for replay in replays] == [0, 0, 0]
    assert len(outputs) == 1, outputs


def _begin_replay(*, seed: int, hash_seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.world", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
