"""A terminal's disk after many days, written at once: for measuring and for counting, not for use.

The facts are the terminal's own and go through its own projections; only the days are invented,
and the disk is not asked for durability. A million of them take less than a minute: the payments
of a batch take the same steps, so each step is taken by all of them in one call of SQLite, and
what only speeds up reading is built when everything is there.
"""

from __future__ import annotations

import gc
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

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
from terminal.facts import Fact, encode, name_of
from terminal.payment import PaymentApproved, PaymentPrepared
from terminal.projections import PROJECTIONS, Statement, Value
from terminal.standing import Stopped, TerminalInstalled
from terminal.vault import NONCE_BYTES, Vault

KEY: Final = Key(bytes(range(32)))
CARDS: Final = ("4111111111111111", "5555555555554444", "6200000000000005", "6011111111111117")
FIRST_DAY: Final = datetime(2025, 10, 1, 8, 0, 0, tzinfo=timezone(timedelta(hours=8)))
SHANGHAI: Final = "%Y/%m/%d %H:%M:%S"
HELD_EVERY: Final = 777
"""One payment in so many is a pre-authorisation, which no total counts."""
ENDS: Final = (TerminalInstalled, Stopped)
QUICK: Final = (
    "journal_mode=OFF",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "cache_size=-1000000",
    "temp_store=MEMORY",
)
SECONDARY: Final = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"

Group = Iterable[tuple[str, Sequence[Fact]]]
"""Facts that belong together, each with the time of its commit."""
Values = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept beside payments, snapshots and batches.

    For the million: papers are found in the tables, and the entries that the tables are drawn
    from would be gigabytes more. Copies and print jobs are those of one receipt in so many.
    """

    entries: bool = True
    printed_every: int = 1


ALL: Final = Kept()


def fill(path: Path, *, batches: int, payments: int, kept: Kept = ALL) -> None:
    """Make a terminal's database with so many closed batches of so many payments, and one open."""
    gc.disable()
    try:
        _fill(path, _Days(kept), batches, payments)
    finally:
        gc.enable()


def _fill(path: Path, days: _Days, batches: int, payments: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    schema = "\n".join(schema_text(name) for name in SCHEMAS)
    for pragma in QUICK:
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(schema)
    connection.execute(f"PRAGMA user_version = {zlib.crc32(schema.encode()) & 0x7FFF_FFFF}")
    indexes = connection.execute(SECONDARY).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    writer = _Writer(connection, days.kept.entries)
    for group in _groups(days, batches, payments):
        writer.write(group)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


class _Writer:
    """Writes groups of facts: the members of a group take the same steps, side by side."""

    def __init__(self, connection: sqlite3.Connection, entries: bool) -> None:  # noqa: FBT001 - one caller
        self._connection = connection
        self._entries = entries
        self._sequence = 0

    def write(self, group: Group) -> None:
        """Write the members of a group."""
        alike: dict[tuple[str, ...], list[tuple[Values, ...]]] = {}
        for at, facts in group:
            steps = [one for fact in facts for one in self._statements(fact, at)]
            words, values = zip(*steps, strict=True)
            alike.setdefault(words, []).append(values)
        for words, members in alike.items():
            for sql, values in zip(words, zip(*members, strict=True), strict=True):
                self._connection.executemany(sql, values)

    def _statements(self, fact: Fact, at: str) -> list[Statement]:
        self._sequence += 1
        statements = list(PROJECTIONS[type(fact)](fact, at))
        if self._entries or isinstance(fact, ENDS):
            entry = (self._sequence, at, name_of(fact), encode(fact))
            statements.append((INSERT_ENTRY, entry))
        return statements


@dataclass(frozen=True, slots=True)
class Sold:
    """What the n-th payment is, from 0: drawn, and always the same."""

    card: int
    amount_minor: int
    authorisation: str
    rrn: str
    tag: str
    kind: PaymentKind


def sold(number: int) -> Sold:
    """Return what the n-th payment is."""
    drawn = zlib.crc32(b"%d" % number)
    return Sold(
        card=drawn // 99_900 % len(CARDS),
        amount_minor=100 + drawn % 99_900,
        authorisation=f"{drawn % 1_000_000:06}",
        rrn=f"{600_000_000_000 + number * 7}",
        tag="tea" if drawn % 50 == 0 else "",
        kind=PaymentKind.PREAUTHORISATION if number % HELD_EVERY == 1 else PaymentKind.SALE,
    )


class _Days:
    """What the days add up to so far."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.head = ChainHead()
        self.serial = 0
        self.count = 0
        self.sold = 0
        self.total = 0
        self.vault = Vault(KEY)
        sealed = enumerate(map(Pan, CARDS), 1)
        self.cards = [self.vault.seal(pan, n.to_bytes(NONCE_BYTES)) for n, pan in sealed]
        settings = Settings()
        self.origin = {"terminal_id": settings.terminal_id, "merchant_id": settings.merchant_id}
        self.shop = Shop(settings.merchant_name, operator="01", **self.origin)

    def printed(self, document: Receipt | SettlementSlip, card_lookup: str = "") -> Iterator[Fact]:
        """Freeze a document and have every copy of it printed."""
        slip = isinstance(document, SettlementSlip)
        printed = slip or self.count % self.kept.printed_every == 0
        copies = None if printed else ()
        for fact in frozen(document, self.head, copies, card_lookup=card_lookup):
            if isinstance(fact, SnapshotTaken):
                self.head = fact.snapshot.head
            yield fact
        if not printed:
            return
        kinds = [CopyKind.MERCHANT, CopyKind.CARDHOLDER]
        for kind in kinds if isinstance(document, Receipt) else [CopyKind.SETTLEMENT]:
            self.serial += 1
            job_id = job_id_of(copy_id_of(document.document_id, kind), 1)
            yield JobSending(job_id=job_id, serial=self.serial)
            yield JobConfirmed(job_id=job_id)


def _groups(days: _Days, batches: int, payments: int) -> Iterator[Group]:
    installed = TerminalInstalled(key_check=days.vault.check_value, batch="000001", **days.origin)
    yield [(FIRST_DAY.isoformat(), [installed])]
    for day in range(1, batches + 1):
        opened = FIRST_DAY + timedelta(days=day)
        days.sold = days.total = 0
        numbers = range(1, payments + 1)
        yield [_sale(days, day, number, opened + timedelta(seconds=number)) for number in numbers]
        at = opened + timedelta(hours=14)
        facts = list(_closing(days, day, at))
        yield [(at.isoformat(), facts)]
    yield [(FIRST_DAY.isoformat(), [Stopped()])]


def _sale(days: _Days, day: int, number: int, at: datetime) -> tuple[str, Sequence[Fact]]:
    return at.isoformat(), list(_payment(days, f"{day:06}", f"{number:06}", at))


def _payment(days: _Days, batch: str, stan: str, at: datetime) -> Iterator[Fact]:
    one = sold(days.count)
    card = days.cards[one.card]
    days.count += 1
    if one.kind is PaymentKind.SALE:
        days.sold += 1
        days.total += one.amount_minor
    named = {"batch": batch, "stan": stan}
    local = at.strftime(SHANGHAI)
    date, time = local[5:7] + local[8:10], local[11:].replace(":", "")
    yield PaymentPrepared(
        kind=one.kind.value,
        amount_minor=one.amount_minor,
        currency="156",
        card=card,
        entry_mode="012",
        transmission=date + time,
        time=time,
        date=date,
        operator="01",
        **days.origin,
        **named,
    )
    yield PaymentApproved(code="00", rrn=one.rrn, authorisation=one.authorisation, **named)
    yield from days.printed(
        Receipt(
            shop=days.shop,
            kind=one.kind,
            at=local,
            amount_minor=one.amount_minor,
            card=card.masked,
            authorisation=one.authorisation,
            rrn=one.rrn,
            tag=one.tag,
            **named,
        ),
        card.lookup,
    )


def _closing(days: _Days, day: int, at: datetime) -> Iterator[Fact]:
    figures = Figures(debit_count=days.sold, debit_minor=days.total)
    batch = f"{day:06}"
    yield BatchClosed(batch=batch, outcome="closed_balanced", next_batch=f"{day + 1:06}")
    yield from days.printed(
        SettlementSlip(
            shop=days.shop,
            batch=batch,
            at=at.strftime(SHANGHAI),
            result=Balance.BALANCED,
            rows=(SlipRow(PaymentKind.SALE, days.sold, days.total),),
            terminal=figures,
            host=figures,
        )
    )
