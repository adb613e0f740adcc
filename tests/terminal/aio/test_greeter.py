"""Sign-on and the two batch numbers."""

from __future__ import annotations

import msgspec
import pytest

from protocol.operations import (
    Operation,
    SignOnReply,
)
from tests.terminal.till import (
    LOST,
    Host,
    agree,
    open_till,
    visa,
    yuan,
)


@pytest.mark.asyncio
async def test_sign_on_adopts_the_hosts_batch_only_while_nothing_happened_in_ours() -> None:
    """H6: a new terminal joins; one with unsettled rows keeps its number and says so."""
    till = await open_till(Host(batch="000041"))

    assert (await till.terminal.sign_on()).batch == "000041"
    await till.terminal.sale(yuan(), visa())
    till.host.batch = "000050"
    kept = await till.terminal.sign_on()

    assert (kept.batch, kept.host_batch) == ("000041", "000050")
    assert ("L17", "batch_differs") in till.told()
    await till.terminal.close()


@pytest.mark.asyncio
async def test_batch_mismatch_asks_for_a_sign_on_before_the_next_sale() -> None:
    """77: declined, then a sign-on."""
    till = await open_till(Host(code="77"))
    await till.terminal.sale(yuan(), visa())
    till.host.code = "00"

    await till.terminal.sale(yuan(), visa())

    assert till.host.mtis() == ["SignOn", "PaymentRequest", "SignOn", "PaymentRequest"]
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sign_on_that_is_refused_leaves_the_terminal_as_it_was() -> None:
    def refused(reply: Operation) -> Operation:
        assert isinstance(reply, SignOnReply)
        return msgspec.structs.replace(reply, code="58")

    till = await open_till(Host(faults=[refused, LOST]))

    assert ((await till.terminal.sign_on()).code, (await till.terminal.sign_on()).code) == (
        "58",
        "L49",
    )
    assert (await till.terminal.echo()).code == "00"
    assert (await till.terminal.status()).mode == "NEEDS_SIGNON"
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sign_off_is_refused_until_the_batch_is_settled() -> None:
    """L68: otherwise the batch number is not renewed; afterwards the next payment signs on."""
    till = await open_till()
    await till.terminal.sale(yuan(), visa())
    early = await till.terminal.sign_off()
    await till.terminal.settle()

    late = await till.terminal.sign_off()

    assert (early.signed_off, early.code) == (False, "L68")
    assert (late.signed_off, late.code) == (True, "00")
    assert not (await till.terminal.status()).signed_on
    await till.terminal.sale(yuan(), visa())
    assert till.host.mtis()[-3:] == ["SignOff", "SignOn", "PaymentRequest"]
    await till.terminal.close()


@pytest.mark.asyncio
async def test_sign_off_that_gets_no_answer_wants_a_sign_on() -> None:
    """Silence is unknown: the host may have ended the day, so the next payment signs on first."""
    till = await open_till()
    await till.terminal.sign_on()
    till.host.faults = [LOST]

    result = await till.terminal.sign_off()

    assert (result.signed_off, result.code) == (False, "L49")
    assert not (await till.terminal.status()).signed_on
    await till.terminal.close()


@pytest.mark.asyncio
async def test_balance_is_told_and_goes_on_no_books() -> None:
    """No payment, no reversal, no receipt; the amount does not travel."""
    till = await open_till()

    result = await till.terminal.balance(visa())

    assert (result.outcome, result.balance_minor, result.card) == (
        "approved",
        123456,
        "411111******1111",
    )
    assert till.host.mtis() == ["SignOn", "PaymentRequest"]
    assert await till.terminal.payments() == ()
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_balance_that_gets_no_answer_is_never_reversed() -> None:
    """A query never causes a reversal."""
    till = await open_till(Host(faults=[None, LOST]))

    result = await till.terminal.balance(visa())

    assert (result.outcome, result.code, result.balance_minor) == ("unanswered", "L49", None)
    assert till.host.mtis() == ["SignOn", "PaymentRequest"]
    assert (await till.terminal.settle()).code == "L16"
    await till.terminal.close()
