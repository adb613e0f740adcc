"""F48 of a settlement status."""

from __future__ import annotations

import pytest

from protocol.errors import StructureError
from protocol.operations import ReconciliationResult, SettlementState
from protocol.structures.status import BatchStatus


def test_status_is_two_digits() -> None:
    status = BatchStatus(state=SettlementState.CLOSED, result=ReconciliationResult.IN_BALANCE)

    assert "41" == status.build()
    assert status == BatchStatus.parse("41")
    assert "00" == BatchStatus(state=SettlementState.UNKNOWN).build()


@pytest.mark.parametrize(
    ("value", "at"), [("", 0), ("4", 1), ("X1", 0), ("51", 0), ("44", 1), ("410", 2)]
)
def test_status_that_says_nothing_known_is_named_by_its_place(value: str, at: int) -> None:
    with pytest.raises(StructureError) as caught:
        BatchStatus.parse(value)

    assert (48, at) == (caught.value.field, caught.value.position)
