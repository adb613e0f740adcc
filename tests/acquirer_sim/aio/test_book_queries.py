"""Pages of the ledger; their contents over the API are tested in api/test_answers.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from acquirer_sim.aio import book_queries
from acquirer_sim.aio.queries import reading
from acquirer_sim.aio.running import Start
from tests.acquirer_sim.aio.terminals import ask, hosting, port_of, speaking
from tests.acquirer_sim.asking import purchase


@pytest.mark.asyncio
async def test_pages_follow_each_other(tmp_path: Path) -> None:
    """The newest first; `before` takes the last number seen."""
    ledger = f"sqlite:{tmp_path / 'ledger.db'}"
    async with hosting(Start(port=0, ledger=ledger)) as host, speaking(port_of(host)) as client:
        for stan in range(1, 4):
            await ask(client, purchase(stan, stan))
    any_payment = {"terminal": "", "merchant": "", "batch": "", "stan": ""}
    with reading(ledger) as connection:
        first = book_queries.payment_page(connection, **any_payment, before=0, limit=2)
        rest = book_queries.payment_page(connection, **any_payment, before=first[-1].entry, limit=2)
        moved = book_queries.transfers(connection, account="", entry=0, before=0, limit=1)
        older = book_queries.transfers(
            connection, account=moved[0][1].target, entry=0, before=moved[0][0], limit=9
        )
        entry = book_queries.transfers(
            connection, account="", entry=first[0].entry, before=0, limit=9
        )
        wild = book_queries.accounts(connection, begins="%", limit=9)
        accounts = book_queries.accounts(connection, begins="", limit=9)

    assert [3, 2, 1] == [one.minor for one in (*first, *rest)]
    assert [3, 2, 1] == [one.minor for _, one in (*moved, *older)]
    assert [3] == [one.minor for _, one in entry]
    assert [] == wild
    assert [-6, 6] == sorted(one.minor for one in accounts)
