"""`tallywire acquirer` as its user runs it: good input, bad input, an end without a traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

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
