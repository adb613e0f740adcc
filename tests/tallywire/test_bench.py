"""The bench as a library: what the README's ten lines promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallywire.bench import Bench


@pytest.mark.asyncio
async def test_lost_reply_is_undone_and_the_batch_balances() -> None:
    async with Bench() as bench:
        bench.lose_reply("0200")
        lost = await bench.sale("18.50")
        paid = await bench.sale("18.50")
        closed = await bench.settle()

    assert ["reversed", "approved"] == [lost.outcome, paid.outcome]
    assert ("closed_balanced", 1, 1850) == (closed.outcome, closed.count, closed.amount_minor)
    assert "fault" in [event.kind for event in bench.events]
    assert "approved" in [notice.state for notice in bench.notices]


@pytest.mark.asyncio
async def test_books_stay_when_they_have_a_place(tmp_path: Path) -> None:
    ledger = f"sqlite:{tmp_path}/ledger.db"
    async with Bench(data=tmp_path / "till", ledger=ledger) as bench:
        await bench.sale("5.00")
    async with Bench(data=tmp_path / "till", ledger=ledger) as bench:
        closed = await bench.settle()

    assert ("closed_balanced", 1) == (closed.outcome, closed.count)
