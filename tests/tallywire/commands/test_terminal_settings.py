from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from tests.tallywire.processes import ROOT, TIMEOUT_S, tallywire

KILLS = 4
OLD = b'# by hand\nhotline = "1"\n'
NEW = b'# by hand\nhotline = "2"\n'


def test_settings_are_the_old_or_the_new_whenever_the_change_is_killed(tmp_path: Path) -> None:
    """REQ 004-10 with SIGKILL, wherever the moment falls; undo gives the old bytes back."""
    path, chance = tmp_path / "settings.toml", random.Random(3)
    options = ("terminal", "--data", str(tmp_path), "--printer", "none:", "settings")
    assert 0 == tallywire(*options, "show").returncode
    for _ in range(KILLS):
        path.write_bytes(OLD)
        words = [sys.executable, "-m", "tallywire", *options, "set", "hotline", "2", "--no-test"]
        child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            child.wait(timeout=chance.uniform(0.2, 0.9))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(timeout=TIMEOUT_S)
        assert path.read_bytes() in (OLD, NEW)

    path.write_bytes(OLD)
    assert 0 == tallywire(*options, "set", "hotline", "2", "--no-test").returncode
    assert path.read_bytes() == NEW
    assert 0 == tallywire(*options, "undo", "--no-test").returncode
    assert path.read_bytes() == OLD
    assert 0 == tallywire(*options[:-1], "verify").returncode
