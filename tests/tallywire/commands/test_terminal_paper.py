"""Paper as the person at the counter asks for it: one process for each command."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tallywire.exits import Exit
from tests.tallywire.commands.test_terminal import NOWHERE, at
from tests.tallywire.processes import ROOT, TIMEOUT_S, Crew, crew, tallywire

CARD = "5555555555554444"


def alone(hands: Crew, *words: str) -> Any:
    """Run a command with no host to ask: paper never needs one (REQ 001-11)."""
    return at(hands, *words, acquirer=NOWHERE)


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.asyncio
async def test_evening_of_papers(tmp_path: Path) -> None:
    """REQ 001-02, 001-03, 001-05, 001-12, 003-04: find, preview, print, doubt, void, export."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        assert 0 == at(hands, "sale", "12.50").returncode
        assert 0 == at(hands, "sale", "12.50", "--card", CARD, "--tag", "tea").returncode

        found = alone(hands, "find", "--card", CARD)
        assert (0, 1) == (found.returncode, found.stdout.count("R000001-"))
        assert "555555******4444" in found.stdout

        tagged = alone(hands, "find", "--tag", "tea")
        assert (0, found.stdout) == (tagged.returncode, tagged.stdout)
        assert Exit.USAGE == alone(hands, "sale", "5", "--tag", "4111111111111111").returncode

        several = alone(hands, "reprint", "any", "--amount", "12.50")
        assert Exit.AMBIGUOUS == several.returncode
        assert ("L09" in several.stderr, several.stdout.count("R000001-")) == (True, 2)
        assert "SALES SLIP" not in several.stdout

        preview = alone(hands, "preview", "any", "3", "--copy", "merchant").stdout
        printed = alone(hands, "reprint", "any", "3", "--copy", "merchant").stdout
        assert "DUPLICATE" in preview
        times = [line for line in preview.splitlines() if "重打印时间" not in line]
        assert [] == [line for line in times if line not in printed]

        assert "No paper waits." in alone(hands, "jobs", "list").stdout
        void = alone(hands, "jobs", "void", "R000001-000003/merchant", "--reason", "smudged")
        assert ("THIS PAPER IS VOID" in void.stdout, void.returncode) == (True, 0)
        assert Exit.REFUSED == alone(hands, "jobs", "cancel", "R000001-000003/merchant").returncode

        for name in ("receipt.png", "receipt.pdf", "receipt.txt", "receipt.json"):
            done = alone(hands, "export", "R000001-000003", "-o", str(tmp_path / name))
            assert (0, True) == (done.returncode, (tmp_path / name).stat().st_size > 100)
        assert "ELECTRONIC COPY" in (tmp_path / "receipt.txt").read_text("utf-8")
        audit = alone(hands, "jobs", "audit").stdout
        assert (4, 1) == (audit.count("export"), audit.count("reprint"))

        assert "TXN TOTALS" in alone(hands, "reprint", "totals").stdout
        assert "CONFIGURATION" in alone(hands, "reprint", "configuration").stdout
        assert "TXN LIST" in alone(hands, "reprint", "list").stdout


@pytest.mark.asyncio
async def test_paper_in_doubt_is_asked_of_the_operator(tmp_path: Path) -> None:
    """P11, REQ 003-06: every answer through a real printer that fails."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        printer = await hands.printer("--fault", "reset=700")
        url = f"tcp://{printer.address}"

        def with_printer(*words: str) -> Any:
            options = ("--data", str(hands.data), "--acquirer", hands.address, "--printer", url)
            return tallywire("terminal", *options, "--json", *words)

        assert 0 == with_printer("sale", "5").returncode
        doubtful = events(with_printer("jobs", "list").stdout)
        states = {event["job"]: event["state"] for event in doubtful if event["event"] == "job"}
        job = next(name for name, state in states.items() if state != "QUEUED")
        (answered,) = events(with_printer("jobs", "did-not", job).stdout)
        assert "FAILED_BY_OPERATOR" == answered["state"]
        again = with_printer("reprint", "last", "--copy", "merchant", "--as-original")
        assert (Exit.REFUSED, "L07") == (again.returncode, events(again.stdout)[-1]["code"])

        status = events(with_printer("printer", "status").stdout)
        assert [True] == [event["ready"] for event in status]


def test_printers_have_a_status_each_and_an_exit_code(tmp_path: Path) -> None:
    """REQ 003-06, 000-21: switched off, unreachable, ready; and a page that tests the last."""
    data = ("--data", str(tmp_path / "t"))
    off = tallywire("terminal", *data, "--printer", "none:", "printer", "status")
    gone = tallywire("terminal", *data, "--printer", f"tcp://{NOWHERE}", "printer", "status")
    both = tallywire(
        *("terminal", *data, "--printer", f"tcp://{NOWHERE}", "--printer", "console:"),
        *("printer", "test"),
    )

    assert (Exit.PAPER, True) == (off.returncode, "L39" in off.stdout)
    assert (Exit.PAPER, True) == (gone.returncode, "L30" in gone.stdout)
    assert (0, True) == (both.returncode, "PRINTER SELF-TEST" in both.stdout)


@pytest.mark.parametrize(("typed", "printed"), [("n\n", 0), ("y\n", 1)])
@pytest.mark.asyncio
async def test_person_sees_it_first_and_may_say_no(
    tmp_path: Path, typed: str, printed: int
) -> None:
    """REQ 000-09, 001-04: on a terminal it is shown and confirmed; no: no job."""
    slips = tmp_path / "slips"
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        assert 0 == at(hands, "sale", "5").returncode

        options = ("--data", str(hands.data), "--printer", f"file:{slips}?pictures=no")
        shown = on_a_terminal("terminal", *options, "reprint", "last", typed=typed)
        jobs = tallywire("terminal", "--data", str(hands.data), "--json", "jobs", "list", "--all")

    assert ("411111******1111" in shown, "RMB 5.00" in shown) == (True, True)
    assert 2 * printed == len(list(slips.glob("*.txt")))
    assert 2 + 2 * printed == len(jobs.stdout.splitlines())


def on_a_terminal(*words: str, typed: str) -> str:
    """Run a command whose input and output are a terminal; return what stood on it."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tallywire", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    ) as process:
        os.close(slave)
        os.write(master, typed.encode())
        shown = b""
        while True:
            try:
                chunk = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            shown += chunk
        process.wait(TIMEOUT_S)
    os.close(master)
    return shown.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("words", "exit_code", "word"),
    [
        (["reprint", "last", "--stan", "1"], Exit.USAGE, "L53"),
        (["find"], Exit.USAGE, "voucher"),
        (["reprint", "report", "day"], Exit.NO_SETTLEMENT, "L50"),
        (["preview", "list"], Exit.NOT_FOUND, "L51"),
        (["export", "last", "-o", "x.png"], Exit.NOT_FOUND, "L08"),
        (["export", "configuration", "-o", "x.doc"], Exit.CONFIGURATION, ".png"),
        (["jobs", "cancel", "R000001-000002/merchant#1"], Exit.NOT_FOUND, "L59"),
    ],
)
def test_each_refusal_has_its_code(
    tmp_path: Path, words: list[str], exit_code: Exit, word: str
) -> None:
    """REQ 000-06, 000-08."""
    done = tallywire("terminal", "--data", str(tmp_path / "t"), *words)

    assert exit_code == done.returncode, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.asyncio
async def test_computer_without_a_chinese_typeface_says_so_once(tmp_path: Path) -> None:
    """L57: pictures are in English meanwhile, texts as ever; nothing else fails for it."""
    nowhere = {"TALLYWIRE_FONTS": str(tmp_path / "nowhere")}
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        assert 0 == at(hands, "sale", "12.50").returncode
        data = ("--data", str(hands.data), "--printer")
        files = tallywire(
            *("terminal", *data, f"file:{tmp_path / 'papers'}", "reprint", "last"), **nowhere
        )
        png, text = (
            tallywire(
                *("terminal", *data, "none:", "export", "last", "-o", str(tmp_path / name)),
                **nowhere,
            )
            for name in ("a.png", "a.txt")
        )

    assert [0, 0, 0] == [done.returncode for done in (files, png, text)]
    assert [1, 1, 0] == [done.stderr.count("L57") for done in (files, png, text)]
    assert "请安装中文字体" in png.stderr
    texts = sorted((tmp_path / "papers").glob("*.txt"))
    assert "重打印" in texts[0].read_text("utf-8")
