"""Our terminal against somebody else's host: only the standard joins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.aio.client import tcp_opener
from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from tests.foreign.host import ForeignHost

CARD = Card(Pan("6200000000000005"), "3012")


@pytest.mark.asyncio
async def test_day_against_a_foreign_host_balances(tmp_path: Path) -> None:
    """Sign-on, approvals, a decline, settlement: understood by a codec that is not ours."""
    with ForeignHost() as host:
        opener = tcp_opener("127.0.0.1", host.port)
        async with open_terminal(tmp_path, Settings(), opener, [open_printer("none:")]) as terminal:
            outcomes = [
                (await terminal.sale(Amount(minor), CARD)).outcome
                for minor in (1250, 3600, 100_000)
            ]
            closed = await terminal.settle()

    assert ["approved", "approved", "declined"] == outcomes
    assert ("closed_balanced", 2, 4850) == (closed.outcome, closed.count, closed.amount_minor)
    assert ["0800", "0200", "0200", "0200", "0500"] == [mti for mti, _ in host.heard]
    sale, settlement = host.heard[1][1], host.heard[4][1]
    assert ("6200000000000005", "000000001250", "156") == (sale[2], sale[4], sale[49])
    assert ("0000000002", "0000000000004850", "D0000000000004850") == (
        settlement[76],
        settlement[88],
        settlement[97],
    )
