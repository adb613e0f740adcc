"""A lost 0510, and the question in between, over TCP; the command and the line of `serve`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tallywire.bench import IMPATIENT, Bench
from tallywire.exits import Exit
from terminal.configuration import Settings
from tests.tallywire.processes import crew, tallywire

ASKING = Settings(timing=IMPATIENT, settlement_inquiry=True)


@pytest.mark.asyncio
async def test_lost_0510_is_asked_after_and_fetched_by_the_repeat() -> None:
    async with Bench(settings=ASKING) as bench:
        await bench.sale("12.50")
        bench.lose_reply("0500")

        settled = await bench.settle()
        asked = await bench.terminal.inquire("000001")
        following = await bench.terminal.inquire()

    told = [(one.code, one.key, one.state) for one in bench.notices]
    assert ("closed_balanced", 2) == (settled.outcome, settled.requests)
    assert told.index(("L03", "000001", "uncertain")) < told.index(("L73", "000001", "closed"))
    assert told.index(("L73", "000001", "closed")) < told.index(
        ("L19", "000001", "closed_balanced")
    )
    assert ("closed", "1", "000001") == (asked.state, asked.result, asked.batch)
    assert ("open", "", "000002") == (following.state, following.result, following.batch)


@pytest.mark.asyncio
async def test_command_and_line_of_serve_ask(tmp_path: Path) -> None:
    config = tmp_path / "asking.toml"
    config.write_text("settlement_inquiry = true\n", "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        place = ("terminal", "--data", str(hands.data), "--acquirer", hands.address)
        assert 0 == tallywire(*place, "sale", "5").returncode
        off = tallywire(*place, "inquire")
        asking = (*place, "--config", str(config))
        on = tallywire(*asking, "--json", "inquire", "000001")
        said = tallywire(*asking, "inquire", "000777")
        wrong = tallywire(*asking, "inquire", "one")

        terminal = await hands.terminal("settlement_inquiry = true\n")
        await terminal.expect("ready")
        answer = (await terminal.ask("inquire"))["result"]

    assert (Exit.REFUSED, True) == (off.returncode, "L69" in off.stderr)
    assert "open" == json.loads(on.stdout.splitlines()[-1])["state"]
    assert (0, True) == (said.returncode, "UNKNOWN  batch 000777" in said.stdout)
    assert (Exit.USAGE, True) == (wrong.returncode, "six digits" in wrong.stderr)
    assert ("answered", "open") == (answer["outcome"], answer["state"])
