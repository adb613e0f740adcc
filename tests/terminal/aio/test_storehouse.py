from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from terminal.aio.storehouse import free_bytes_at
from terminal.configuration import Limits
from terminal.intent import Voucher
from terminal.orders import Order, What
from terminal.storage import MEBIBYTE, StorageRules
from tests.terminal.till import QUICK, agree, open_till, visa, yuan


@pytest.mark.asyncio
async def test_disk_that_runs_short_stops_sales_before_a_byte_leaves_and_lets_voids_through() -> (
    None
):
    """REQ 002-01, 002-02: the free-disk figure is injected; the reserve is for corrections."""
    free = [300 * MEBIBYTE]
    till = await open_till(free_bytes=lambda: free[0])
    sold = await till.terminal.sale(yuan(), visa())
    heard, stan = len(till.host.heard), (await till.terminal.status()).last_stan

    free[0] = 63 * MEBIBYTE
    refused = await till.terminal.sale(yuan(), visa())

    status = await till.terminal.status()
    assert ("refused", "L44") == (refused.outcome, refused.code)
    assert (len(till.host.heard), status.last_stan) == (heard, stan)
    assert ("STORAGE_FULL", "full") == (status.mode, status.storage)
    assert (await till.terminal.void(Voucher(sold.stan))).approved
    free[0] = 300 * MEBIBYTE
    assert (await till.terminal.sale(yuan(), visa())).approved
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_void_goes_through_in_the_reserve_and_settlement_frees_the_room() -> None:
    """REQ 002-02, 002-05: every reprint is still there after the settlement."""
    small = msgspec.structs.replace(
        QUICK,
        limits=Limits(unsettled_max=1, unsettled_warning=1),
        storage=StorageRules(reserve=1),
    )
    till = await open_till(settings=small)
    sold = await till.terminal.sale(yuan(), visa())
    assert "L01" == (await till.terminal.sale(yuan(), visa())).code
    assert (await till.terminal.void(Voucher(sold.stan))).approved
    assert "exhausted" == (await till.terminal.status()).storage

    assert (await till.terminal.settle()).closed

    receipt = Order(what=What.ANY, stan=sold.stan, batch=sold.batch)
    assert await till.terminal.clerk.preview(await till.terminal.clerk.find(receipt))
    assert (await till.terminal.sale(yuan(), visa())).approved
    await till.terminal.close()


@pytest.mark.asyncio
async def test_batch_that_nobody_settles_stops_the_terminal_until_somebody_does() -> None:
    """REQ 002-10: not settled for N days, on a clock of our own."""
    clock = [datetime(2026, 1, 2, tzinfo=UTC)]
    till = await open_till(now=lambda: clock[0])
    assert (await till.terminal.sale(yuan(), visa())).approved
    clock[0] += timedelta(days=7)

    assert "L46" == (await till.terminal.sale(yuan(), visa())).code

    assert (await till.terminal.settle()).closed
    assert (await till.terminal.sale(yuan(), visa())).approved
    await till.terminal.close()


@pytest.mark.asyncio
async def test_gauges_say_what_the_batch_holds() -> None:
    till = await open_till(free_bytes=lambda: 500 * MEBIBYTE)
    sold = await till.terminal.sale(yuan("3.00"), visa())
    await till.terminal.sale(yuan("4.00"), visa())
    await till.terminal.void(Voucher(sold.stan))

    used = {one.name: one.used for one in (await till.terminal.status()).gauges}

    assert 0 < used.pop("database") < MEBIBYTE
    assert {
        "payments": 3,
        "debits": 2,
        "debit amount": 700,
        "credits": 1,
        "credit amount": 300,
        "free disk": 500 * MEBIBYTE,
        "days": 0,
    } == used
    await till.terminal.close()


def test_free_bytes_are_those_of_the_folder_and_nobody_can_tell_of_none(tmp_path: Path) -> None:
    assert (free_bytes_at(tmp_path)() or 0) > 0
    assert free_bytes_at(tmp_path / "nowhere")() is None
