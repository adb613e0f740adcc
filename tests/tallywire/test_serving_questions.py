"""Chip, PIN and a question in the middle of a sale, for who commands in lines."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol.amount import Amount
from tallywire.commands.terminal import command
from tallywire.payments import VERBS
from tallywire.serving import ANSWER, ASIDE_COMMANDS, COMMANDS
from tallywire.serving_questions import NoQuestion, Questions
from tests.tallywire.processes import ROOT, crew
from tests.world.clock import VirtualLoop, run_virtual

WANTED, APPROVED = Amount(100_010), Amount(50_005)
VISA = "4111111111111111"
HALF = "1000.10"
"""The built-in acquirer approves the half of it (10)."""

CARD = {"track2": "6200000000000005=30122010000", "chip": "9F2608A1B2C3D4E5F60718"}
KNOWN = '[[card]]\npan = "6200000000000005"\npin = "1234"\n'
NOT_FLOWS = {"serve", "export", "printer", "find", "preview", "reprint", "jobs", "settings"}
"""Commands of the house and of paper; the lines of paper have names of their own."""


def asked(act: Callable[[Questions], None], *, after_s: float = 1.0) -> tuple[bool, float]:
    """Ask while `act` happens; return whether the part is taken, and when that is known."""

    async def main(loop: VirtualLoop) -> tuple[bool, float]:
        questions, began = Questions(60.0), loop.time()
        loop.call_later(after_s, act, questions)
        taken = await asyncio.ensure_future(questions.ask(WANTED, APPROVED))
        return taken, loop.time() - began

    return run_virtual(main)


@pytest.mark.parametrize(("answer", "taken"), [("accept", True), ("undo", False)])
def test_the_client_decides(
    answer: str, *, taken: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Messages page, section 6: code 10, ask; decline -> reversal."""
    assert (taken, 1.0) == asked(lambda questions: questions.answer(1, answer))

    question, answered = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert ("question", 1, 100_010, 50_005) == (
        question["event"],
        question["question"],
        question["wanted_minor"],
        question["approved_minor"],
    )
    assert (answer, "client") == (answered["answer"], answered["by"])


@pytest.mark.parametrize(
    ("act", "at_s", "by"),
    [(lambda questions: None, 60.0, "deadline"), (Questions.end, 1.0, "end of input")],
)
def test_silence_undoes(
    act: Callable[[Questions], None], at_s: float, by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Operator faults: walks away."""
    assert (False, at_s) == asked(act)
    assert by == json.loads(capsys.readouterr().out.splitlines()[-1])["by"]


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [(2, "accept", "no question 2 waits"), (1, "perhaps", "accept or undo")],
)
def test_another_answer_answers_nothing(question: int, answer: str, words: str) -> None:
    def act(questions: Questions) -> None:
        with pytest.raises(NoQuestion, match=words):
            questions.answer(question, answer)

    assert (False, 60.0) == asked(act)


def test_answer_that_nobody_waits_for_is_refused() -> None:
    with pytest.raises(NoQuestion):
        Questions(1.0).answer(1, "accept")


def test_every_flow_of_the_command_is_a_line_of_serve() -> None:
    """A command that moves money or asks the host is not for people alone."""
    flows = set(command.commands) - NOT_FLOWS

    assert set() == flows - {*COMMANDS, *VERBS, *ASIDE_COMMANDS}
    assert ANSWER not in {*COMMANDS, *VERBS, *ASIDE_COMMANDS}


@pytest.mark.asyncio
async def test_served_sale_takes_chip_and_pin_and_is_asked_about_a_part(tmp_path: Path) -> None:
    (tmp_path / "host.toml").write_text(KNOWN, "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", "cup", "--config", str(tmp_path / "host.toml"))
        terminal = await hands.terminal('dialect = "cup"\n')
        await terminal.expect("ready")

        paid = await terminal.ask("sale", amount="18.50", card={**CARD, "pin": "1234"})
        wrong = await terminal.ask("sale", amount="18.50", card={**CARD, "pin": "4321"})
        bad = await terminal.ask(
            "sale", amount="18.50", card={"pan": "4111111111111111", "chip": "9F"}
        )
        outcomes = []
        for answer in ("accept", "undo"):
            number = await terminal.tell(
                "sale", amount=HALF, card="4111111111111111", partial="ask"
            )
            question = await terminal.expect("question")
            await terminal.ask("answer", question=question["question"], answer=answer)
            result = (await terminal.result_of(number))["result"]
            outcomes.append((result["outcome"], result["amount_minor"]))
        late = await terminal.ask("answer", question=2, answer="accept")
        closed = (await terminal.ask("settle"))["result"]

    assert "approved" == paid["result"]["outcome"]
    assert ("declined", "55") == (wrong["result"]["outcome"], wrong["result"]["code"])
    assert "TLV" in bad["error"]["sentence"]
    assert [("approved", 50_005), ("reversed", 100_010)] == outcomes
    assert "no question 2 waits" in late["error"]["sentence"]
    assert ("closed_balanced", 51_855) == (closed["outcome"], closed["amount_minor"])


@pytest.mark.asyncio
@pytest.mark.parametrize("deaf", ["input ends", "client is gone"])
async def test_client_that_goes_away_leaves_nothing_in_part(tmp_path: Path, deaf: str) -> None:
    """The sale is undone at once, and the process ends as if it had been told to."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        child = _serving(hands.data, hands.address)
        assert child.stdin is not None
        assert child.stdout is not None
        line = {"id": 1, "do": "sale", "amount": HALF, "card": VISA, "partial": "ask"}
        child.stdin.write(json.dumps(line) + "\n")
        child.stdin.flush()
        await asyncio.to_thread(_read_to_the_question, child.stdout)
        if deaf == "client is gone":
            child.stdout.close()
        child.stdin.close()
        ended = await asyncio.to_thread(child.wait, 60)
        if deaf == "input ends":
            child.stdout.close()
        again = await hands.terminal()
        status = await again.expect("ready")
        lines = (await again.ask("list"))["result"]["payments"]

    assert (0, 0) == (ended, status["reversals_pending"])
    assert ["reversed"] == [line["outcome"] for line in lines]


def _serving(data: Path, address: str) -> subprocess.Popen[str]:
    place = ("--data", str(data), "--acquirer", address, "--printer", "none:", "serve")
    return subprocess.Popen(
        [sys.executable, "-m", "tallywire", "terminal", *place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _read_to_the_question(lines: Any) -> None:
    for line in lines:
        if json.loads(line).get("event") == "question":
            return
    raise AssertionError("it ended without a question")
