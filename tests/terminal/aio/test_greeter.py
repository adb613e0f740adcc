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
        "L21",
    )
    assert (await till.terminal.echo()).code == "00"
    assert (await till.terminal.status()).mode == "NEEDS_SIGNON"
    await till.terminal.close()
