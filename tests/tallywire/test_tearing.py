from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallywire.tearing import Tearing
from tests.tallywire.processes import crew
from tests.world.clock import VirtualLoop, run_virtual

PAUSING = "[paper]\npause_between_copies = true\n"
COPY = "R000001-000002/merchant"


def at_the_tear(
    act: Callable[[Tearing], None], *, after_s: float = 1.0, patience_s: float = 60.0
) -> tuple[bool, float]:
    """Wait for a tear while `act` happens; return whether the next copy comes, and when."""

    async def main(loop: VirtualLoop) -> tuple[bool, float]:
        tearing = Tearing(patience_s)
        began = loop.time()
        loop.call_later(after_s, act, tearing)
        goes_on = await asyncio.ensure_future(tearing(COPY))
        return goes_on, loop.time() - began

    return run_virtual(main)


@pytest.mark.parametrize(("word", "goes_on"), [("torn", True), ("no-more", False)])
def test_answer_decides_about_the_next_copy(
    word: str, *, goes_on: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """States page, section 4: 请撕单 between the merchant's and the cardholder's copy."""
    heard: list[bool] = []
    answered = at_the_tear(lambda tearing: heard.append(tearing.answer(word)))

    assert (goes_on, 1.0) == answered
    assert [True] == heard
    assert {"event": "tear", "copy": COPY} == json.loads(capsys.readouterr().out)


def test_nobody_is_waited_for_for_ever() -> None:
    """Operator faults: walks away."""
    assert (True, 60.0) == at_the_tear(lambda _: None)


def test_end_of_the_commands_is_an_answer() -> None:
    assert (True, 1.0) == at_the_tear(Tearing.leave)


def test_answer_that_nobody_waits_for_is_not_kept() -> None:
    assert not Tearing(1.0).answer("no-more")


@pytest.mark.asyncio
async def test_serve_pauses_and_takes_the_answer_before_its_turn(tmp_path: Path) -> None:
    """The sale waits for the answer, and the answer does not wait for the sale."""
    papers = tmp_path / "papers"
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        terminal = await hands.terminal(PAUSING, f"file:{papers}?pictures=no")
        await terminal.expect("ready")
        first, owed = await sold_and_torn(terminal, "torn"), await asked(terminal, "jobs")
        second, kept = await sold_and_torn(terminal, "no-more"), await asked(terminal, "jobs")
        idle = await asked(terminal, "torn")

    assert ["approved", "approved"] == [first, second]
    assert ([], []) == (owed["jobs"], kept["jobs"])
    assert {"waited": False} == idle
    names = ["R000001-000002-cardholder", "R000001-000002-merchant", "R000001-000003-merchant"]
    assert [f"{name}-1.txt" for name in names] == sorted(path.name for path in papers.iterdir())


async def sold_and_torn(terminal: Any, word: str) -> str:
    """Sell, answer the tear in between, and return what became of the sale."""
    number = await terminal.tell("sale", amount="5.00", card="4111111111111111")
    await terminal.expect("tear")
    assert {"waited": True} == await asked(terminal, word)
    return str((await terminal.result_of(number))["result"]["outcome"])


async def asked(terminal: Any, do: str) -> dict[str, Any]:
    """Return the result of a command without arguments."""
    result: dict[str, Any] = (await terminal.ask(do))["result"]
    return result
