from __future__ import annotations

import pytest

from acquirer_sim.aio import statements as sql


@pytest.mark.parametrize("count", [0, 1, 2, 3, 63, 64, 65, 200])
def test_pieces_hold_every_row_once(count: int) -> None:
    sizes = [rows for rows, _ in sql.WRITE_PAYMENT.pieces(count)]

    assert count == sum(sizes)
    assert sorted(sizes, reverse=True) == sizes
    for rows, statement in sql.WRITE_PAYMENT.pieces(count):
        assert rows * sql.WRITE_PAYMENT.width == statement.count("?")
