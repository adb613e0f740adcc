"""Undoing: what happens to a payment that nobody answered."""

from __future__ import annotations

import msgspec
import pytest

from protocol.aio.errors import NotSent
from protocol.operations import Reversal
from terminal.configuration import ReversalExhausted
from terminal.intent import Voucher
from terminal.standing import LateReply
from tests.terminal.till import (
    LOST,
    QUICK,
    Host,
    agree,
    open_till,
    visa,
    yuan,
)


@pytest.mark.asyncio
async def test_reversal_repeats_identically_and_goes_before_the_next_sale() -> None:
    """R2: 0401 differs from 0400 in its mark alone; nothing is sold before it is done."""
    till = await open_till(Host(faults=[None, LOST, LOST, LOST]))

    first = await till.terminal.sale(yuan(), visa())
    second = await till.terminal.sale(yuan("2.00"), visa())

    assert (first.outcome, second.outcome) == ("reversal_required", "approved")
    assert till.host.mtis() == [
        "SignOn",
        "PaymentRequest",
        "Reversal",
        "Reversal*",
        "Reversal*",
        "PaymentRequest",
    ]
    sent, again = till.host.heard[2], till.host.heard[4]
    assert msgspec.structs.replace(again, repeat=False) == sent
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_reversal_is_manual_after_three_tries_and_blocks_until_a_person_retries() -> None:
    """I4: never deleted silently; a fault slip is owed; recover(retry_manual) tries again."""
    till = await open_till(Host(faults=[None, LOST, LOST, LOST, LOST]))
    await till.terminal.sale(yuan(), visa())

    blocked = await till.terminal.sale(yuan(), visa())

    assert (blocked.outcome, blocked.code) == ("refused", "L48")
    assert (await till.terminal.status()).reversals_manual == 1
    assert "F000001-000002/fault" in [o.copy_id for o in await till.terminal.paperwork.owed()]
    assert (await till.terminal.settle()).code == "L48"
    assert (await till.terminal.recover(retry_manual=True)).reversals_manual == 0
    assert till.host.mtis()[2:] == ["Reversal", "Reversal*", "Reversal*", "Reversal*"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_reversal_that_is_manual_lets_pay_when_the_shop_says_so() -> None:
    """`reversal_exhausted = allow_with_warning`: the slip counts it as an exception."""
    allowing = msgspec.structs.replace(
        QUICK, reversal_exhausted=ReversalExhausted.ALLOW_WITH_WARNING
    )
    till = await open_till(Host(faults=[None, LOST, LOST, LOST, LOST]), settings=allowing)
    await till.terminal.sale(yuan(), visa())

    assert (await till.terminal.sale(yuan(), visa())).outcome == "approved"
    assert (await till.terminal.status()).reversals_manual == 1
    await till.terminal.close()


@pytest.mark.asyncio
async def test_connect_failures_are_no_tries_of_a_reversal() -> None:
    """Messages page, section 6: the count is of requests."""
    till = await open_till(Host(faults=[None, LOST]))
    await till.terminal.sign_on()
    till.host.faults = [LOST, NotSent("no room"), LOST]
    await till.terminal.sale(yuan(), visa())
    till.host.unreachable = 5

    for _ in range(5):
        await till.terminal.recover()

    assert (await till.terminal.status()).reversals_pending == 1
    await till.terminal.recover()
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_late_reply_is_kept_and_changes_nothing() -> None:
    """N7: a 0210 after the deadline revives nothing."""
    till = await open_till(Host(faults=[None, LOST]))
    await till.terminal.sale(yuan(), visa())
    till.host.late.append(LateReply(mti="0210", stan="000002", code="00"))

    await till.terminal.sign_on()

    rows = await till.database.fetch("SELECT count(*) FROM entry WHERE fact = 'LateReply'")
    assert rows == [(1,)]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_reversal_of_a_void_repeats_the_authorisation_that_the_void_named() -> None:
    """domain/messages 3: F38 of an 0400 where it is known; the published bitmap has it."""
    till = await open_till(Host(faults=[None, None, LOST]))
    sold = await till.terminal.sale(yuan(), visa())

    undone = await till.terminal.void(Voucher(sold.stan))

    reversal = till.host.heard[-1]
    assert ("reversed", "Reversal") == (undone.outcome, type(reversal).__name__)
    assert isinstance(reversal, Reversal)
    assert sold.authorisation == reversal.authorisation != ""
    await till.terminal.close()
