"""`tallywire printer` as its user runs it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tallywire.exits import Exit
from tests.tallywire.processes import crew, tallywire

CARD = "4111111111111111"


@pytest.mark.parametrize(
    ("options", "exit_code", "word"),
    [
        (["--fault", "melted"], Exit.USAGE, "melted"),
        (["--paper", "-1"], Exit.USAGE, "paper"),
        (["--listen", "x"], Exit.USAGE, "HOST:PORT"),
    ],
)
def test_bad_option_is_named(options: list[str], exit_code: Exit, word: str) -> None:
    done = tallywire("printer", *options)

    assert exit_code == done.returncode
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = tallywire("printer", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")

    assert Exit.UNREACHABLE == done.returncode
    assert 1 == len(done.stderr.strip().splitlines())


@pytest.mark.asyncio
async def test_receipt_comes_out_as_text_and_picture(tmp_path: Path) -> None:
    """Terminal, wire and printer as three processes; paper is changed by a typed line."""
    out = tmp_path / "paper"
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        printer = await hands.printer("--paper", "10", "--out", str(out))
        terminal = await hands.terminal(printer=f"tcp://{printer.address}")
        await terminal.expect("ready")
        sold = await terminal.ask("sale", amount="8.00", card=CARD)
        assert "no paper" in await printer.control("status")
        assert "ready" in await printer.control("paper 500")
        while (await terminal.ask("status"))["result"]["paper_owed"]:
            await terminal.expect("job")
        await printer.stop()

    assert "approved" == sold["result"]["outcome"]
    texts = [path.read_text("utf-8") for path in sorted(out.glob("*.txt"))]
    assert 3 == len(texts)  # the torn piece, the rest of it, the cardholder's copy
    assert "持卡人存根" in texts[-1]
    assert [path.stem for path in sorted(out.glob("*.png"))] == ["0001", "0002", "0003"]
