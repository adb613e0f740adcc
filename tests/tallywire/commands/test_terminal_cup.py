"""Terminal and acquirer in the dialect cup, over real sockets: profile, keys, MACs, wishes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from acquirer_sim.aio.host import Host
from acquirer_sim.aio.running import Start, start_host
from acquirer_sim.configuration import TerminalSettings, default_configuration
from acquirer_sim.faults import Fault, FaultKind, FaultPlan
from protocol.aio.client import Opener, tcp_opener
from protocol.amount import Amount
from protocol.operations import Card
from protocol.secrets import Pan
from terminal.aio.driver import Terminal
from terminal.aio.opening import hear_nothing, open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings, Timing
from terminal.effects import Notice
from terminal.intent import Voucher
from tests.tallywire.processes import crew, tallywire

CARD: Final = Card(Pan("6200000000000005"))
TIMING: Final = Timing(reply_timeout_s=0.5, reversal_backoff_s=0.0)
OTHER_KEY: Final = "00112233" * 4
Change = Callable[[bytes], bytes]


class Meddler(asyncio.Protocol):
    """Stands between the socket and the terminal, and changes what comes in."""

    def __init__(self, behind: asyncio.Protocol, change: Change) -> None:
        self._behind = behind
        self._change = change

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._behind.connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._behind.connection_lost(error)

    def eof_received(self) -> bool | None:
        return self._behind.eof_received()

    def data_received(self, data: bytes) -> None:
        self._behind.data_received(self._change(data))


def meddled(opener: Opener, change: Change) -> Opener:
    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        return await opener(lambda: Meddler(factory(), change))

    return open_connection


def spoil_approval(data: bytes) -> bytes:
    """Flip a bit in the MAC of an 0210."""
    return data[:-1] + bytes([data[-1] ^ 1]) if data[13:15] == b"\x02\x10" else data


def unchanged(data: bytes) -> bytes:
    return data


@asynccontextmanager
async def hosting(ledger: Path, *faults: Fault, **changes: Any) -> AsyncIterator[Host]:
    configuration = msgspec.structs.replace(default_configuration(), **changes)
    start = Start(
        port=0,
        dialect="cup",
        ledger=f"sqlite:{ledger}",
        configuration=configuration,
        faults=FaultPlan(faults),
    )
    host = await start_host(start, on_event=lambda event: None)
    try:
        yield host
    finally:
        await host.stop()


@asynccontextmanager
async def shop(
    folder: Path,
    host: Host,
    change: Change = unchanged,
    key_file: str = "",
    tell: Callable[[Notice], None] = hear_nothing,
) -> AsyncIterator[Terminal]:
    settings = Settings(dialect="cup", timing=TIMING, master_key_file=key_file)
    line = meddled(tcp_opener(*host.server.addresses[0]), change)
    papers = [open_printer("none:")]
    async with open_terminal(folder, settings, line, papers, tell=tell) as terminal:
        yield terminal


def count(folder: Path, fact: str) -> int:
    """Return how often something happened, by the journal of a terminal that is closed."""
    connection = sqlite3.connect(folder / "terminal.db")
    try:
        sql = "SELECT count(*) FROM entry WHERE fact = ?"
        return int(connection.execute(sql, (fact,)).fetchone()[0])
    finally:
        connection.close()


def reasons(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "terminal.db")
    try:
        sql = "SELECT body FROM entry WHERE fact = 'PaymentUndecided'"
        bodies = [msgspec.json.decode(row[0]) for row in connection.execute(sql)]
    finally:
        connection.close()
    return [body["reason"] for body in bodies]


@pytest.mark.asyncio
async def test_day_of_single_commands_in_cup(tmp_path: Path) -> None:
    """Each command is a process of its own: the working keys are found again on disk."""
    config = tmp_path / "cup.toml"
    config.write_text('dialect = "cup"\n', "utf-8")
    async with crew(tmp_path) as hands:
        await hands.acquirer("--dialect", "cup")
        options = ("--data", str(hands.data), "--acquirer", hands.address, "--config", str(config))

        signed_on = tallywire("terminal", *options, "sign-on")
        sold = tallywire("terminal", *options, "sale", "12.50")
        settled = tallywire("terminal", *options, "settle")

    assert (0, 0, 0) == (signed_on.returncode, sold.returncode, settled.returncode)
    assert "APPROVED  RMB 12.50" in sold.stdout
    assert "CLOSED_BALANCED  batch 000001" in settled.stdout


@pytest.mark.asyncio
async def test_void_and_hold_and_completion_in_cup(tmp_path: Path) -> None:
    """F61 names the original, F48 the credits."""
    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host) as terminal:
        sold = await terminal.sale(Amount(500), CARD)
        voided = await terminal.void(Voucher(stan=sold.stan))
        held = await terminal.preauthorise(Amount(900), CARD)
        completed = await terminal.complete(Voucher(stan=held.stan))
        settled = await terminal.settle()

    assert ["approved"] * 3 == [voided.outcome, held.outcome, completed.outcome]
    assert "closed_balanced" == settled.outcome


@pytest.mark.asyncio
async def test_lost_reply_is_reversed_and_both_sides_agree(tmp_path: Path) -> None:
    """N4: the host commits, the reply is dropped; 0400 with the original's F11."""
    lost = Fault(kind=FaultKind.DROP_REPLY, mti="0200", nth=1)
    async with hosting(tmp_path / "a.db", lost) as host, shop(tmp_path / "t", host) as terminal:
        undone = await terminal.sale(Amount(500), CARD)
        kept = await terminal.sale(Amount(700), CARD)
        settled = await terminal.settle()

    assert ("reversed", "approved") == (undone.outcome, kept.outcome)
    assert ("closed_balanced", 700) == (settled.outcome, settled.amount_minor)
    assert ["98"] == reasons(tmp_path / "t")


@pytest.mark.asyncio
async def test_terminal_that_lost_its_keys_signs_on_before_it_reverses(tmp_path: Path) -> None:
    """A reversal without a good MAC would be a try wasted."""
    lost = Fault(kind=FaultKind.DROP_REPLY, mti="0200", hang_up=True)
    deaf = Fault(kind=FaultKind.DROP_REPLY, mti="0400", hang_up=True)
    hosted = hosting(tmp_path / "a.db", lost, deaf)
    async with hosted as host, shop(tmp_path / "t", host) as terminal:
        unknown = await terminal.sale(Amount(500), CARD)
    connection = sqlite3.connect(tmp_path / "t" / "terminal.db", isolation_level=None)
    connection.execute("DELETE FROM working_key")
    connection.close()
    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host) as terminal:
        status = await terminal.recover()

    assert ("reversal_required", "READY") == (unknown.outcome, status.mode)
    assert 1 == count(tmp_path / "t", "ReversalFailed")


@pytest.mark.asyncio
async def test_reversal_of_a_void_names_the_sale_again(tmp_path: Path) -> None:
    """domain/messages 3: F61 of an 0400 for a void; undoing the void restores the sale."""
    lost = Fault(kind=FaultKind.DROP_REPLY, mti="0200", nth=2)
    async with hosting(tmp_path / "a.db", lost) as host, shop(tmp_path / "t", host) as terminal:
        sold = await terminal.sale(Amount(500), CARD)
        undone = await terminal.void(Voucher(stan=sold.stan))
        voided = await terminal.void(Voucher(stan=sold.stan))
        refunded = await terminal.sale(Amount(800), CARD)
        refund = await terminal.refund(Voucher(stan=refunded.stan), amount=Amount(300))
        settled = await terminal.settle()

    assert ["reversed", "approved", "approved"] == [one.outcome for one in (undone, voided, refund)]
    assert "closed_balanced" == settled.outcome


@pytest.mark.asyncio
async def test_batch_that_does_not_balance_is_uploaded(tmp_path: Path) -> None:
    """H8: F48 with verdict 2, then one 0320 each and its end."""
    tilted = Fault(kind=FaultKind.OUT_OF_BALANCE, mti="0500")
    async with hosting(tmp_path / "a.db", tilted) as host, shop(tmp_path / "t", host) as terminal:
        for minor in (500, 700):
            await terminal.sale(Amount(minor), CARD)
        settled = await terminal.settle()

    assert "closed_unbalanced" == settled.outcome


@pytest.mark.asyncio
async def test_approval_with_a_wrong_mac_is_undone_with_reason_a0(tmp_path: Path) -> None:
    """N13: it proves nothing, so it is reversed, after a new sign-on."""
    spoiling = [True]

    def once(data: bytes) -> bytes:
        spoilt = spoil_approval(data) if spoiling[0] else data
        spoiling[0] = spoiling[0] and spoilt == data
        return spoilt

    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host, once) as terminal:
        undone = await terminal.sale(Amount(500), CARD)
        kept = await terminal.sale(Amount(700), CARD)
        settled = await terminal.settle()

    assert ("reversed", "approved") == (undone.outcome, kept.outcome)
    assert ("closed_balanced", 700) == (settled.outcome, settled.amount_minor)
    assert ["A0"] == reasons(tmp_path / "t")
    assert 2 == count(tmp_path / "t", "SignedOn")


@pytest.mark.asyncio
async def test_terminal_signs_on_when_the_host_wishes_it(tmp_path: Path) -> None:
    """domain/messages 0: processing request 3, heeded when the payment is complete, once."""
    wishing = TerminalSettings(id="10000001", wants="3")
    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host) as terminal:
        await terminal.sign_on()
    wished = hosting(tmp_path / "a.db", terminal=(wishing,))
    async with wished as host, shop(tmp_path / "t", host) as terminal:
        first = await terminal.sale(Amount(500), CARD)
        second = await terminal.sale(Amount(500), CARD)

    assert ("approved", "approved") == (first.outcome, second.outcome)
    assert 2 == count(tmp_path / "t", "SignedOn")


@pytest.mark.asyncio
@pytest.mark.parametrize("wish", ["1", "4", "5", "6", "7", "8"])
async def test_wish_that_a_person_must_see_to_stands_until_the_host_is_content(
    tmp_path: Path, wish: str
) -> None:
    """domain/messages 0: told once, shown in the status over a restart, gone with the wish."""
    wishing = hosting(tmp_path / "a.db", terminal=(TerminalSettings(id="10000001", wants=wish),))
    told: list[Notice] = []
    async with hosting(tmp_path / "b.db") as host, shop(tmp_path / "t", host) as terminal:
        await terminal.sign_on()
    async with wishing as host:
        async with shop(tmp_path / "t", host, tell=told.append) as terminal:
            outcomes = [(await terminal.sale(Amount(500), CARD)).outcome for _ in range(2)]
        async with shop(tmp_path / "t", host, tell=told.append) as terminal:
            before = (await terminal.status()).host_wish
            await terminal.sign_on()
            outcomes.append((await terminal.sale(Amount(500), CARD)).outcome)
            after = (await terminal.status()).host_wish

    assert ["approved"] * 3 == outcomes
    assert (wish, "") == (before[:1], after)
    assert [wish] == [one.key for one in told if one.code == "L29"]
    assert 2 == count(tmp_path / "t", "HostWished")


@pytest.mark.asyncio
async def test_wish_for_the_status_is_answered_with_an_echo(tmp_path: Path) -> None:
    """domain/messages 0: processing request 2; the header of the echo tells the state, once."""
    wishing = hosting(tmp_path / "a.db", terminal=(TerminalSettings(id="10000001", wants="2"),))
    async with hosting(tmp_path / "b.db") as host, shop(tmp_path / "t", host) as terminal:
        await terminal.sign_on()
    async with wishing as host, shop(tmp_path / "t", host) as terminal:
        first = await terminal.sale(Amount(500), CARD)
        second = await terminal.sale(Amount(500), CARD)
        status = await terminal.status()

    assert ("approved", "approved", "") == (first.outcome, second.outcome, status.host_wish)
    assert 2 == count(tmp_path / "t", "HostWished")
    assert 2 == count(tmp_path / "t", "StanTaken")


@pytest.mark.asyncio
async def test_keys_with_a_wrong_check_value_are_refused_and_the_old_ones_stay(
    tmp_path: Path,
) -> None:
    """H16: another master key at the host; what it signed for can only be asked again."""
    (tmp_path / "other.key").write_text(OTHER_KEY, "utf-8")
    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host) as terminal:
        await terminal.sale(Amount(500), CARD)
    foreign = hosting(tmp_path / "a.db", master_key_file=str(tmp_path / "other.key"))
    async with foreign as host, shop(tmp_path / "t", host) as terminal:
        refused = await terminal.sale(Amount(600), CARD)
        again = await terminal.sale(Amount(600), CARD)
        sign_on = await terminal.sign_on()
    async with hosting(tmp_path / "a.db") as host, shop(tmp_path / "t", host) as terminal:
        kept = await terminal.sale(Amount(700), CARD)
        settled = await terminal.settle()

    assert ("A0", "declined") == (refused.code, refused.outcome)
    assert ("L25", "L25", False) == (again.code, sign_on.code, sign_on.signed_on)
    assert "approved" == kept.outcome
    assert ("closed_balanced", 1200) == (settled.outcome, settled.amount_minor)


@pytest.mark.asyncio
async def test_terminal_with_its_own_master_key(tmp_path: Path) -> None:
    (tmp_path / "own.key").write_text(OTHER_KEY, "utf-8")
    own = TerminalSettings(id="10000001", master_key_file=str(tmp_path / "own.key"))
    key_file = str(tmp_path / "own.key")
    hosted = hosting(tmp_path / "a.db", terminal=(own,))
    async with hosted as host, shop(tmp_path / "t", host, key_file=key_file) as terminal:
        sold = await terminal.sale(Amount(500), CARD)

    assert "approved" == sold.outcome
