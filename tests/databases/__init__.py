"""A real PostgreSQL for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.database import KEEPER, PASSWORD, Postgres, find_programs, run_statements, running

__all__ = ["KEEPER", "PASSWORD", "Postgres", "run_statements", "running_postgres"]


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server; skip where there is none to run."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running(programs) as server:
        yield server
