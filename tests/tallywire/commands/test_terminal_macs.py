"""Which replies a terminal believes: what a MAC must prove, and what may come without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from acquirer_sim.aio.running import Start, start_host
from protocol.aio.client import tcp_opener
from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import Dialect, load_dialect
from protocol.message import Message
from terminal.aio.driver import Terminal
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from tests.tallywire.commands.test_terminal_cup import CARD, TIMING, count, meddled, reasons
from tests.tallywire.processes import crew, tallywire

SIGNED: Final = {
    "iso87": 'base = "iso87"\nname = "own"\n[mac]\nalgorithm = "X9.19"\n',
    "cup": 'base = "cup"\nname = "own"\n[mac]\n',
}
BASES: Final = pytest.mark.parametrize("base", SIGNED)
DECLINED: Final = Amount(100_051)
"""The magic amount that is answered 51."""

Meddle = Callable[[Message], Message]


def unsigned(message: Message) -> Message:
    fields = {number: value for number, value in message.fields.items() if number not in (64, 128)}
    return Message(message.mti, fields, message.header)


def spoilt(message: Message) -> Message:
    wrong = {number: bytes(8) for number in (64, 128) if number in message.fields}
    return Message(message.mti, {**message.fields, **wrong}, message.header)


def to(mti: str, meddle: Meddle, *, code: str = "") -> Meddle:
    """Meddle with the replies of one kind, and put another code in them."""

    def change(message: Message) -> Message:
        if message.mti != mti:
            return message
        told = {39: code} if code else {}
        return meddle(Message(message.mti, {**message.fields, **told}, message.header))

    return change


@asynccontextmanager
async def shop(folder: Path, text: str, *changes: Meddle) -> AsyncIterator[Terminal]:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    dialect = load_dialect(text, "own")
    codec = Codec(dialect)
    host = await start_host(Start(port=0, dialect=dialect), on_event=lambda event: None)

    def change(data: bytes) -> bytes:
        if not changes:
            return data
        message = codec.decode(data[2:])
        for one in changes:
            message = one(message)
        return framed(dialect, codec, message)

    line = meddled(tcp_opener(*host.server.addresses[0]), change)
    settings = Settings(dialect=str(path), timing=TIMING)
    try:
        async with open_terminal(folder / "t", settings, line, [open_printer("none:")]) as terminal:
            yield terminal
    finally:
        await host.stop()


def framed(dialect: Dialect, codec: Codec, message: Message) -> bytes:
    return dialect.framing.wrap(codec.encode(message))


@BASES
@pytest.mark.asyncio
async def test_decline_without_a_mac_is_believed_unless_the_dialect_says_no(
    tmp_path: Path, base: str
) -> None:
    """domain/messages 3 and 6: F64 of an 0210 is mandatory when it approves."""
    bare = to("0210", unsigned)
    (tmp_path / "strict").mkdir()
    async with shop(tmp_path, SIGNED[base], bare) as terminal:
        lax = await terminal.sale(DECLINED, CARD)
    async with shop(tmp_path / "strict", SIGNED[base] + "check_declines = true\n", bare) as strict:
        doubted = await strict.sale(DECLINED, CARD)

    assert ("declined", "reversed") == (lax.outcome, doubted.outcome)
    assert ([], ["A0"]) == (reasons(tmp_path / "t"), reasons(tmp_path / "strict" / "t"))


@BASES
@pytest.mark.asyncio
async def test_decline_with_a_wrong_mac_proves_nothing(tmp_path: Path, base: str) -> None:
    """An approval that somebody made a decline of still carries the approval's MAC."""
    forged = to("0210", lambda message: message, code="51")
    async with shop(tmp_path, SIGNED[base], forged) as terminal:
        undone = await terminal.sale(Amount(500), CARD)

    assert "reversed" == undone.outcome
    assert ["A0"] == reasons(tmp_path / "t")
    assert 2 == count(tmp_path / "t", "SignedOn")


@BASES
@pytest.mark.parametrize("code", ["12", "25"])
@pytest.mark.asyncio
async def test_reversal_is_not_ended_by_an_unsigned_12_or_25(
    tmp_path: Path, base: str, code: str
) -> None:
    """R2: believing it would leave the money with the host, and nobody who asks for it back."""
    changes = to("0210", spoilt), to("0410", unsigned, code=code)
    async with shop(tmp_path, SIGNED[base], *changes) as terminal:
        pending = await terminal.sale(Amount(500), CARD)

    assert "reversal_required" == pending.outcome
    assert 0 == count(tmp_path / "t", "ReversalDone")


@BASES
@pytest.mark.asyncio
async def test_wrong_check_value_by_commands_keeps_the_old_keys(tmp_path: Path, base: str) -> None:
    """H16, L25: the host has another master key for a while; nothing of it stays at the till."""
    dialect = tmp_path / "own.toml"
    dialect.write_text(SIGNED[base], "utf-8")
    (tmp_path / "till.toml").write_text(f'dialect = "{dialect}"\n', "utf-8")
    (tmp_path / "other.key").write_text("00112233" * 4, "utf-8")
    (tmp_path / "other.toml").write_text(f'master_key_file = "{tmp_path}/other.key"\n', "utf-8")
    said = []
    for more in ((), ("--config", str(tmp_path / "other.toml")), ()):
        async with crew(tmp_path) as hands:
            await hands.acquirer("--dialect", str(dialect), *more)
            options = ("--data", str(hands.data), "--acquirer", hands.address)
            options = (*options, "--config", str(tmp_path / "till.toml"))
            words = ("sign-on",) if more else ("sale", "5.00")
            said.append(tallywire("terminal", *options, *words))

    sold, refused, again = said
    assert [0, 0] == [one.returncode for one in (sold, again)]
    assert all("APPROVED  RMB 5.00" in one.stdout for one in (sold, again))
    assert (True, True) == (refused.returncode != 0, "L25" in refused.stdout + refused.stderr)
    assert 1 == count(tmp_path / "terminal", "SignedOn")
    assert 1 == count(tmp_path / "terminal", "KeysTaken")
