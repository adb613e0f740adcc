"""`--no-skips`: what the option does to tests and files that skip themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT

SKIPPED_TEST = "import pytest\n\n\ndef test_one():\n    pytest.skip('no tshark here')\n"
SKIPPED_FILE = "import pytest\n\npytest.importorskip('no_such_module')\n"


@pytest.mark.parametrize("sample", [SKIPPED_TEST, SKIPPED_FILE])
def test_skip_fails_when_none_is_allowed(sample: str, tmp_path: Path) -> None:
    """A newcomer may lack tshark; `make check` may not."""
    (tmp_path / "test_sample.py").write_text(sample, encoding="utf-8")

    assert run_pytest(tmp_path).returncode in (0, 5)
    strict = run_pytest(tmp_path, "--no-skips")

    assert strict.returncode in (1, 2)
    assert "skipped, and here nothing may be" in strict.stdout


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", ".", *options, "."],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
