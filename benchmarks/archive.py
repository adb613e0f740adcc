"""A terminal's disk after many days, written at once: for measuring and for counting, not for use.

The facts are the terminal's own and go through its own projections; only the days are invented
and the disk is not asked for durability.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final
from zlib import crc32

from protocol.kinds import PaymentKind
from protocol.secrets import Key, Pan
from terminal.aio.journal import INSERT_ENTRY, SCHEMAS, schema_text
from terminal.attempt import BatchClosed
from terminal.configuration import Settings
from terminal.copies import JobConfirmed, JobSending, SnapshotTaken, copy_id_of, job_id_of
from terminal.copies import queue_originals as frozen
from terminal.documents import (
    Balance,
    ChainHead,
    CopyKind,
    Figures,
    Receipt,
    SettlementSlip,
    Shop,
    SlipRow,
)
from terminal.facts import Fact, encode
from terminal.payment import PaymentApproved, PaymentPrepared
from terminal.projections import PROJECTIONS
from terminal.standing import Stopped, TerminalInstalled
from terminal.vault import NONCE_BYTES, Vault

KEY: Final = Key(bytes(range(32)))
CARDS: Final = ("4111111111111111", "5555555555554444", "6200000000000005", "6011111111111117")
FIRST_DAY: Final = datetime(2025, 10, 1, 8, 0, 0, tzinfo=timezone(timedelta(hours=8)))
SHANGHAI: Final = "%Y/%m/%d %H:%M:%S"


def fill(path: Path, *, batches: int, payments: int) -> None:
    """Make a terminal's database with so many closed batches of so many payments, and one open."""
    connection = sqlite3.connect(path, isolation_level=None)
    schema = "\n".join(schema_text(name) for name in SCHEMAS)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {schema}")
    connection.execute(f"PRAGMA user_version = {crc32(schema.encode()) & 0x7FFF_FFFF}")
    connection.execute("BEGIN")
    for sequence, (at, fact) in enumerate(_facts(batches, payments), 1):
        connection.execute(INSERT_ENTRY, (sequence, at, fact.name, encode(fact)))
        for sql, values in PROJECTIONS[type(fact)](fact, at):
            connection.execute(sql, values)
    connection.execute("COMMIT")
    connection.close()


def rrn_of(number: int) -> str:
    """Return the reference of the n-th payment, from 0."""
    return f"{600_000_000_000 + number * 7}"


class _Days:
    """What the days add up to so far."""

    def __init__(self) -> None:
        self.head = ChainHead()
        self.serial = 0
        self.count = 0
        self.vault = Vault(KEY)
        settings = Settings()
        self.origin = {"terminal_id": settings.terminal_id, "merchant_id": settings.merchant_id}
        self.shop = Shop(settings.merchant_name, operator="01", **self.origin)

    def printed(self, document: Receipt | SettlementSlip, card_lookup: str = "") -> Iterator[Fact]:
        """Freeze a document and have every copy of it printed."""
        for fact in frozen(document, self.head, card_lookup=card_lookup):
            if isinstance(fact, SnapshotTaken):
                self.head = fact.snapshot.head
            yield fact
        kinds = [CopyKind.MERCHANT, CopyKind.CARDHOLDER]
        for kind in kinds if isinstance(document, Receipt) else [CopyKind.SETTLEMENT]:
            self.serial += 1
            job_id = job_id_of(copy_id_of(document.document_id, kind), 1)
            yield JobSending(job_id=job_id, serial=self.serial)
            yield JobConfirmed(job_id=job_id)


def _facts(batches: int, payments: int) -> Iterator[tuple[str, Fact]]:
    days = _Days()
    installed = TerminalInstalled(key_check=days.vault.check_value, batch="000001", **days.origin)
    yield FIRST_DAY.isoformat(), installed
    for day in range(1, batches + 1):
        opened = FIRST_DAY + timedelta(days=day)
        total = 0
        for number in range(1, payments + 1):
            at = opened + timedelta(seconds=number)
            for fact in _payment(days, f"{day:06}", f"{number:06}", at):
                total += fact.amount_minor if isinstance(fact, PaymentPrepared) else 0
                yield at.isoformat(), fact
        at = opened + timedelta(hours=14)
        for fact in _closing(days, day, payments, total, at):
            yield at.isoformat(), fact
    yield FIRST_DAY.isoformat(), Stopped()


def _payment(days: _Days, batch: str, stan: str, at: datetime) -> Iterator[Fact]:
    days.count += 1
    drawn = int.from_bytes(hashlib.sha256(f"{days.count}".encode()).digest()[:6])
    nonce = days.count.to_bytes(NONCE_BYTES)
    card = days.vault.seal(Pan(CARDS[drawn % len(CARDS)]), nonce)
    amount, authorisation = 100 + drawn % 99_900, f"{drawn % 1_000_000:06}"
    rrn = rrn_of(days.count - 1)
    named = {"batch": batch, "stan": stan}
    yield PaymentPrepared(
        amount_minor=amount,
        currency="156",
        card=card,
        entry_mode="012",
        transmission=at.strftime("%m%d%H%M%S"),
        time=at.strftime("%H%M%S"),
        date=at.strftime("%m%d"),
        operator="01",
        **days.origin,
        **named,
    )
    yield PaymentApproved(code="00", rrn=rrn, authorisation=authorisation, **named)
    yield from days.printed(
        Receipt(
            shop=days.shop,
            kind=PaymentKind.SALE,
            at=at.strftime(SHANGHAI),
            amount_minor=amount,
            card=card.masked,
            authorisation=authorisation,
            rrn=rrn,
            tag="tea" if drawn % 50 == 0 else "",
            **named,
        ),
        card.lookup,
    )


def _closing(days: _Days, day: int, count: int, total: int, at: datetime) -> Iterator[Fact]:
    figures = Figures(debit_count=count, debit_minor=total)
    batch = f"{day:06}"
    yield BatchClosed(batch=batch, outcome="closed_balanced", next_batch=f"{day + 1:06}")
    yield from days.printed(
        SettlementSlip(
            shop=days.shop,
            batch=batch,
            at=at.strftime(SHANGHAI),
            result=Balance.BALANCED,
            rows=(SlipRow(PaymentKind.SALE, count, total),),
            terminal=figures,
            host=figures,
        )
    )
