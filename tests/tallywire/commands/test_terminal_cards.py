"""What a card file holds, on the way to the host: track, chip data and PIN, and nowhere else."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from acquirer_sim.aio.host import Host
from acquirer_sim.configuration import CardSettings
from acquirer_sim.faults import Fault, FaultKind
from protocol.aio.client import Opener, tcp_opener
from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.kinds import PaymentKind
from protocol.message import Message
from protocol.secrets import Key
from tallywire.commands.terminal.cards import read_card
from tallywire.exits import Ending, Exit
from terminal.aio.driver import Terminal
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from terminal.intent import Intent, Voucher
from tests.tallywire.commands.test_terminal_cup import TIMING, Meddler, hosting, unchanged

PAN: Final = "6200000000000005"
TRACK: Final = f"{PAN}=30122010000047110815"
CHIP: Final = f"9F2608A1B2C3D4E5F607185A08{PAN}9F10029F109F1002AABB5F2004544F4E49DF7F01FF"
PIN: Final = "739154826031"
CUP: Final = builtin_dialect("cup")


class Tap:
    """A transport that notes what is written."""

    def __init__(self, behind: Any, notes: list[bytes]) -> None:
        self._behind = behind
        self._notes = notes

    def write(self, data: bytes) -> None:
        self._notes.append(bytes(data))
        self._behind.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


class Tapped(Meddler):
    """Gives the terminal a tapped transport."""

    def __init__(self, behind: asyncio.Protocol, notes: list[bytes]) -> None:
        super().__init__(behind, unchanged)
        self._notes = notes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        tap: Any = Tap(transport, self._notes)
        super().connection_made(tap)


def tapped(opener: Opener, notes: list[bytes]) -> Opener:
    async def open_connection(
        factory: Callable[[], asyncio.Protocol],
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        return await opener(lambda: Tapped(factory(), notes))

    return open_connection


@asynccontextmanager
async def shop(folder: Path, host: Host, notes: list[bytes]) -> AsyncIterator[Terminal]:
    line = tapped(tcp_opener(*host.server.addresses[0]), notes)
    settings = Settings(dialect="cup", timing=TIMING)
    async with open_terminal(folder, settings, line, [open_printer("none:")]) as terminal:
        yield terminal


def said(notes: list[bytes], mti: str) -> Message:
    """Return the one message of an MTI that the terminal wrote, one in each write."""
    messages = [Codec(CUP).decode(frame[2:]) for frame in notes]
    (found,) = [message for message in messages if message.mti == mti]
    return found


def card_file(folder: Path, **values: str) -> str:
    path = folder / "card.toml"
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in values.items()), "utf-8")
    return str(path)


def stored(*folders: Path) -> bytes:
    """Return every byte that lies on disk, the card file apart."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files, "something was stored"
    return b"".join(path.read_bytes() for path in files)


def secrets_of(data: bytes) -> list[str]:
    """Name the secrets found in bytes: as text, as hex text, as packed digits."""
    spoken = {"track": TRACK[-12:], "pin": PIN, "chip": CHIP[:20], "name": "TONI"}
    found = [name for name, text in spoken.items() if text.encode() in data.upper()]
    if base64.b64encode(bytes.fromhex(CHIP))[:20] in data:
        found.append("chip, base 64")
    packed = {"pan": PAN, "chip": CHIP[:22], "track": TRACK[-12:], "pin": PIN}
    found += [f"{name}, packed" for name, text in packed.items() if text.lower() in data.hex()]
    return found + (["pan"] if PAN.encode() in data else [])


@pytest.mark.asyncio
async def test_chip_track_and_pin_travel_and_nothing_secret_of_them_stays(tmp_path: Path) -> None:
    """domain/messages 8: F26, F52, F53; F55 whole, in order, repeated and unknown tags kept."""
    card = read_card(card_file(tmp_path, track2=TRACK, chip=CHIP, pin=PIN))
    notes: list[bytes] = []
    till, ledger = tmp_path / "t", tmp_path / "h"
    ledger.mkdir()
    lost = Fault(kind=FaultKind.DROP_REPLY, mti="0200", nth=1)
    async with hosting(ledger / "a.db", lost) as host, shop(till, host, notes) as terminal:
        undone = await terminal.sale(Amount(500), card)
        first, reversal = said(notes, "0200"), said(notes, "0400")
        (undoing,) = [frame for frame in notes if frame[13:15] == b"\x04\x00"]
        heard = secrets_of(b"".join(notes))
        notes.clear()
        sold = await terminal.sale(Amount(700), card)
        while_open = stored(till, ledger)

    again = said(notes, "0200")
    assert ("reversed", "approved") == (undone.outcome, sold.outcome)
    assert {55: bytes.fromhex(CHIP), 26: "12", 53: "26".ljust(16, "0"), 22: "051"} == {
        number: again.fields[number] for number in (55, 26, 53, 22)
    }
    assert TRACK == again.fields[35]
    assert (8, first.fields[52]) == (len(again.fields[52]), again.fields[52])
    assert set() == reversal.fields.keys() & {14, 26, 35, 36, 45, 52, 53, 55}
    assert ["name", "pan, packed", "chip, packed", "track, packed"] == heard
    assert ["pan, packed"] == secrets_of(undoing)
    # What the chip said of an approval stays for the upload, without card number and name.
    assert ["chip, packed"] == secrets_of(while_open)
    assert ["chip, packed"] == secrets_of(stored(till, ledger))


@pytest.mark.asyncio
async def test_follow_ups_and_balance_carry_the_pin_and_an_advice_does_not(tmp_path: Path) -> None:
    card = read_card(card_file(tmp_path, pan=PAN, chip=CHIP, pin=PIN))
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db")
    async with hosted as host, shop(tmp_path / "t", host, notes) as terminal:
        sold = await terminal.sale(Amount(500), card)
        notes.clear()
        voided = await terminal.void(Voucher(stan=sold.stan), card=card)
        void = said(notes, "0200")
        notes.clear()
        await terminal.balance(card)
        balance = said(notes, "0200")
        notes.clear()
        offline = await terminal._pay(Intent(PaymentKind.OFFLINE_SALE, Amount(300), card))
        await terminal.recover()

    assert ("approved", "waiting") == (voided.outcome, offline.outcome)
    assert [True] * 4 == [number in one.fields for one in (void, balance) for number in (52, 55)]
    assert set() == said(notes, "0220").fields.keys() & {35, 52, 55}


@pytest.mark.asyncio
async def test_wrong_pin_is_declined_with_55(tmp_path: Path) -> None:
    known = CardSettings(pan=PAN, pin=PIN)
    right = read_card(card_file(tmp_path, pan=PAN, pin=PIN))
    wrong = read_card(card_file(tmp_path, pan=PAN, pin=PIN[::-1]))
    none = read_card(PAN)
    hosted = hosting(tmp_path / "a.db", card=(known,))
    async with hosted as host, shop(tmp_path / "t", host, []) as terminal:
        results = [await terminal.sale(Amount(500), card) for card in (right, wrong, none)]

    assert ["00", "55", "00"] == [result.code for result in results]


@pytest.mark.asyncio
async def test_pin_under_another_key_is_declined_with_99(tmp_path: Path) -> None:
    """Nothing opens: the terminal signs on for new keys (domain/messages, response codes)."""
    known = CardSettings(pan=PAN, pin=PIN)
    card = read_card(card_file(tmp_path, pan=PAN, pin=PIN))
    hosted = hosting(tmp_path / "a.db", card=(known,))
    async with hosted as host, shop(tmp_path / "t", host, []) as terminal:
        await terminal.sign_on()
        keyring = terminal._desk.keyring
        assert keyring is not None, "cup has keys"
        keyring.pin = Key(bytes(range(16)))
        declined = await terminal.sale(Amount(500), card)
        renewed = await terminal.sale(Amount(500), card)

    assert ("99", "00") == (declined.code, renewed.code)


@pytest.mark.asyncio
async def test_pin_without_a_key_is_refused_and_uses_up_no_number(tmp_path: Path) -> None:
    """iso87 delivers no keys: a PIN is never sent in clear."""
    from tests.tallywire.processes import crew, tallywire

    path = card_file(tmp_path, pan=PAN, pin=PIN)
    async with crew(tmp_path) as hands:
        await hands.acquirer()
        options = ("--data", str(hands.data), "--acquirer", hands.address)
        refused = tallywire("terminal", *options, "sale", "1.00", "--card", path)
        listed = tallywire("terminal", *options, "payments")

    assert (Exit.REFUSED, True) == (refused.returncode, "L26" in refused.stderr)
    assert PAN[-4:] not in listed.stdout


WRONG: Final[dict[str, tuple[dict[str, str], str]]] = {
    "letters in the PIN": ({"pan": PAN, "pin": "12a4"}, "a PIN has 4 to 12 digits"),
    "a tag that lies": ({"pan": PAN, "chip": "9F2602AABB9F1005AA"}, "TLV at byte 8: 9F10 claims 5"),
    "no hex": ({"pan": PAN, "chip": "9F2"}, "pairs of hexadecimal digits"),
    "too much chip": ({"pan": PAN, "chip": "DF0181FF" + "00" * 255}, "F55 takes 255"),
    "no track": ({"track2": "6200000000000005"}, "track2 is a card number"),
    "two cards": ({"pan": "4111111111111111", "track2": TRACK}, "another card number"),
    "nothing": ({"expiry": "3012"}, "a card number has"),
    "swiped, no track": ({"pan": PAN, "entry_mode": "022"}, "there is no track2"),
    "chip, no chip": ({"pan": PAN, "entry_mode": "052"}, "there is no chip"),
    "mode and PIN": ({"pan": PAN, "entry_mode": "011"}, "contradict"),
    "mode": ({"pan": PAN, "entry_mode": "1"}, "three digits"),
}


@pytest.mark.parametrize("case", WRONG, ids=lambda name: name.replace(" ", "-"))
def test_card_file_that_is_wrong_says_so_without_a_value(tmp_path: Path, case: str) -> None:
    values, words = WRONG[case]
    with pytest.raises(Ending) as caught:
        read_card(card_file(tmp_path, **values))

    assert (Exit.USAGE, True) == (caught.value.exit_code, words in caught.value.sentence)
    assert not any(
        value in caught.value.sentence for name, value in values.items() if name != "entry_mode"
    )


def test_entry_mode_follows_from_what_there_is(tmp_path: Path) -> None:
    kinds: list[dict[str, str]] = [
        {"pan": PAN},
        {"track2": TRACK.replace("=", "D")},
        {"track2": TRACK, "chip": CHIP, "pin": PIN},
        {"pan": PAN, "chip": CHIP, "entry_mode": "072"},
    ]
    cards = [read_card(card_file(tmp_path, **values)) for values in kinds]

    assert ["012", "022", "051", "072"] == [card.entry_mode for card in cards]
    assert {PAN} == {card.pan.reveal() for card in cards}
    assert not any(PIN in repr(card) or PAN in repr(card) for card in cards)
