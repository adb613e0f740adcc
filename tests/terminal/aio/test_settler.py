"""Closing a batch: balanced, unbalanced, uncertain, disputed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from protocol.operations import (
    Operation,
    ReconciliationResult,
    Settlement,
    SettlementReply,
)
from terminal.configuration import Limits
from tests.terminal.till import (
    LOST,
    QUICK,
    Fault,
    agree,
    open_till,
    unbalanced,
    visa,
    yuan,
)


@pytest.mark.asyncio
async def test_settle_closes_the_batch_once_when_balanced() -> None:
    """SC8: one commit closes the batch, opens the next and owes the slip."""
    till = await open_till()
    await till.terminal.sale(yuan("1.00"), visa())
    await till.terminal.sale(yuan("2.50"), visa())

    result = await till.terminal.settle()

    assert (result.outcome, result.count, result.amount_minor) == ("closed_balanced", 2, 350)
    assert (await till.terminal.status()).batch == "000002"
    assert "S000001/settlement" in [o.copy_id for o in await till.terminal.paperwork.owed()]
    batches = await till.terminal.batches()
    assert [(b.batch, b.phase, b.count, b.host_count) for b in batches] == [
        ("000002", "open", None, None),
        ("000001", "closed_balanced", 2, 2),
    ]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settle_is_refused_when_the_batch_is_empty() -> None:
    """H9: nothing to settle is said here, not at the host."""
    till = await open_till()

    assert (await till.terminal.settle()).code == "L16"
    assert till.host.heard == []
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settle_repeats_identically_until_answered() -> None:
    """SC6, SC7: 0501 with the same fields; the host answers from its record; closed once."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, LOST]

    result = await till.terminal.settle()

    assert (result.outcome, result.requests) == ("closed_balanced", 3)
    assert till.host.mtis()[2:] == ["Settlement", "Settlement*", "Settlement*"]
    first, last = till.host.heard[2], till.host.heard[4]
    assert msgspec.structs.replace(last, repeat=False) == first
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settle_numbers_its_repeats_anew_when_told_so(tmp_path: Path) -> None:
    """states 3, `new_stan_on_repeat`: one content, closed once, also over a crash."""
    path = str(tmp_path / "terminal.db")
    renewing = msgspec.structs.replace(QUICK, new_stan_on_repeat=True)
    till = await open_till(settings=renewing, path=path)
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, LOST, LOST]
    uncertain = await till.terminal.settle()
    await till.pull_plug()

    till = await open_till(till.host, settings=renewing, path=path)
    closed = await till.terminal.settle()

    asked = [one for one in till.host.heard if isinstance(one, Settlement)]
    plain = [msgspec.structs.replace(one, stan="", repeat=False) for one in asked]
    assert ("uncertain", "closed_balanced") == (uncertain.outcome, closed.outcome)
    assert [plain[0]] * 4 == plain
    stans = [one.stan for one in till.host.heard]
    assert sorted(set(stans)) == stans
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_uncertain_settlement_blocks_sales_and_survives_a_restart(tmp_path: Path) -> None:
    """I9, H6: nothing is sold, no batch number is adopted, until the host has answered."""
    path = str(tmp_path / "terminal.db")
    till = await open_till(path=path)
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, LOST, LOST]
    assert (await till.terminal.settle()).outcome == "uncertain"
    await till.pull_plug()

    till = await open_till(till.host, path=path)

    assert (await till.terminal.sale(yuan(), visa())).code == "L03"
    assert (await till.terminal.sign_on()).host_batch == "000002"
    assert (await till.terminal.status()).batch == "000001"
    assert (await till.terminal.settle()).outcome == "closed_balanced"
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settlement_that_certainly_never_left_gives_the_batch_back() -> None:
    """SC4: not sent; the shop goes on selling."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    till.host.unreachable = 1

    assert (await till.terminal.settle()).outcome == "open"
    assert (await till.terminal.sale(yuan(), visa())).approved
    assert (await till.terminal.settle()).count == 2
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settle_uploads_every_payment_when_totals_differ() -> None:
    """SC9, SC11, H11: item by item, trailer, closed as not balanced."""
    till = await open_till()
    await unbalanced(till)

    result = await till.terminal.settle()

    assert (result.outcome, result.code) == ("closed_unbalanced", "95")
    assert till.host.mtis()[4:] == ["Settlement", *["UploadItem"] * 3, "UploadEnd"]
    stans = [operation.stan for operation in till.host.heard]
    assert len(stans) == len(set(stans))
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_upload_tries_an_unanswered_item_again_in_the_next_round() -> None:
    """H12: an error is never counted as success; taken items are not sent again."""
    till = await open_till()
    await unbalanced(till)
    till.host.faults = [None, None, LOST]

    assert (await till.terminal.settle()).outcome == "closed_unbalanced"
    numbers = [getattr(operation, "number", 0) for operation in till.host.heard[5:]]
    assert numbers == [1, 2, 3, 2, 0]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_upload_waits_and_resumes_with_what_is_not_acknowledged() -> None:
    """SC9, L04: after three rounds it waits; nothing is sold; settle goes on."""
    once = msgspec.structs.replace(QUICK, limits=Limits(settlement_tries_max=1))
    till = await open_till(settings=once)
    await unbalanced(till)
    till.host.faults = [None, None, LOST, None, LOST, LOST]

    assert (await till.terminal.settle()).outcome == "upload_waiting"
    assert (await till.terminal.sale(yuan(), visa())).code == "L04"
    assert (await till.terminal.settle()).outcome == "closed_unbalanced"
    numbers = [getattr(operation, "number", 0) for operation in till.host.heard[5:]]
    assert numbers == [1, 2, 3, 2, 2, 2, 0]
    await agree(till)
    await till.terminal.close()


def in_error(reply: Operation) -> Operation:
    assert isinstance(reply, SettlementReply)
    return msgspec.structs.replace(reply, result=ReconciliationResult.ERROR, code="94", totals=None)


def balance_of_another(reply: Operation) -> Operation:
    assert isinstance(reply, SettlementReply)
    assert reply.totals is not None
    return msgspec.structs.replace(
        reply, totals=msgspec.structs.replace(reply.totals, debit_count=7)
    )


@pytest.mark.parametrize("fault", [in_error, balance_of_another])
@pytest.mark.asyncio
async def test_settlement_waits_for_a_supervisor_when_the_host_disputes_it_twice(
    fault: Fault,
) -> None:
    """H9 of the faults, code 3: never a silent balance; repeated once, then L03."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [fault, fault]

    assert (await till.terminal.settle()).outcome == "disputed"
    assert (await till.terminal.sale(yuan(), visa())).code == "L03"
    heard = len(till.host.heard)
    await till.terminal.recover()
    assert len(till.host.heard) == heard
    assert (await till.terminal.settle()).outcome == "closed_balanced"
    await agree(till)
    await till.terminal.close()
