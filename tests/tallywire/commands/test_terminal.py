"""`tallywire terminal` as its user runs it, one command after the other."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from protocol.secrets import luhn_valid
from tallywire.exits import Exit
from tests.tallywire.processes import Crew, crew, tallywire

NOWHERE = "127.0.0.1:1"


def at(hands: Crew, *words: str, acquirer: str = "") -> Any:
    return tallywire(
        "terminal", "--data", str(hands.data), "--acquirer", acquirer or hands.address, *words
    )


@pytest.mark.asyncio
async def test_day_of_single_commands(tmp_path: Path) -> None:
    """Sign on, sell, list, reprint, settle, reprint the slip: each a process of its own."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        assert 0 == at(hands, "sign-on").returncode

        sold = at(hands, "sale", "12.50")
        assert 0 == sold.returncode
        assert "APPROVED  RMB 12.50" in sold.stdout
        assert "411111******1111" in sold.stdout

        declined = at(hands, "sale", "1000.51")
        assert Exit.DECLINED == declined.returncode
        assert "51" in declined.stderr

        listed = at(hands, "list").stdout
        assert ("approved" in listed, "declined" in listed) == (True, True)

        again = at(hands, "reprint", "last")
        assert 0 == again.returncode
        assert "重打印/DUPLICATE" in again.stdout

        settled = at(hands, "settle")
        assert 0 == settled.returncode
        assert "CLOSED_BALANCED  batch 000001" in settled.stdout
        assert "对账平" in settled.stdout

        slip = at(hands, "reprint", "settlement", "000001")
        assert ("****重打印/DUPLICATE****" in slip.stdout, slip.returncode) == (True, 0)
        assert "READY" in at(hands, "status").stdout


@pytest.mark.asyncio
async def test_json_lines_are_all_json_and_hold_no_card_number(tmp_path: Path) -> None:
    """I7: what a program reads is masked as well."""
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        text = "".join(
            tallywire(
                *("terminal", "--data", str(hands.data), "--acquirer", hands.address, "--json"),
                *words,
            ).stdout
            for words in (["sale", "5"], ["list"], ["status"], ["settle"])
        )

    events = [json.loads(line)["event"] for line in text.splitlines()]
    assert {"result", "payment", "status"} <= set(events)
    assert [] == [run for run in re.findall(r"\d{13,19}", text) if luhn_valid(run)]


@pytest.mark.asyncio
async def test_host_that_is_not_there_leaves_nothing_unknown(tmp_path: Path) -> None:
    """T3: certainly not sent."""
    async with crew(tmp_path) as hands:
        done = at(hands, "sale", "5", acquirer=NOWHERE)

    assert Exit.REFUSED == done.returncode
    assert "L20" in done.stderr


@pytest.mark.asyncio
async def test_second_process_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        terminal = await hands.terminal()
        await terminal.expect("ready")
        done = at(hands, "status")

    assert Exit.REFUSED == done.returncode
    assert "L41" in done.stderr


@pytest.mark.parametrize("damage", ["gone", "other", "short"])
@pytest.mark.asyncio
async def test_wrong_key_refuses_to_start(tmp_path: Path, damage: str) -> None:
    async with crew(tmp_path) as hands:
        assert 0 == at(hands, "status", acquirer=NOWHERE).returncode
        key = hands.data / "terminal.key"
        if damage == "gone":
            key.unlink()
        else:
            key.write_text("ab" * 32 if damage == "other" else "ab", "ascii")
        done = at(hands, "status", acquirer=NOWHERE)

    assert Exit.REFUSED == done.returncode
    assert "Traceback" not in done.stderr
    assert "key" in done.stderr


@pytest.mark.asyncio
async def test_damaged_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    async with crew(tmp_path) as hands:
        assert 0 == at(hands, "status", acquirer=NOWHERE).returncode
        (hands.data / "terminal.db").write_bytes(b"no database at all " * 100)
        done = at(hands, "status", acquirer=NOWHERE)

    assert Exit.STORAGE == done.returncode
    assert "L42" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "word"),
    [
        (["sale", "twelve"], Exit.USAGE, "12.50"),
        (["sale", "5", "--card", "4111"], Exit.USAGE, "12 to 19 digits"),
        (["sale", "5", "--card", "absent.toml"], Exit.CONFIGURATION, "absent.toml"),
        (["reprint", "any"], Exit.USAGE, "voucher"),
        (["reprint", "last"], Exit.NOT_FOUND, "L08"),
        (["reprint", "any", "000777"], Exit.NOT_FOUND, "L08"),
        (["reprint", "settlement"], Exit.NO_SETTLEMENT, "L50"),
        (["reprint", "settlement", "000009"], Exit.NO_SETTLEMENT, "L50"),
        (["settle"], Exit.REFUSED, "L16"),
        (["dance"], Exit.USAGE, "dance"),
    ],
)
def test_bad_input_has_an_exit_code_of_its_own(
    tmp_path: Path, words: list[str], exit_code: Exit, word: str
) -> None:
    data = str(tmp_path / "t")
    done = tallywire("terminal", "--data", data, "--acquirer", NOWHERE, *words)

    assert exit_code == done.returncode, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('dialect = "nope"', "t.toml: dialect: 'nope' is no shipped dialect and no file"),
        ('printers = ["ftp://x"]', "t.toml: printers: ftp://x: a printer is tcp://HOST:PORT"),
        ('operator = "0123456789"', "t.toml: operator: is a number such as 01"),
        ('acquirer = "nonsense"', "t.toml: acquirer: is HOST:PORT such as 127.0.0.1:8583; found"),
        ('test_ranges = ["abc"]', "t.toml: test_ranges: lists first digits of cards"),
        ("[limits]\nadvice_tries_max = 0", "t.toml: limits.advice_tries_max: is at least one try"),
    ],
)
def test_wrong_setting_is_told_with_path_and_key(tmp_path: Path, line: str, words: str) -> None:
    config = tmp_path / "t.toml"
    config.write_text(line, "utf-8")
    done = tallywire("terminal", "--data", str(tmp_path), "--config", str(config), "status")

    assert Exit.CONFIGURATION == done.returncode, done.stderr
    assert words in done.stderr


def test_command_shows_its_help_before_it_wants_a_folder() -> None:
    told, asked = tallywire("terminal", "sale", "--help"), tallywire("terminal", "status")

    assert (0, Exit.USAGE) == (told.returncode, asked.returncode)
    assert "Missing option '--data'" in asked.stderr


@pytest.mark.asyncio
async def test_disk_of_both_sides_holds_no_card_number(tmp_path: Path) -> None:
    """I7 and REQ 000-17: every file of a day, searched byte by byte."""
    card = tmp_path / "card.toml"
    card.write_text('pan = "5555555555554444"\nexpiry = "2912"', "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        assert 0 == at(hands, "sale", "7.00", "--card", str(card)).returncode
        assert 0 == at(hands, "settle").returncode
        card.unlink()

    assert [] == files_with_card(tmp_path)


def files_with_card(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and holds_card(path)]


def holds_card(path: Path) -> bool:
    data = path.read_bytes()
    return b"5555555555554444" in data or bytes.fromhex("5555555555554444") in data


def test_search_for_card_numbers_finds_one(tmp_path: Path) -> None:
    """The search above can fail."""
    database = sqlite3.connect(tmp_path / "leak.db")
    database.execute("CREATE TABLE leak (pan TEXT)")
    database.execute("INSERT INTO leak VALUES ('5555555555554444')")
    database.commit()
    database.close()

    assert [tmp_path / "leak.db"] == files_with_card(tmp_path)
