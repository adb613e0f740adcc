"""`tallywire acquirer` as its user runs it: good input, bad input, an end without a traceback."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from acquirer_sim.aio.opening import open_ledger
from tallywire.exits import Exit
from tests.tallywire.processes import crew, tallywire

BAD_STARTS = [
    (["--ledger", "oracle:x"], "", Exit.STORAGE, "A20"),
    (["--ledger", "sqlite:{folder}/nowhere/x.db"], "", Exit.STORAGE, "A20"),
    (["--config", "{folder}/absent.toml"], "", Exit.CONFIGURATION, "absent.toml"),
    (["--config", "{folder}/f.toml"], "colour = 1", Exit.CONFIGURATION, "colour: no such key"),
    (["--config", "{folder}/f.toml"], "colour = ", Exit.CONFIGURATION, "f.toml"),
    (["--faults", "{folder}/f.toml"], "[[fault]]\nkind = 'x'", Exit.CONFIGURATION, "drop_reply"),
    (["--listen", "nowhere"], "", Exit.USAGE, "HOST:PORT"),
]


@pytest.mark.parametrize(("options", "file", "exit_code", "word"), BAD_STARTS)
def test_bad_start_is_one_sentence_and_an_exit_code(
    tmp_path: Path, options: list[str], file: str, exit_code: Exit, word: str
) -> None:
    (tmp_path / "f.toml").write_text(file, "utf-8")

    given = [option.format(folder=tmp_path) for option in options]
    done = tallywire("acquirer", "--listen", "127.0.0.1:0", *given)

    assert exit_code == done.returncode
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = tallywire("acquirer", "--listen", f"127.0.0.1:{port}", "--ledger", "memory:")

    assert Exit.UNREACHABLE == done.returncode
    assert "A10" in done.stderr
    assert 1 == len(done.stderr.strip().splitlines())


@pytest.mark.asyncio
async def test_stops_cleanly_when_told(tmp_path: Path) -> None:
    async with crew(tmp_path) as hands:
        acquirer = await hands.acquirer()
        await acquirer.stop()

        assert 0 == acquirer.exit_code


@pytest.mark.asyncio
async def test_reference_codec_serves_the_same(tmp_path: Path) -> None:
    """The slow codec of other hands answers a sale like the compiled one."""
    async with crew(tmp_path) as hands:
        await hands.acquirer("--codec", "reference")
        terminal = await hands.terminal()
        await terminal.expect("ready")
        sold = await terminal.ask("sale", amount="12.50", card="4111111111111111")

    assert "approved" == sold["result"]["outcome"]


UNBALANCED = """
[[fault]]
kind = "out_of_balance"
mti = "0500"
"""


@pytest.mark.asyncio
async def test_ledger_is_asked_while_it_is_served(tmp_path: Path) -> None:
    """Batches, the report of an upload, and the audit, from beside the running acquirer."""
    plan = tmp_path / "faults.toml"
    plan.write_text(UNBALANCED, "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--faults", str(plan))
        terminal = await hands.terminal()
        await terminal.expect("ready")
        await terminal.ask("sale", amount="12.50", card="4111111111111111")
        settled = await terminal.ask("settle")
        ledger = ("acquirer", "--ledger", f"sqlite:{hands.ledger}")
        batches = tallywire(*ledger, "batches")
        report = tallywire(*ledger, "report", "000001")
        audit = tallywire(*ledger, "audit")
        absent = tallywire(*ledger, "report", "000009")

    assert "closed_unbalanced" == settled["result"]["outcome"]
    assert "1 for 12.50" in batches.stdout
    assert "uploaded 1 of 1 announced, 1 agree, 0 differences" in report.stdout
    assert (0, "The books are right.\n") == (audit.returncode, audit.stdout)
    assert Exit.NOT_FOUND == absent.returncode


def test_ledger_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = tallywire("acquirer", "--ledger", f"sqlite:{tmp_path}/none.db", "audit")

    assert Exit.STORAGE == done.returncode
    assert "A20" in done.stderr
    assert "Traceback" not in done.stderr


def test_books_that_are_wrong_end_with_a_code_of_their_own(tmp_path: Path) -> None:
    """The audit can fail: a payment without its posting."""
    path = tmp_path / "ledger.db"
    ledger = open_ledger(f"sqlite:{path}").ledger
    ledger.close()
    books = sqlite3.connect(path)
    books.execute("INSERT INTO transfer VALUES (1, 1, 'purchase', 'a', 'a', -5, '156', 'now')")
    books.commit()
    books.close()

    done = tallywire("acquirer", "--ledger", f"sqlite:{path}", "audit")

    assert Exit.BOOKS_DIFFER == done.returncode
    assert "entry 1" in done.stdout
