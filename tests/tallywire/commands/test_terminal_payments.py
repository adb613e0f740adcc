"""Voids, refunds and the others as their user runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tallywire.exits import Exit
from tests.tallywire.processes import Crew, crew, tallywire


def at(hands: Crew, *words: str) -> Any:
    return tallywire("terminal", "--data", str(hands.data), "--acquirer", hands.address, *words)


def voucher(ran: Any) -> str:
    found = re.search(r"voucher (\d{6})", ran.stdout)
    assert found, ran.stderr
    return found[1]


@pytest.mark.asyncio
async def test_void_and_refund_after_settlement_by_command(tmp_path: Path) -> None:
    """REQ 003-05, 004-04: each refusal has its exit code and its next step."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        sold = voucher(at(hands, "sale", "12.50"))
        other = voucher(at(hands, "sale", "3.00"))

        voided = at(hands, "void", other)
        listed = at(hands, "list").stdout
        unknown = at(hands, "void", "999")
        at(hands, "settle")
        late = at(hands, "void", sold)
        refunded = at(hands, "refund", sold, "2.50")
        echoed = at(hands, "echo")

    assert (voided.returncode, "APPROVED  RMB 3.00" in voided.stdout) == (0, True)
    assert f"原凭证号(ORIG VOUCHER): {other}" in voided.stdout
    assert [word in listed for word in (" void ", " voided ", " approved ")] == [True] * 3
    assert unknown.returncode == Exit.NOT_FOUND
    assert (late.returncode, "Make a refund instead" in late.stderr) == (Exit.REFUSED, True)
    assert (refunded.returncode, "APPROVED  RMB 2.50" in refunded.stdout) == (0, True)
    assert (echoed.returncode, echoed.stdout) == (0, "The host is there.\n")
