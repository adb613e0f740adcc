from __future__ import annotations

import pytest

from protocol.operations import Operation, Request
from terminal.aio.cancelling import Answer, Cancelling
from tests.terminal.till import LOST, Host, Till, agree, open_till, visa, yuan


class Hesitant(Host):
    """Lets somebody ask for a cancel while it connects, or while it answers a request."""

    till: Till | None = None
    at_connect = False
    at_request = False
    said: Answer | None = None

    def _ask(self) -> None:
        assert self.till is not None
        self.said = self.till.terminal.cancel()

    async def connect(self) -> None:
        await super().connect()
        if self.at_connect:
            self._ask()

    async def request(self, operation: Request, timeout_s: float) -> Operation:
        if self.at_request:
            self._ask()
        return await super().request(operation, timeout_s)


async def hesitant() -> tuple[Till, Hesitant]:
    host = Hesitant()
    till = await open_till(host)
    host.till = till
    assert (await till.terminal.sign_on()).signed_on
    return till, host


@pytest.mark.asyncio
async def test_cancel_before_the_first_byte_is_certain() -> None:
    """REQ 004-01, 004-02: no reversal, nothing sent; the STAN is used up and not used again."""
    till, host = await hesitant()
    host.at_connect, heard = True, len(host.heard)

    cancelled = await till.terminal.sale(yuan(), visa())

    assert ("cancelled", "L87") == (cancelled.outcome, cancelled.code)
    assert (Answer.CANCELLING, heard) == (host.said, len(host.heard))
    assert [] == await till.database.fetch("SELECT * FROM reversal")
    host.at_connect = False
    following = await till.terminal.sale(yuan(), visa())
    assert following.approved
    assert following.stan > cancelled.stan
    await agree(till)
    await till.terminal.close()


@pytest.mark.parametrize(
    ("code", "outcome"), [("00", "approved"), ("51", "declined"), ("lost", "reversed")]
)
@pytest.mark.asyncio
async def test_cancel_after_the_first_byte_is_too_late_and_the_outcome_decides(
    code: str, outcome: str
) -> None:
    """REQ 004-03: the three outcomes."""
    till, host = await hesitant()
    host.at_request = True
    if code == "lost":
        host.faults = [LOST]
    else:
        host.code = code

    result = await till.terminal.sale(yuan(), visa())

    assert outcome == result.outcome
    assert Answer.TOO_LATE is host.said
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_nothing_is_cancelled_when_nothing_is_under_way() -> None:
    till, _ = await hesitant()

    assert Answer.NOTHING is till.terminal.cancel()
    assert (await till.terminal.sale(yuan(), visa())).approved
    assert Answer.NOTHING is till.terminal.cancel()
    await till.terminal.close()


def test_wish_of_one_payment_is_forgotten_by_the_next() -> None:
    door = Cancelling()
    door.begin()
    door.request()
    door.end()
    door.begin()

    assert not door.close()
    assert Answer.TOO_LATE is door.request()
