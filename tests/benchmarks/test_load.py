"""The load generator counts approvals, and says so when it gets something else."""

from __future__ import annotations

import pytest

from benchmarks.contestant import started
from benchmarks.load import Load, LoadError, measure_ceiling, run


def test_load_is_answered_by_a_host() -> None:
    with started("compiled") as host:
        outcome = run(Load(port=host.port, connections=2, depth=3, seconds=0.02))

        assert outcome.messages >= 6
        assert host.usage().resident > 0


def test_load_refuses_an_echo_for_a_host() -> None:
    """Figures of a server that does not answer would mean nothing."""
    with started("echo") as echo, pytest.raises(LoadError, match="0200"):
        run(Load(port=echo.port, connections=1, seconds=0.02))


def test_ceiling_is_measured_against_an_echo() -> None:
    assert measure_ceiling(Load(port=0, connections=1, seconds=0.02)).messages >= 4
