"""Every response code, driven through the terminal: what its row says is what happens."""

from __future__ import annotations

from typing import Final

import pytest

from terminal.responses import RESPONSES, Action, Response
from tests.terminal.till import Host, agree, open_till, visa, yuan

OUTCOMES: Final = {
    Action.RECORD: "approved",
    Action.RECORD_AND_NOTE: "approved",
    Action.UNDO: "reversed",
}
"""Everything else is declined."""

SIGNED_OFF_BY: Final = (Action.SIGN_ON, Action.STOP)


@pytest.mark.parametrize("row", RESPONSES.values(), ids=RESPONSES)
@pytest.mark.asyncio
async def test_terminal_does_what_the_table_of_codes_says(row: Response) -> None:
    """Messages page, response codes: outcome, books, reversal, words, next sign-on."""
    till = await open_till(Host(code=row.code))

    result = await till.terminal.sale(yuan(), visa())

    assert result.outcome == OUTCOMES.get(row.action, "declined")
    assert (result.code, result.zh, result.en) == (row.code, row.zh, row.en)
    assert ("Reversal" in till.host.mtis()) is (row.action is Action.UNDO)
    status = await till.terminal.status()
    assert status.signed_on is (row.action not in SIGNED_OFF_BY)
    bodies = await till.database.fetch("SELECT body FROM snapshot")
    assert len(bodies) == (1 if row.success else 0)
    assert all(row.zh in body for (body,) in bodies) or row.action is not Action.RECORD_AND_NOTE
    await till.terminal.sign_on()
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_code_that_is_not_listed_is_a_plain_failure() -> None:
    """交易失败."""
    till = await open_till(Host(code="ZZ"))

    result = await till.terminal.sale(yuan(), visa())

    assert (result.outcome, result.zh) == ("declined", "交易失败")
    await agree(till)
    await till.terminal.close()
