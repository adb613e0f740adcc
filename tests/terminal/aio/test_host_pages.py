"""Pages of the acquirer's copy: followed to their end, believed no further than they make sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from protocol.inquiries import PaymentPage
from protocol.operations import Operation
from terminal.selection import Selection
from tests.terminal.copies import known
from tests.terminal.copying_host import CopyingHost
from tests.terminal.till import LOST, QUICK, Till, open_till, visa, yuan

ASKING = replace(QUICK, payment_inquiry=True)


async def lost_till(count: int = 5) -> Till:
    """Sell some, then begin again with an empty database at the same host."""
    host = CopyingHost()
    till = await open_till(host, settings=ASKING)
    for _ in range(count):
        await till.terminal.sale(yuan("1.00"), visa())
    await till.terminal.close()
    host.heard.clear()
    return await open_till(host, settings=ASKING)


@pytest.mark.asyncio
async def test_pages_are_followed_to_their_end() -> None:
    till = await lost_till(5)

    compared = await till.terminal.recoverer.compare(Selection())

    assert 5 == len(compared.lost)
    assert ["SignOn", *["PaymentInquiry"] * 4] == till.host.mtis()
    stans = [one.stan for one in till.host.heard]
    assert len(set(stans)) == len(stans)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_new_terminal_begins_after_the_numbers_that_the_host_has_seen() -> None:
    """I8: its database was lost, so only the host knows which numbers are used up."""
    till = await lost_till(3)
    used = {stan for _, stan in till.host.approved}

    await till.terminal.sign_on()
    result = await till.terminal.sale(yuan("9.99"), visa())

    assert "approved" == result.outcome
    assert result.stan > max(used)
    await till.terminal.close()


def _changed(**changes: Any) -> Callable[[Operation], Operation]:
    def change(reply: Operation) -> Operation:
        assert isinstance(reply, PaymentPage)
        return replace(reply, **changes)

    return change


STRANGER = known(batch="000001", stan="000777")


@pytest.mark.parametrize(
    ("fault", "wanted", "code", "outcome"),
    [
        (LOST, Selection(), "L49", "unanswered"),
        (_changed(batch="000009"), Selection(), "L23", "unanswered"),
        (_changed(stan="999999"), Selection(), "L23", "unanswered"),
        (_changed(payments=(known(),)), Selection(), "L23", "unanswered"),
        (_changed(payments=(STRANGER,)), Selection(voucher="000002"), "L23", "unanswered"),
        (_changed(following="1", payments=()), Selection(), "L22", "unanswered"),
        (_changed(code="12"), Selection(), "12", "declined"),
        (_changed(code="25"), Selection(), "L91", "declined"),
    ],
)
@pytest.mark.asyncio
async def test_answer_that_makes_no_sense_tells_nothing(
    fault: Any, wanted: Selection, code: str, outcome: str
) -> None:
    till = await lost_till(3)
    await till.terminal.sign_on()
    till.host.faults = [fault]

    compared = await till.terminal.recoverer.compare(wanted)
    result = await till.terminal.recoverer.rebuild(compared)

    assert (code, outcome) == (compared.result.code, compared.result.outcome)
    assert (code, outcome, ()) == (result.code, result.outcome, result.receipts)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_host_that_turns_in_circles_is_left() -> None:
    till = await lost_till(5)
    await till.terminal.sign_on()
    till.host.faults = [None, _changed(following="000001000001")]

    compared = await till.terminal.recoverer.compare(Selection())

    assert ("L22", ()) == (compared.result.code, compared.lost)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_host_that_cannot_be_reached_is_not_asked() -> None:
    till = await lost_till(1)
    till.host.unreachable = 1

    compared = await till.terminal.recoverer.compare(Selection())

    assert ("L20", "not_sent") == (compared.result.code, compared.result.outcome)
    await till.terminal.close()
