"""The terminal from outside: operations in, results, books and what the host heard."""

from __future__ import annotations

import pytest

from tests.terminal.till import LOST, Host, open_till, visa, yuan


@pytest.mark.asyncio
async def test_sale_signs_on_first_and_is_approved_on_the_books() -> None:
    """REQ 001-01: what is shown as approved is a durable row."""
    till = await open_till()

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.stan, result.batch) == ("approved", "000002", "000001")
    assert till.host.mtis() == ["SignOn", "Purchase"]
    lines = await till.terminal.payments()
    assert [(line.stan, line.outcome, line.card) for line in lines] == [
        ("000002", "approved", "411111******1111")
    ]
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sale_is_reversed_when_no_answer_comes() -> None:
    """T6, R2: silence is unknown; the payment is undone, never sent again."""
    till = await open_till(Host(faults=[None, LOST]))

    result = await till.terminal.sale(yuan(), visa())

    assert result.outcome == "reversed"
    assert till.host.mtis() == ["SignOn", "Purchase", "Reversal"]
    assert till.host.approved == {}
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settle_closes_the_batch_once_when_balanced() -> None:
    """SC8: one commit closes the batch, opens the next and owes the slip."""
    till = await open_till()
    await till.terminal.sale(yuan("1.00"), visa())
    await till.terminal.sale(yuan("2.50"), visa())

    result = await till.terminal.settle()

    assert (result.outcome, result.count, result.amount_minor) == ("closed_balanced", 2, 350)
    assert (await till.terminal.status()).batch == "000002"
    assert await till.terminal.verify() == ()
    await till.terminal.close()
