"""How a batch ends in the dialect cup, over real sockets: answers that get lost, uploads, chips."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import json, structs

from acquirer_sim.aio.host import Host
from acquirer_sim.faults import Fault, FaultKind
from acquirer_sim.orders import CardSide
from acquirer_sim.reconciliation import Finding, Report
from protocol.aio.client import Opener, tcp_opener
from protocol.amount import Amount
from protocol.codec import Codec
from protocol.dialect import builtin_dialect
from protocol.message import Message
from protocol.operations import Card
from protocol.secrets import ChipData, Pan
from protocol.structures.batch_data import BatchData
from protocol.structures.upload import CardOrigin, UploadCount, UploadDetail
from terminal.aio.driver import Terminal
from terminal.aio.opening import hear_nothing, open_terminal
from terminal.aio.printers import open_printer
from terminal.configuration import Certificates, Limits, Settings, Timing
from terminal.effects import Notice
from terminal.intent import Voucher
from terminal.orders import Order, What
from terminal.presented import Presented
from tests.tallywire.commands.test_terminal_cards import tapped
from tests.tallywire.commands.test_terminal_cup import hosting

CUP: Final = Codec(builtin_dialect("cup"))
CARD: Final = Card(Pan("6200000000000005"))
CERTIFICATE: Final = bytes.fromhex("9F2608A1B2C3D4E5F607189F3602001C")
CHIP: Final = Presented(
    CARD.pan, None, "051", chip=ChipData(CERTIFICATE + bytes.fromhex("5A086200000000000005"))
)
QUICK: Final = Settings(
    dialect="cup",
    timing=Timing(reply_timeout_s=0.5, settlement_timeout_s=0.3, settlement_backoff_s=(0.0,)),
)
TILTED: Final = Fault(kind=FaultKind.OUT_OF_BALANCE, mti="0500")


@asynccontextmanager
async def shop(
    folder: Path,
    host: Host,
    notes: list[bytes] | None = None,
    settings: Settings = QUICK,
    tell: Callable[[Notice], None] = hear_nothing,
) -> AsyncIterator[Terminal]:
    opener: Opener = tcp_opener(*host.server.addresses[0])
    line = opener if notes is None else tapped(opener, notes)
    papers = [open_printer("none:")]
    async with open_terminal(folder, settings, line, papers, tell=tell) as terminal:
        yield terminal


def sent(notes: Sequence[bytes], *mtis: str) -> list[Message]:
    """Return what left, of these kinds."""
    messages = [CUP.decode(frame[2:]) for frame in notes]
    return [message for message in messages if message.mti in mtis]


def network(message: Message) -> str:
    return BatchData.parse(message.get(60)).network_code


def rows(ledger: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(ledger)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.asyncio
async def test_upload_takes_up_to_eight_payments_in_a_message(tmp_path: Path) -> None:
    """domain/messages 5: F48 with eight payments, then the rest, then the count of all."""
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db", TILTED)
    async with hosted as host, shop(tmp_path / "t", host, notes) as terminal:
        sold = [await terminal.sale(Amount(100 + number), CARD) for number in range(9)]
        await terminal.void(Voucher(stan=sold[0].stan))
        settled = await terminal.settle()

    first, second, end = sent(notes, "0320")
    lists = [UploadDetail.parse(one.get(48)).payments for one in (first, second)]
    assert "closed_unbalanced" == settled.outcome
    assert [8, 2] == [len(one) for one in lists]
    assert [one.stan for one in sold] == [one.stan for part in lists for one in part][:9]
    assert (10, "202") == (UploadCount.parse(end.get(48)).count, network(end))
    told = rows(tmp_path / "a.db", "SELECT kind, times FROM upload_item ORDER BY stan")
    assert [("sale", 1)] * 9 + [("void", 1)] == told


@pytest.mark.asyncio
async def test_what_was_told_goes_up_as_it_was_also_after_a_power_cut(tmp_path: Path) -> None:
    """domain/messages 5: the original 0220 message with MTI 0320 and no F64, one by one."""
    deaf = Fault(kind=FaultKind.DROP_REPLY, mti="0320", hang_up=True)
    once = structs.replace(QUICK, limits=Limits(settlement_tries_max=1, upload_rounds_max=1))
    notes: list[bytes] = []
    async with hosting(tmp_path / "a.db", TILTED, deaf) as host:
        async with shop(tmp_path / "t", host, notes, once) as terminal:
            sold = await terminal.sale(Amount(500), CARD)
            await terminal.refund(Voucher(stan=sold.stan), amount=Amount(200))
            await terminal.offline_sale(Amount(300), CARD)
            await terminal.settle()
        async with shop(tmp_path / "t", host, notes) as terminal:
            closed = await terminal.settle()

    told = {one.get(11): {**one.fields, 64: b""} for one in sent(notes, "0220")}
    again = [one for one in sent(notes, "0320") if 48 not in one.fields]
    assert "closed_unbalanced" == closed.outcome
    assert 3 == len(again), "one of them twice, since its answer was lost"
    assert all(told[one.get(11)] == {**one.fields, 64: b""} for one in again)
    assert {25, 30} == {int(one.get(60)[:2]) for one in again}


@pytest.mark.asyncio
async def test_upload_goes_on_with_the_first_message_that_has_no_answer(tmp_path: Path) -> None:
    """SC9: what was planned together stays together, whatever the settings say later."""
    deaf = Fault(kind=FaultKind.DROP_REPLY, mti="0320", nth=2, hang_up=True)
    once = structs.replace(QUICK, limits=Limits(settlement_tries_max=1, upload_group_max=2))
    cut = structs.replace(once, limits=structs.replace(once.limits, upload_rounds_max=1))
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db", TILTED, deaf)
    async with hosted as host:
        async with shop(tmp_path / "t", host, notes, cut) as terminal:
            for minor in (100, 200, 300, 400, 500):
                await terminal.sale(Amount(minor), CARD)
            waiting = await terminal.settle()
        before = [one.get(11) for one in sent(notes, "0320")]
        notes.clear()
        async with shop(tmp_path / "t", host, notes) as terminal:
            closed = await terminal.settle()

    first, second, *_ = before
    assert ("upload_waiting", "closed_unbalanced") == (waiting.outcome, closed.outcome)
    again, end = sent(notes, "0320")
    assert first != second == again.get(11)
    assert 2 == len(UploadDetail.parse(again.get(48)).payments)
    assert "202" == network(end)
    times = rows(tmp_path / "a.db", "SELECT times, conflicts FROM upload_item ORDER BY stan")
    assert [(1, 0), (1, 0), (2, 0), (2, 0), (1, 0)] == times


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("faults", "ends", "outcome"),
    [((), ["203", "204", "207"], "closed_balanced"), ((TILTED,), ["201", "205", "206", "202"], "")],
    ids=["balanced", "unbalanced"],
)
async def test_what_chips_said_goes_up_before_the_end(
    tmp_path: Path, faults: tuple[Fault, ...], ends: list[str], outcome: str
) -> None:
    """domain/messages 2, 5: certificate 203/205, failure 204/206, end 207/202; no card number."""
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db", *faults)
    async with hosted as host, shop(tmp_path / "t", host, notes) as terminal:
        paid = await terminal.sale(Amount(500), CHIP)
        refused = await terminal.sale(Amount(100_051), CHIP)
        settled = await terminal.settle()
        sound = await terminal.verify()

    uploaded = sent(notes, "0320")
    certificate, failure = uploaded[-3:-1]
    assert ends == [network(one) for one in uploaded]
    assert (outcome or "closed_unbalanced") == settled.outcome
    assert [paid.stan, refused.stan] == [certificate.get(11), failure.get(11)]
    assert CERTIFICATE == certificate.fields[55]
    assert () == sound
    kept = rows(tmp_path / "a.db", "SELECT stan, outcome, chip FROM upload_chip ORDER BY stan")
    hexed = CERTIFICATE.hex().upper()
    assert [(paid.stan, "approved", hexed), (refused.stan, "failed", hexed)] == kept


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("when", "chip", "ends"),
    [
        (Certificates.NEVER, CHIP, []),
        (Certificates.WHEN_THERE, CARD, []),
        (Certificates.ALWAYS, CARD, ["207"]),
    ],
)
async def test_end_of_a_balanced_batch_is_told_as_the_setting_says(
    tmp_path: Path, when: Certificates, chip: Card, ends: list[str]
) -> None:
    """domain/messages 5: the end is sent even with nothing before it, for hosts that want it."""
    notes: list[bytes] = []
    settings = structs.replace(QUICK, certificates=when)
    hosted = hosting(tmp_path / "a.db")
    async with hosted as host, shop(tmp_path / "t", host, notes, settings) as terminal:
        await terminal.sale(Amount(500), chip)
        settled = await terminal.settle()
        slip = [owed.copy_id for owed in await terminal.paperwork.owed()]

    assert "closed_balanced" == settled.outcome
    assert ends == [network(one) for one in sent(notes, "0320")]
    assert "S000001/settlement" in slip


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("faults", "told_code", "outcome"),
    [((), "L73", "closed_balanced"), ((TILTED,), "L72", "closed_unbalanced")],
    ids=["balanced", "unbalanced"],
)
async def test_lost_answer_is_inquired_after_and_then_fetched(
    tmp_path: Path, faults: tuple[Fault, ...], told_code: str, outcome: str
) -> None:
    """SC7, our inquiry (0820, 60.3 982): it tells where the batch stands, and closes nothing."""
    lost = Fault(kind=FaultKind.DROP_REPLY, mti="0500", nth=1)
    notes: list[bytes] = []
    told: list[Notice] = []
    asking = structs.replace(QUICK, settlement_inquiry=True)
    hosted = hosting(tmp_path / "a.db", *faults, lost)
    async with hosted as host, shop(tmp_path / "t", host, notes, asking, told.append) as terminal:
        await terminal.sale(Amount(500), CARD)
        settled = await terminal.settle()

    first, asked, again = sent(notes, "0500", "0820")
    assert ["201", "982", "201"] == [network(one) for one in (first, asked, again)]
    assert first.fields == again.fields
    assert (outcome, 2) == (settled.outcome, settled.requests)
    assert 1 == [one.code for one in told].count(told_code)
    batches = rows(tmp_path / "a.db", "SELECT batch, state, repeats, moved_entry > 0 FROM batch")
    assert [("000001", "closed", 1, 1)] == batches


VISA: Final = Card(Pan("4111111111111111"))
FOREIGN: Final = structs.replace(QUICK, foreign_cards=("4", "378282"))


def side(debits: int, minor: int, code: str = "0") -> str:
    return f"{minor:012d}{debits:03d}" + "0" * 15 + code


@pytest.mark.asyncio
async def test_foreign_cards_stand_on_a_side_of_their_own(tmp_path: Path) -> None:
    """domain/messages 4: both halves of F48 agree, and the slip shows both."""
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db", foreign_cards=("4",))
    async with hosted as host, shop(tmp_path / "t", host, notes, FOREIGN) as terminal:
        for minor, card in ((500, CARD), (700, VISA), (900, VISA)):
            await terminal.sale(Amount(minor), card)
        settled = await terminal.settle()
        slip = await terminal.clerk.find(Order(what=What.SETTLEMENT))
        text = await terminal.clerk.preview(slip)
        sound = await terminal.verify()

    (asked,) = sent(notes, "0500")
    assert side(1, 500) + side(2, 1600) == asked.get(48)
    assert ("closed_balanced", 2100, ()) == (settled.outcome, settled.amount_minor, sound)
    assert 2 == text.count("外卡/") == text.count("内卡/")


@pytest.mark.asyncio
async def test_sides_differ_when_only_one_knows_which_cards_are_foreign(tmp_path: Path) -> None:
    """The sums agree and the sides do not: out of balance, and all of it goes up, marked."""
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db")
    async with hosted as host, shop(tmp_path / "t", host, notes, FOREIGN) as terminal:
        for card in (CARD, VISA):
            await terminal.sale(Amount(500), card)
        settled = await terminal.settle()

    detail, end = sent(notes, "0320")
    origins = [one.origin for one in UploadDetail.parse(detail.get(48)).payments]
    assert "closed_unbalanced" == settled.outcome
    assert [CardOrigin.DOMESTIC, CardOrigin.FOREIGN] == origins
    assert 2 == UploadCount.parse(end.get(48)).count


@pytest.mark.asyncio
async def test_only_the_side_that_is_out_of_balance_goes_up(tmp_path: Path) -> None:
    """domain/messages 4, mixed results: the host lost a foreign payment, and finds just that."""
    notes: list[bytes] = []
    ledger = tmp_path / "a.db"
    hosted = hosting(ledger, foreign_cards=("4",))
    async with hosted as host, shop(tmp_path / "t", host, notes, FOREIGN) as terminal:
        kept = [await terminal.sale(Amount(500), card) for card in (CARD, VISA, VISA)]
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("DELETE FROM payment WHERE stan = ?", (kept[2].stan,))
    connection.close()
    notes.clear()
    hosted = hosting(ledger, foreign_cards=("4",))
    async with hosted as host, shop(tmp_path / "t", host, notes, FOREIGN) as terminal:
        settled = await terminal.settle()

    detail, end = sent(notes, "0320")
    listed = [one.stan for one in UploadDetail.parse(detail.get(48)).payments]
    assert "closed_unbalanced" == settled.outcome
    assert ([kept[1].stan, kept[2].stan], 2) == (listed, UploadCount.parse(end.get(48)).count)
    ((body,),) = rows(ledger, "SELECT body FROM report")
    report = json.decode(body, type=Report)
    assert [(kept[2].stan, Finding.ONLY_TERMINAL)] == [
        (one.stan, one.finding) for one in report.differences
    ]
    assert report.explained


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("side", "listed"),
    [(CardSide.DOMESTIC, [500]), (CardSide.FOREIGN, [700]), (CardSide.BOTH, [500, 700])],
    ids=lambda value: value.value if isinstance(value, CardSide) else None,
)
async def test_side_that_a_fault_names_goes_up_and_the_report_wants_no_more(
    tmp_path: Path, side: CardSide, listed: list[int]
) -> None:
    """H8: code 2 on inner, outer or both; the books say what the wire said."""
    fault = Fault(kind=FaultKind.OUT_OF_BALANCE, mti="0500", side=side)
    notes: list[bytes] = []
    hosted = hosting(tmp_path / "a.db", fault, foreign_cards=("4",))
    async with hosted as host, shop(tmp_path / "t", host, notes, FOREIGN) as terminal:
        for minor, card in ((500, CARD), (700, VISA)):
            await terminal.sale(Amount(minor), card)
        await terminal.settle()

    detail, _ = sent(notes, "0320")
    ((body,),) = rows(tmp_path / "a.db", "SELECT body FROM report")
    assert listed == [one.amount for one in UploadDetail.parse(detail.get(48)).payments]
    assert () == tuple(json.decode(body, type=Report).differences)
