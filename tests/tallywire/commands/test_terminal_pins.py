"""PINs of every format and under every key, from the card file to the host's verdict."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from acquirer_sim.aio.host import Host
from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.configuration import CardSettings, default_configuration
from protocol.aio.client import tcp_opener
from protocol.aio.dialect_file import find_dialect
from protocol.amount import Amount
from protocol.codec import Codec
from protocol.errors import DialectError
from protocol.message import Message
from tallywire.commands.terminal.cards import read_card
from tallywire.exits import Exit
from terminal.aio.driver import Terminal
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from terminal.errors import WrongKey
from tests.tallywire.commands.test_terminal_cards import tapped
from tests.tallywire.commands.test_terminal_cup import TIMING
from tests.tallywire.processes import crew, tallywire

PAN: Final = "6200000000000005"
PIN: Final = "739154826031"
KNOWN: Final = CardSettings(pan=PAN, pin=PIN)
MAC: Final = '[mac]\nalgorithm = "X9.19"\n'
FORMATS: Final = {0: "2", 1: "1", 3: "3", 4: "4"}
WAYS: Final = [
    pytest.param(base, form, keys, id=f"{base}-{form}-{keys}")
    for base in ("iso87", "iso87_bcd", "cup")
    for form in FORMATS
    for keys in ("sign-on", "dukpt")
]


def dialect_file(
    folder: Path, base: str, form: int, keys: str, *, name: str = "own", more: str = ""
) -> str:
    """Write a dialect; iso87 signs only where the keys of a sign-on are wanted."""
    signs = MAC if base != "cup" and keys == "sign-on" else ""
    size = 0 if form != 4 else 16 if base == "cup" else 32
    room = f"[field.52]\nmax_len = {size}\n" if size else ""
    pin = f'[pin]\nformat = {form}\nkeys = "{keys}"\n{more}'
    path = folder / f"{name}.toml"
    path.write_text(f'base = "{base}"\nname = "{name}"\n{pin}{signs}{room}', "utf-8")
    return str(path)


def card_file(folder: Path, pin: str) -> str:
    path = folder / f"{pin}.toml"
    path.write_text(f'pan = "{PAN}"\npin = "{pin}"\n', "utf-8")
    return str(path)


@asynccontextmanager
async def hosting(dialect: str, **changes: Any) -> AsyncIterator[Host]:
    configuration = msgspec.structs.replace(default_configuration(), card=(KNOWN,), **changes)
    start = Start(port=0, dialect=find_dialect(dialect), configuration=configuration)
    host = await start_host(start, on_event=lambda event: None)
    try:
        yield host
    finally:
        await host.stop()


@asynccontextmanager
async def shop(
    folder: Path, dialect: str, host: Host, notes: list[bytes], **settings: Any
) -> AsyncIterator[Terminal]:
    given = Settings(dialect=dialect, timing=TIMING, **settings)
    line = tapped(tcp_opener(*host.server.addresses[0]), notes)
    async with open_terminal(folder / "t", given, line, [open_printer("none:")]) as terminal:
        yield terminal


def with_pin(notes: list[bytes], dialect: str) -> list[Message]:
    """Return the requests that were sent with a PIN, oldest first."""
    spoken = find_dialect(dialect)
    sent = [Codec(spoken).decode(frame[2:]) for frame in notes]
    return [message for message in sent if 52 in message.fields]


@pytest.mark.parametrize(("base", "form", "keys"), WAYS)
@pytest.mark.asyncio
async def test_pin_is_checked_whatever_its_way(
    tmp_path: Path, base: str, form: int, keys: str
) -> None:
    """The right one pays, a wrong one is 55; F53 says the truth, F26 the length."""
    dialect, notes = dialect_file(tmp_path, base, form, keys), list[bytes]()
    right, wrong = (read_card(card_file(tmp_path, pin)) for pin in (PIN, PIN[::-1]))
    async with hosting(dialect) as host, shop(tmp_path, dialect, host, notes) as terminal:
        results = [await terminal.sale(Amount(500), card) for card in (right, wrong, right)]

    assert ["00", "55", "00"] == [result.code for result in results]
    messages = with_pin(notes, dialect)
    said = FORMATS[form] + ("7" if form == 4 else "6") + ("01" if keys == "dukpt" else "00")
    assert [(said.ljust(16, "0"), "12")] * 3 == [(one.get(53), one.get(26)) for one in messages]
    assert (16 if form == 4 else 8) == len(messages[0].fields[52])
    assert (keys == "dukpt") == (62 in messages[0].fields)
    assert all(PIN.encode() not in note for note in notes)


@pytest.mark.parametrize("form", [1, 3])
@pytest.mark.asyncio
async def test_host_believes_f53_and_not_its_own_setting(tmp_path: Path, form: int) -> None:
    ours = dialect_file(tmp_path, "cup", form, "sign-on")
    theirs = dialect_file(tmp_path, "cup", 0, "sign-on", name="other")
    card = read_card(card_file(tmp_path, PIN))
    async with hosting(theirs) as host, shop(tmp_path, ours, host, []) as terminal:
        result = await terminal.sale(Amount(500), card)

    assert "00" == result.code


@pytest.mark.parametrize("form", [0, 4])
@pytest.mark.asyncio
async def test_pin_of_another_base_key_is_declined_with_99(tmp_path: Path, form: int) -> None:
    (tmp_path / "other.key").write_text("00112233" * 4, "utf-8")
    dialect = dialect_file(tmp_path, "iso87", form, "dukpt")
    card = read_card(card_file(tmp_path, PIN))
    hosted = hosting(dialect, base_key_file=str(tmp_path / "other.key"))
    async with hosted as host, shop(tmp_path, dialect, host, []) as terminal:
        result = await terminal.sale(Amount(500), card)

    assert ("99", "declined") == (result.code, result.outcome)


@pytest.mark.asyncio
async def test_no_key_serial_number_comes_twice(tmp_path: Path) -> None:
    """A sale, a balance inquiry, and what the next process does: each has the next counter."""
    dialect, notes = dialect_file(tmp_path, "iso87", 3, "dukpt"), list[bytes]()
    card = read_card(card_file(tmp_path, PIN))
    async with hosting(dialect) as host:
        for _ in range(2):
            async with shop(tmp_path, dialect, host, notes) as terminal:
                await terminal.sale(Amount(500), card)
                await terminal.balance(card)
                assert () == await terminal.verify()

    expected = [f"FFFF9876543210E{counter:05X}" for counter in range(1, 5)]
    assert expected == [message.get(62) for message in with_pin(notes, dialect)]


@pytest.mark.asyncio
async def test_serial_number_travels_where_the_dialect_says(tmp_path: Path) -> None:
    dialect, notes = (
        dialect_file(tmp_path, "cup", 0, "dukpt", more="serial_field = 63\n"),
        list[bytes](),
    )
    card = read_card(card_file(tmp_path, PIN))
    async with hosting(dialect) as host, shop(tmp_path, dialect, host, notes) as terminal:
        result = await terminal.sale(Amount(500), card)

    assert "00" == result.code
    assert bytes.fromhex("FFFF9876543210E00001") == with_pin(notes, dialect)[0].fields[63]


@pytest.mark.asyncio
async def test_terminal_with_an_initial_key_of_its_own(tmp_path: Path) -> None:
    """The published device's initial key, from a file; a number without its key opens nothing."""
    (tmp_path / "initial.key").write_text("6AC292FAA1315B4D858AB3A3D7D5933A", "utf-8")
    dialect = dialect_file(tmp_path, "iso87", 0, "dukpt")
    card = read_card(card_file(tmp_path, PIN))
    own = {"initial_key_file": str(tmp_path / "initial.key"), "key_serial": "FFFF9876543210E00000"}
    async with hosting(dialect) as host:
        async with shop(tmp_path, dialect, host, [], **own) as terminal:
            good = await terminal.sale(Amount(500), card)
        own["key_serial"] = "FFFF9876543211E00000"
        async with shop(tmp_path, dialect, host, [], **own) as terminal:
            bad = await terminal.sale(Amount(500), card)
        with pytest.raises(DialectError, match="20 hexadecimal digits in this dialect"):
            async with shop(tmp_path, dialect, host, [], key_serial="00"):
                pass

        with pytest.raises(WrongKey, match="holds 32 or 48 hexadecimal digits"):
            async with shop(tmp_path, dialect, host, [], initial_key_file=dialect):
                pass

    assert ("00", "99") == (good.code, bad.code)


def test_format_4_in_a_field_of_eight_bytes_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "narrow.toml"
    path.write_text('base = "cup"\nname = "narrow"\n[pin]\nformat = 4\n', "utf-8")

    with pytest.raises(DialectError, match="has 16 bytes, field 52 takes 8: max_len = 16"):
        find_dialect(str(path))


@pytest.mark.parametrize("form", [1, 4])
@pytest.mark.asyncio
async def test_pin_under_dukpt_by_commands(tmp_path: Path, form: int) -> None:
    """Each command is a process of its own: the counter is found again on disk."""
    dialect = dialect_file(tmp_path, "iso87", form, "dukpt")
    (tmp_path / "till.toml").write_text(f'dialect = "{dialect}"\n', "utf-8")
    (tmp_path / "host.toml").write_text(f'[[card]]\npan = "{PAN}"\npin = "{PIN}"\n', "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", dialect, "--config", str(tmp_path / "host.toml"))
        options = ("--data", str(hands.data), "--acquirer", hands.address)
        options = (*options, "--config", str(tmp_path / "till.toml"))
        sales = [
            tallywire("terminal", *options, "sale", "1.00", "--card", card_file(tmp_path, pin))
            for pin in (PIN, PIN[::-1])
        ]

    assert [Exit.OK, Exit.DECLINED] == [one.returncode for one in sales]
    assert "55" in sales[1].stdout + sales[1].stderr
    assert PIN not in "".join(one.stdout + one.stderr for one in sales)
