"""A real terminal, killed while it prints on a real (virtual) printer: never a second original."""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tallywire.demo.children import Child
from tests.tallywire.processes import Crew, crew

CARD = "4111111111111111"
KILLS = 6
SLOW = "slow=0.004"
"""A receipt takes a fifth of a second: every moment of it is worth a kill."""
SETTINGS = "[patience]\nlate_grace_s = 1.0\n"
DUPLICATE = "重打印"


async def killed_while_printing(terminal: Child, after_s: float) -> None:
    """Sell, and kill the process some time after the approval, while its papers print."""
    await terminal.tell("sale", amount="5.00", card=CARD)
    while (await terminal.expect("notice"))["state"] != "approved":
        pass
    try:
        async with asyncio.timeout(after_s):
            await terminal.expect("event that never comes")
    except TimeoutError:
        await terminal.kill()


async def asked(terminal: Child, do: str, **words: object) -> dict[str, Any]:
    """Return the result of a command."""
    result: dict[str, Any] = (await terminal.ask(do, **words))["result"]
    return result


async def put_on_paper(hands: Crew, printer: Child, papers: Path) -> list[str]:
    """Start once more; look at each doubtful paper, say what there is, print what is missing."""
    terminal = await hands.terminal(SETTINGS, f"tcp://{printer.address}")
    await terminal.expect("ready")
    seen = [job["job"] for job in (await asked(terminal, "jobs"))["jobs"]]
    for job in seen:
        document, _, copy = job.partition("#")[0].partition("/")
        out = [text for text in whole(papers, document, copy) if DUPLICATE not in text]
        await asked(terminal, "came-out" if out else "did-not", job=job)
        if not out:
            await asked(terminal, "reprint", what="any", name=document, copy=copy)
    assert [] == (await asked(terminal, "jobs"))["jobs"]
    await terminal.stop()
    return seen


def whole(papers: Path, document: str, copy: str) -> list[str]:
    """Return the whole slips of a copy that lie in the tray."""
    batch, _, stan = document[1:].partition("-")
    words = {"merchant": "MERCHANT COPY", "cardholder": "CARDHOLDER COPY"}[copy]
    texts = [path.read_text("utf-8") for path in sorted(papers.glob("*.txt"))]
    named = (f"(BATCH NO): {batch}", f"(VOUCHER NO): {stan}", words)
    return [text for text in texts if all(name in text for name in named)]


@pytest.mark.asyncio
async def test_terminal_killed_while_it_prints_leaves_one_original_of_each_copy(
    tmp_path: Path,
) -> None:
    """P1, P4, P5, P7 and P10 with SIGKILL, wherever the moment falls (I6)."""
    chance, papers = random.Random(3), tmp_path / "papers"
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        printer = await hands.printer("--fault", SLOW, "--out", str(papers))
        for _ in range(KILLS):
            terminal = await hands.terminal(SETTINGS, f"tcp://{printer.address}")
            await terminal.expect("ready")
            await killed_while_printing(terminal, chance.uniform(0.0, 0.5))
        doubtful = await put_on_paper(hands, printer, papers)
        terminal = await hands.terminal(SETTINGS, f"tcp://{printer.address}")
        await terminal.expect("ready")
        sold = (await asked(terminal, "list"))["payments"]
        await terminal.stop()

    assert doubtful, "no kill fell into a print: nothing was tested"
    approved = [f"R{one['batch']}-{one['stan']}" for one in sold if one["outcome"] == "approved"]
    assert approved
    for document in approved:
        for copy in ("merchant", "cardholder"):
            texts = whole(papers, document, copy)
            originals = [text for text in texts if DUPLICATE not in text]
            assert len(originals) <= 1, (document, copy)
            assert texts, (document, copy)
    every = "".join(path.read_text("utf-8") for path in papers.glob("*.txt"))
    assert [] == re.findall(r"\d{13,19}", every.replace("104100000000001", ""))
