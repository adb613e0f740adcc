from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acquirer_sim.asking import Books


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.ledger.close()
