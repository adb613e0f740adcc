"""Asking where a batch stands: told and written down, and never a closing answer."""

from __future__ import annotations

import msgspec
import pytest

from protocol.operations import Operation, SettlementState, SettlementStatus
from terminal.configuration import Settings
from tests.terminal.till import LOST, QUICK, Till, agree, open_till, unbalanced, visa, yuan

ASKING = msgspec.structs.replace(QUICK, settlement_inquiry=True)


async def entries(till: Till) -> list[str]:
    rows = await till.database.fetch("SELECT fact FROM entry WHERE fact = 'SettlementInquired'")
    return [row[0] for row in rows]


@pytest.mark.asyncio
async def test_uncertain_settlement_asks_before_it_repeats() -> None:
    """The host has closed it; only the repeat's answer closes it here."""
    till = await open_till(settings=ASKING)
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST]

    result = await till.terminal.settle()

    assert (result.outcome, result.requests) == ("closed_balanced", 2)
    assert till.host.mtis()[2:] == ["Settlement", "SettlementInquiry", "Settlement*"]
    assert ("L73", "closed") in till.told()
    assert ["SettlementInquired"] == await entries(till)
    stans = [one.stan for one in till.host.heard]
    assert stans[2] == stans[4] != stans[3]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_nobody_asks_when_it_is_switched_off() -> None:
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST]

    refused = await till.terminal.inquire()
    await till.terminal.settle()

    assert not Settings().settlement_inquiry
    assert (refused.outcome, refused.code) == ("refused", "L69")
    assert "SettlementInquiry" not in till.host.mtis()
    assert [] == await entries(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_closed_is_no_closing_answer() -> None:
    """Without the 0510 the batch stays uncertain, whatever the host says of it."""
    till = await open_till(settings=ASKING)
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, None, LOST, None, LOST]

    assert (await till.terminal.settle()).outcome == "uncertain"
    asked = await till.terminal.inquire()

    assert (asked.state, asked.result, asked.code) == ("closed", "1", "L73")
    status = await till.terminal.status()
    assert (status.batch, status.mode) == ("000001", "SETTLEMENT_UNCERTAIN")
    assert (await till.terminal.settle()).outcome == "closed_balanced"
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_unanswered_inquiry_does_not_hold_up_the_repeat() -> None:
    till = await open_till(settings=ASKING)
    await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, LOST]

    assert (await till.terminal.settle()).outcome == "closed_balanced"
    assert ("L49", "unanswered") in till.told()
    assert [] == await entries(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_upload_takes_numbers_after_the_inquiry() -> None:
    """No STAN is used twice by an inquiry between the settlement and its upload."""
    till = await open_till(settings=ASKING)
    await unbalanced(till)
    till.host.faults = [LOST]

    assert (await till.terminal.settle()).outcome == "closed_unbalanced"
    assert ("L72", "awaiting_upload") in till.told()
    stans = [one.stan for one in till.host.heard if not getattr(one, "repeat", False)]
    assert len(stans) == len(set(stans))
    await agree(till)
    await till.terminal.close()


def _other_batch(reply: Operation) -> Operation:
    assert isinstance(reply, SettlementStatus)
    return msgspec.structs.replace(reply, batch="000009")


def _refusal(reply: Operation) -> Operation:
    assert isinstance(reply, SettlementStatus)
    return msgspec.structs.replace(reply, code="12", state=SettlementState.UNKNOWN)


@pytest.mark.asyncio
async def test_inquiry_that_says_nothing_has_a_code_of_its_own() -> None:
    till = await open_till(settings=ASKING)
    till.host.faults = [_other_batch, _refusal, LOST]

    strange = await till.terminal.inquire("000001")
    refused = await till.terminal.inquire("000001")
    silent = await till.terminal.inquire("000001")
    till.host.unreachable = 1
    away = await till.terminal.inquire("000001")

    assert ("L23", "unanswered") == (strange.code, strange.outcome)
    assert ("12", "declined") == (refused.code, refused.outcome)
    assert ("L49", "unanswered") == (silent.code, silent.outcome)
    assert ("L20", "not_sent") == (away.code, away.outcome)
    assert [] == await entries(till)
    assert await till.terminal.verify() == ()
    await till.terminal.close()
