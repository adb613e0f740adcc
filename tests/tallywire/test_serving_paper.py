"""The paper half of `serve`, as a program hears it: jobs that end after their command has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallywire.demo.children import Child
from tests.brokers import mosquitto
from tests.tallywire.processes import Crew, crew

ENDS_IN_MID_RECEIPT = ("--fault", "paper-end=10")
SETTINGS = '[paper]\ncopies = ["merchant"]\n'
"""The last paper may come out at any time; a sale is not kept waiting for it."""


async def heard_late(hands: Crew, printer: Child, url: str) -> list[tuple[str, str]]:
    """Sell while the paper ends, load paper, and return what `serve` tells of the job."""
    await hands.acquirer()
    terminal = await hands.terminal(SETTINGS, url)
    await terminal.expect("ready")
    await terminal.ask("sale", amount="5.00", card="4111111111111111")
    before = (await terminal.ask("jobs"))["result"]["jobs"]
    await printer.control("paper 500")
    event = await terminal.expect("job")
    await terminal.stop()
    return [(one["job"], one["state"]) for one in (*before, event)]


JOB = "R000001-000002/merchant#1"
LATE = [(JOB, "FAILED_PARTIAL"), (JOB, "CONFIRMED")]


@pytest.mark.asyncio
async def test_serve_tells_of_a_paper_that_is_confirmed_late(tmp_path: Path) -> None:
    """P9: the paper is reloaded, the rest comes out, and who commands hears of it."""
    async with crew(tmp_path) as hands:
        printer = await hands.printer(*ENDS_IN_MID_RECEIPT)

        assert LATE == await heard_late(hands, printer, f"tcp://{printer.address}")


@pytest.mark.asyncio
async def test_serve_tells_of_a_late_paper_behind_a_broker(tmp_path: Path) -> None:
    """P9 over MQTT: the report of the bridge is retained and names the job."""
    async with mosquitto(tmp_path) as broker, crew(tmp_path) as hands:
        printer = await hands.printer(*ENDS_IN_MID_RECEIPT, "--mqtt", broker.url())

        assert LATE == await heard_late(hands, printer, broker.url())
