"""Selling: what a sale becomes, and what refuses it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from protocol.amount import Amount
from protocol.operations import (
    Card,
    Operation,
    PaymentReply,
)
from protocol.secrets import Pan
from terminal.configuration import Limits
from terminal.intent import Partial, Voucher
from tests.terminal.till import (
    LOST,
    QUICK,
    VISA,
    Fault,
    Host,
    PowerCut,
    agree,
    open_till,
    visa,
    yuan,
)


@pytest.mark.asyncio
async def test_sale_signs_on_first_and_is_approved_on_the_books() -> None:
    """REQ 001-01: what is shown as approved is a durable row."""
    till = await open_till()

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.stan, result.batch) == ("approved", "000002", "000001")
    assert till.host.mtis() == ["SignOn", "PaymentRequest"]
    lines = await till.terminal.payments()
    assert [(line.stan, line.outcome, line.card) for line in lines] == [
        ("000002", "approved", "411111******1111")
    ]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_approved_sale_owes_both_copies_when_no_printer_prints() -> None:
    """REQ 003-15: the payment stands, the customer is told not to pay again."""
    till = await open_till()

    await till.terminal.sale(yuan(), visa())

    assert {owed.copy_id for owed in await till.terminal.paperwork.owed()} == {
        "R000001-000002/cardholder",
        "R000001-000002/merchant",
    }
    assert [code for code, _ in till.told()] == ["00", "L39", "L58"]
    await till.terminal.close()


@pytest.mark.asyncio
async def test_declined_sale_leaves_nothing_to_undo() -> None:
    """T9: the decline and the end of its reversal are one commit."""
    till = await open_till(Host(code="51"))

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.code, result.zh) == ("declined", "51", "余额不足")
    assert till.host.mtis() == ["SignOn", "PaymentRequest"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sale_is_reversed_when_no_answer_comes() -> None:
    """T6, R2: silence is unknown; the payment is undone, never sent again."""
    till = await open_till(Host(faults=[None, LOST]))

    result = await till.terminal.sale(yuan(), visa())

    assert result.outcome == "reversed"
    assert till.host.mtis() == ["SignOn", "PaymentRequest", "Reversal"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sale_is_not_sent_when_nobody_can_be_reached() -> None:
    """T3, N1: certain; no reversal is owed."""
    till = await open_till()
    await till.terminal.sign_on()
    till.host.unreachable = 1

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.code) == ("not_sent", "L20")
    assert till.host.mtis() == ["SignOn"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sale_is_refused_when_sign_on_fails() -> None:
    """L20: without a sign-on nothing is sold, and no payment's STAN is used up."""
    till = await open_till(Host(unreachable=1))

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.code) == ("refused", "L20")
    assert await till.terminal.payments() == ()
    await till.terminal.close()


def another_amount(reply: Operation) -> Operation:
    assert isinstance(reply, PaymentReply)
    return msgspec.structs.replace(reply, amount=yuan("99.00"))


def part_of_it(reply: Operation) -> Operation:
    assert isinstance(reply, PaymentReply)
    return msgspec.structs.replace(reply, amount=yuan("1.00"), code="10")


def another_stan(reply: Operation) -> Operation:
    return msgspec.structs.replace(reply, stan="999999")


@pytest.mark.parametrize("fault", [another_amount, part_of_it, another_stan])
@pytest.mark.asyncio
async def test_sale_is_undone_when_its_reply_says_something_else(fault: Fault) -> None:
    """H2, H4, N8: a mismatch proves nothing about the money."""
    till = await open_till(Host(faults=[None, fault]))

    result = await till.terminal.sale(yuan(), visa())

    assert result.outcome == "reversed"
    assert getattr(till.host.heard[-1], "reason", None) == "06"
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize("partial", [Partial.ACCEPT, Partial.ASK])
@pytest.mark.asyncio
async def test_part_becomes_the_amount_when_the_operator_takes_it(partial: Partial) -> None:
    """Code 10: 6.17 of 12.34 is what is sold, listed, settled, and may be voided."""
    asked: list[tuple[int, int]] = []

    async def take_it(wanted: Amount, approved: Amount) -> bool:
        asked.append((wanted.minor, approved.minor))
        return True

    till = await open_till(Host(code="10"), ask=take_it)

    result = await till.terminal.sale(yuan(), visa(), partial=partial)

    assert (result.outcome, result.code, result.amount_minor) == ("approved", "10", 617)
    assert asked == ([(1234, 617)] if partial is Partial.ASK else [])
    till.host.code = "00"
    await agree(till)
    assert (await till.terminal.void(Voucher(result.stan))).amount_minor == 617
    assert (await till.terminal.settle()).outcome == "closed_balanced"
    await till.terminal.close()


@pytest.mark.parametrize("partial", [Partial.UNDO, Partial.ASK])
@pytest.mark.asyncio
async def test_part_that_nobody_takes_is_undone(partial: Partial) -> None:
    """Code 10: without a person to ask, nothing is sold."""
    till = await open_till(Host(code="10"))

    result = await till.terminal.sale(yuan(), visa(), partial=partial)

    assert (result.outcome, till.host.mtis()[-1]) == ("reversed", "Reversal")
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_part_is_undone_when_the_power_fails_while_the_operator_thinks(
    tmp_path: Path,
) -> None:
    """T7: the reversal has been on disk since T4; what was not taken is not sold."""

    async def never_answer(wanted: Amount, approved: Amount) -> bool:
        raise PowerCut

    host, path = Host(code="10"), str(tmp_path / "terminal.db")
    till = await open_till(host, path=path, ask=never_answer)
    with pytest.raises(PowerCut):
        await till.terminal.sale(yuan(), visa(), partial=Partial.ASK)
    await till.pull_plug()

    till = await open_till(host, path=path)
    await till.terminal.recover()

    assert host.mtis()[-1] == "Reversal"
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sale_is_refused_before_a_stan_is_used_up_when_storage_is_full() -> None:
    """REQ 002-01: no byte leaves; after settlement there is room again (REQ 002-05)."""
    small = msgspec.structs.replace(QUICK, limits=Limits(unsettled_max=2, unsettled_warning=2))
    till = await open_till(settings=small)
    await till.terminal.sale(yuan(), visa())
    await till.terminal.sale(yuan(), visa())
    heard, stan = len(till.host.heard), (await till.terminal.status()).last_stan

    full = await till.terminal.sale(yuan(), visa())

    assert (full.outcome, full.code, full.zh) == ("refused", "L01", "储存满，请先结算")
    assert ("L02", "warning") in till.told()
    assert (len(till.host.heard), (await till.terminal.status()).last_stan) == (heard, stan)
    assert (await till.terminal.settle()).closed
    assert (await till.terminal.sale(yuan(), visa())).approved
    await till.terminal.close()


@pytest.mark.parametrize(
    ("amount", "card", "code"),
    [("0.00", VISA, "L15"), ("50000.01", VISA, "L15"), ("1.00", "4999999999999990", "L14")],
)
@pytest.mark.asyncio
async def test_sale_is_refused_when_amount_or_card_is_not_for_this_terminal(
    amount: str, card: str, code: str
) -> None:
    """States page, section 8: only published test cards by default."""
    till = await open_till()

    result = await till.terminal.sale(yuan(amount), Card(Pan(card)))

    assert (result.outcome, result.code, till.host.heard) == ("refused", code, [])
    await till.terminal.close()
