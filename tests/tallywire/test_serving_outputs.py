"""Everything that leaves the house after a day with every kind of card, searched for the cards.

REQ 000-11, 001-16, 003-09, I7: no card number, track, PIN or name in a receipt, slip, list or
report (as text, ESC/POS, PNG, PDF or JSON), in a line of `serve`, a log, a trace, a database, or
a letter to a broker.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from protocol.aio.client import tcp_opener
from tallywire.demo.children import Child
from terminal.aio.broker import Broker, BrokerPlan, Letter
from terminal.aio.exports import FORMATS, export
from terminal.aio.opening import open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Settings
from terminal.orders import Order, What
from terminal.views import Period
from tests.brokers import Mosquitto, mosquitto
from tests.tallywire.confessions import Secrets, cards_in, layers
from tests.tallywire.processes import Crew, crew, tallywire

TYPED, SWIPED, INSERTED, WITH_PIN = (
    "4111111111111111",
    "5555555555554444",
    "6011000990139424",
    "378282246310005",
)
"""None with zeros in its middle: blanked with zeros, it would look like itself."""
REST = "3012201000073915824"
PIN = "739158240617"
NAME = "TONI MUSTER"
AID = "A000000333010101"


def chip_of(pan: str) -> str:
    """Return F55 with everything in it that a paper may and may not show."""
    even = pan if len(pan) % 2 == 0 else f"{pan}F"
    track = f"{pan}D{REST}"
    track += "F" * (len(track) % 2)
    tags = {
        "4F": AID,
        "50": b"PBOC DEBIT".hex(),
        "57": track,
        "5A": even,
        "5F20": NAME.encode().hex(),
        "9F26": "A1B2C3D4E5F60718",
        "9F27": "80",
        "95": "0080048000",
        "9B": "E800",
        "9F36": "001C",
        "82": "1C00",
    }
    return "".join(f"{tag}{len(value) // 2:02X}{value}" for tag, value in tags.items())


SECRETS = Secrets(
    digits={
        "typed": TYPED,
        "swiped": SWIPED,
        "inserted": INSERTED,
        "with PIN": WITH_PIN,
        "track": REST[7:],
        "PIN": PIN,
    },
    words={"name": NAME},
)
CARDS: tuple[Any, ...] = (
    TYPED,
    {"track2": f"{SWIPED}={REST}"},
    {"track2": f"{INSERTED}={REST}", "chip": chip_of(INSERTED)},
    {"track2": f"{WITH_PIN}={REST}", "chip": chip_of(WITH_PIN), "pin": PIN},
)
SETTINGS = 'dialect = "cup"\n[paper]\nexpiry_line = true\nzero_rows = true\n'
KNOWN = f'[[card]]\npan = "{WITH_PIN}"\npin = "{PIN}"\n'


async def sell(terminal: Child) -> None:
    """Have a day: every card, approved, declined, wrong, voided, refunded; lists; its end."""
    sold = []
    for card in CARDS:
        sold.append((await terminal.ask("sale", amount="18.50", card=card))["result"])
    wrong = {**CARDS[3], "pin": PIN[::-1]}
    refused = await terminal.ask("sale", amount="3.00", card=wrong)
    half = {"track2": f"{SWIPED}={REST}", "chip": "9F"}
    bad = await terminal.ask("sale", amount="3.00", card=half)
    offline = await terminal.ask("offline-sale", amount="4.00", card=CARDS[2])
    await terminal.ask("void", stan=sold[0]["stan"], card=CARDS[0])
    await terminal.ask("refund", stan=sold[1]["stan"], amount="1.00", card=CARDS[1])
    await terminal.ask("sale", amount="18.50", card="4111111111111112")
    assert ["approved"] * 4 == [one["outcome"] for one in sold]
    assert (55, True) == (int(refused["result"]["code"]), "error" in bad)
    assert "waiting" == offline["result"]["outcome"]
    found = (await terminal.ask("find", card=SWIPED))["result"]["found"]
    assert found, "found by the whole number, which is not told back"
    for what in ("last", "list", "totals", "records", "configuration"):
        await terminal.ask("preview", what=what)
    for do in ("list", "batches", "jobs", "printers", "status", "recover"):
        await terminal.ask(do)
    settled = await terminal.ask("settle")
    assert settled["result"]["outcome"].startswith("closed"), settled
    for what in ("settlement", "report", "last"):
        await terminal.ask("reprint", what=what)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("find", "--card", SWIPED),
    ("--json", "find"),
    ("list",),
    ("jobs", "audit"),
    ("--json", "preview", "last"),
    ("--json", "sale", "5", "--card", TYPED),
)


def show(hands: Crew) -> list[bytes]:
    """Run the commands of both sides that show something; return what they wrote."""
    config = str(hands.folder / "terminal.toml")
    options = ("--data", str(hands.data), "--config", config, "--printer", "console:")
    told = [tallywire("terminal", *options, *words) for words in COMMANDS]
    ledger = ("--ledger", f"sqlite:{hands.ledger}")
    told += [tallywire("acquirer", *ledger, word) for word in ("audit", "batches", "report")]
    return [(done.stdout + done.stderr).encode() for done in told]


async def export_all(hands: Crew, out: Path) -> int:
    """Write every paper that can be had into files of every kind; return how many papers."""
    line = tcp_opener("127.0.0.1", 1)
    settings = Settings(dialect="cup")
    async with open_terminal(hands.data, settings, line, [open_printer("none:")]) as terminal:
        found = await terminal.clerk.search(Order(what=What.ANY))
        orders = [Order(what=What.ANY, name=receipt.document_id) for _, receipt in found]
        orders += [Order(what=What.SETTLEMENT), Order(what=What.CONFIGURATION)]
        orders += [Order(what=what, batch="000001") for what in (What.LIST, What.TOTALS)]
        orders += [Order(what=What.REPORT, period=period) for period in Period]
        for order in orders:
            chosen = await terminal.clerk.find(order)
            sheet = await terminal.clerk.export(chosen, operator="01")
            for suffix in FORMATS:
                export(sheet, out / f"{chosen.name}{suffix}", terminal.paperwork.paper)
    return len(orders)


def confessed(said: list[bytes], *folders: Path) -> dict[str, list[str]]:
    """Return, by place, every secret that was found."""
    places = {f"said {number}": [data] for number, data in enumerate(said)}
    for folder in folders:
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files, folder
        places |= {path.name: list(layers(path)) for path in files}
    found = {
        place: [
            *(one for data in parts for one in SECRETS.found_in(data)),
            *(str(one) for data in parts for one in cards_in(data)),
        ]
        for place, parts in places.items()
    }
    return {place: secrets for place, secrets in found.items() if secrets}


@asynccontextmanager
async def eavesdropping(broker: Mosquitto, heard: list[bytes]) -> AsyncIterator[None]:
    """Hear every letter that goes through a broker."""

    def hear(letter: Letter) -> None:
        heard.append(letter.topic.encode() + letter.correlation + letter.payload)

    ear = Broker(BrokerPlan(broker.host, broker.port, topics=("#",), on_letter=hear))
    assert await ear.connect()
    yield
    await ear.close()


@pytest.mark.asyncio
async def test_no_output_of_a_day_says_a_card_number(tmp_path: Path) -> None:
    """REQ 000-11: every paper in every form, every line, log, trace, database and letter."""
    books, given, out = (tmp_path / name for name in ("books", "given", "out"))
    for folder in (books, given, out):
        folder.mkdir()
    (given / "host.toml").write_text(KNOWN, "utf-8")
    letters: list[bytes] = []
    async with mosquitto(given) as broker, eavesdropping(broker, letters), crew(books) as hands:
        host = ("--dialect", "cup", "--config", str(given / "host.toml"))
        traces = ("--trace", str(out / "trace.jsonl"), "--pcap", str(out / "wire.pcap"))
        await hands.acquirer(*host, *traces)
        await hands.printer("--out", str(out / "paper"), "--mqtt", broker.url())
        terminal = await hands.terminal(SETTINGS, broker.url())
        await terminal.expect("ready")
        await sell(terminal)
        open_books = confessed([], books)
        await terminal.stop()
        said = [json.dumps(line, ensure_ascii=False).encode() for line in hands.said]
        shown = await asyncio.to_thread(show, hands)
        papers = await export_all(hands, out)

    assert ({}, {}) == (open_books, confessed([*said, *shown, *letters], books, out))
    # The day was searched, not an empty folder.
    assert papers > 12
    assert {papers} == {len(list(out.glob(f"*{suffix}"))) for suffix in (".png", ".pdf")}
    printed = "".join(path.read_text("utf-8") for path in (out / "paper").glob("*.txt"))
    assert [] == [word for word in (AID, "EXP DATE", "****9424") if word not in printed]
    assert any(b"\x1b@" in letter and b"\x1d(H" in letter for letter in letters)


DISGUISES = {
    "text": TYPED.encode(),
    "wide text": TYPED.encode("utf-16-le"),
    "packed": b"\x00" + bytes.fromhex(TYPED),
    "packed, shifted": bytes.fromhex(f"9{TYPED}9"),
    "base 64": b"eyJ" + base64.b64encode(b"??" + TYPED.encode() + b"??"),
    "the name": b"for toni muster",
    "the PIN": f"pin={PIN}".encode(),
    "the track": bytes.fromhex(f"{REST[7:]}"),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_secret_is_found_in_its_disguise(name: str) -> None:
    """The search can fail: each way in which a secret might get out is seen."""
    assert SECRETS.found_in(b"before" + DISGUISES[name] + b"after")


@pytest.mark.parametrize("text", [b"of 4242424242424242.", b"4242 4242 4242 4242"])
def test_number_of_any_card_is_found(text: bytes) -> None:
    assert [b"4242424242424242"] == cards_in(text)
    assert [] == cards_in(b"424242******4242 104100000000001 20260102101509 4242424242424241")
