"""A real terminal and a real acquirer, killed at any moment: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tallywire.demo.books import compare
from tallywire.demo.children import Child
from tallywire.exits import Ending
from tests.tallywire.processes import Crew, crew

QUICK = """
[timing]
reply_timeout_s = 1.0
reversal_timeout_s = 1.0
reversal_backoff_s = 0.05
settlement_timeout_s = 1.0
settlement_backoff_s = [0.05]
"""
KILLS = 8
CARD = "4111111111111111"


async def settle_in_clear_weather(hands: Crew) -> None:
    """Start once more, settle whatever is open, and stop."""
    terminal = await hands.terminal(QUICK)
    await terminal.expect("ready")
    assert (await terminal.ask("sale", amount="1.00", card=CARD))["result"]["outcome"] == "approved"
    result = (await terminal.ask("settle"))["result"]
    assert result["outcome"].startswith("closed"), result
    await terminal.stop()


async def sell_until_killed(terminal: Child, after_s: float, chance: random.Random) -> None:
    """Sell and settle without pause; SIGKILL comes `after_s` from now."""

    async def work() -> None:
        while True:
            do = "settle" if chance.random() < 0.2 else "sale"
            await terminal.ask(do, amount=f"{chance.randrange(1, 900)}.00", card=CARD)

    try:
        async with asyncio.timeout(after_s):
            await work()
    except (TimeoutError, Ending):
        await terminal.kill()


def agree_in_every_batch(hands: Crew, batches: int) -> None:
    for number in range(1, batches + 1):
        books = compare(hands.data / "terminal.db", hands.ledger, f"{number:06d}")
        assert () == books.differences
        for line in books.lines:
            if line.name != "payments undone":  # a request that never arrived leaves none there
                assert line.equal, (number, line)


@pytest.mark.asyncio
async def test_terminal_killed_at_any_moment_agrees_with_its_acquirer(tmp_path: Path) -> None:
    """I1-I5 with SIGKILL: T2-T9, R1-R3, SC3-SC11, wherever the moment falls."""
    chance = random.Random(7)
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        for _ in range(KILLS):
            terminal = await hands.terminal(QUICK)
            await terminal.expect("ready")
            await sell_until_killed(terminal, chance.uniform(0.01, 0.25), chance)
        await settle_in_clear_weather(hands)

        batches = await count_batches(hands)
    assert batches > 1
    agree_in_every_batch(hands, batches)


@pytest.mark.asyncio
async def test_acquirer_killed_at_any_moment_keeps_what_it_answered(tmp_path: Path) -> None:
    """Kill -9 of the host loses nothing answered; what was not answered is undone."""
    chance = random.Random(11)
    async with crew(tmp_path) as hands:
        acquirer = await hands.acquirer()
        terminal = await hands.terminal(QUICK)
        await terminal.expect("ready")
        for _ in range(KILLS // 2):
            selling = asyncio.timeout(chance.uniform(0.05, 0.3))
            number = await terminal.tell("sale", amount="9.00", card=CARD)
            try:
                async with selling:
                    await terminal.result_of(number)
                    number = await terminal.tell("sale", amount="7.00", card=CARD)
                    await acquirer.kill()
            except TimeoutError:
                await acquirer.kill()
            acquirer = await hands.acquirer()
            await terminal.result_of(number)
        await terminal.stop()
        await settle_in_clear_weather(hands)

        batches = await count_batches(hands)
    agree_in_every_batch(hands, batches)


async def count_batches(hands: Crew) -> int:
    """Ask the terminal how many batches it has closed."""
    terminal = await hands.terminal(QUICK)
    await terminal.expect("ready")
    batches = (await terminal.ask("batches"))["result"]["batches"]
    await terminal.stop()
    assert all(batch["phase"].startswith("closed") for batch in batches[1:]), batches
    return len(batches) - 1
