"""Old paper at the counter: one payment of a million, by any key, to the printer; and the start.

Each search is made as the counter makes it, through the archive on aiosqlite, and its paper is
laid out and encoded. One is made whole: asked for, written down, and handed over byte for byte,
with everything on disk that must be there before the first of them. Held against the bare lookup
of one row by its key in the same file, and against the ten milliseconds that nobody notices.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.archive import CARDS, FIRST_DAY, KEY, SHANGHAI, Kept, fill, sold
from benchmarks.hatch import Hatch
from benchmarks.result import Claim, Report, Row, alternate
from protocol.kinds import PaymentKind
from protocol.secrets import Pan
from terminal.aio.archive import Archive
from terminal.aio.clerk import Clerk
from terminal.aio.database import Database, open_sqlite
from terminal.aio.journal import Journal
from terminal.aio.paperwork import Paperwork
from terminal.configuration import Settings
from terminal.documents import CopyKind, open_snapshot
from terminal.escpos import encode_job
from terminal.layout import lay_out
from terminal.orders import Order, What
from terminal.search import ReceiptSearch
from terminal.vault import Vault

BATCHES: Final = 400
PAYMENTS: Final = 2500
"""A million payments in 400 closed batches: two gigabytes of tables."""
PRINTED_EVERY: Final = 1000
PAYMENTS_AT_START: Final = 50
"""For the start: twenty thousand payments, their journal and their print jobs."""
LOOKUPS: Final = 50
ROUNDS: Final = 5
STARTS: Final = 5
CANDIDATES: Final = 20
PROCESS_ID: Final = b"    "
TARGET_MS: Final = 10.0
CARD: Final = Pan("5555555555554444")


def run() -> Report:
    """Fill the disks, then look for one payment after the other."""
    with tempfile.TemporaryDirectory(prefix="tallywire-bench-") as folder:
        archive, used = Path(folder) / "archive.db", Path(folder) / "used.db"
        began = time.perf_counter()
        kept = Kept(entries=False, printed_every=PRINTED_EVERY)
        fill(archive, batches=BATCHES, payments=PAYMENTS, kept=kept)
        filled_s = time.perf_counter() - began
        found = _measure_searches(archive)
        size = archive.stat().st_size
        empty = Path(folder) / "empty.db"
        fill(used, batches=BATCHES, payments=PAYMENTS_AT_START)
        fill(empty, batches=0, payments=0)
        starts = _measure_starts(empty, used)
    slowest = max(row.median for row in found[1:])
    claims = (
        Claim("slowest search to the ten milliseconds", slowest / TARGET_MS, 1.0, at_least=False),
        Claim("full start to the empty one", _ratio(starts), 1.5, at_least=False),
    )
    notes = (
        f"{BATCHES * PAYMENTS:,} payments, {size / 1e9:.1f} GB, filled in {filled_s:.0f} s;"
        f" each value is the median of {LOOKUPS} lookups",
        f"the bare lookup takes {found[0].median:.3f} ms: the slowest search"
        f" is {slowest / found[0].median:.0f} times that",
    )
    return Report("Old paper", (*found, *starts), claims, notes)


def _measure_searches(path: Path) -> tuple[Row, ...]:
    contestants: list[tuple[str, Callable[[], float]]] = [
        ("bare SQLite row by its key", lambda: _bare_ms(path))
    ]
    contestants += [
        (f"find by {key}, render, encode", lambda search=search: _run(_find(path, search)))
        for key, search in KEYS.items()
    ]
    contestants.append(
        ("find by reference, and the reprint to its first byte", lambda: _run(_reprint(path)))
    )
    return alternate(contestants, unit="ms", rounds=ROUNDS)


def _measure_starts(empty: Path, used: Path) -> tuple[Row, ...]:
    return alternate(
        [
            ("journal opened, empty", lambda: _start_ms(empty)),
            (f"journal opened, {BATCHES} closed batches", lambda: _start_ms(used)),
        ],
        unit="ms",
        rounds=ROUNDS,
    )


def _ratio(starts: tuple[Row, ...]) -> float:
    return starts[1].median / starts[0].median


def _searches() -> dict[str, Callable[[int], ReceiptSearch]]:
    lookup = Vault(KEY).lookup(CARD)

    def place(number: int) -> dict[str, str]:
        day, stan = divmod(number, PAYMENTS)
        return {"batch": f"{day + 1:06}", "stan": f"{stan + 1:06}"}

    def day(number: int) -> str:
        return (FIRST_DAY + timedelta(days=number // PAYMENTS + 1)).strftime("%Y/%m/%d")

    def last4(number: int) -> str:
        return CARDS[sold(number).card][-4:]

    def second(number: int) -> dict[str, str]:
        opened = FIRST_DAY + timedelta(days=number // PAYMENTS + 1)
        times = [opened + timedelta(seconds=number % PAYMENTS + 1 + more) for more in (0, 1)]
        return dict(zip(("since", "before"), (f"{one:{SHANGHAI}}" for one in times), strict=True))

    return {
        "voucher": lambda number: ReceiptSearch(stan=place(number)["stan"]),
        "voucher and batch": lambda number: ReceiptSearch(**place(number)),
        "reference": lambda number: ReceiptSearch(rrn=sold(number).rrn),
        "authorisation": lambda number: ReceiptSearch(authorisation=sold(number).authorisation),
        "amount": lambda number: ReceiptSearch(amount_minor=sold(number).amount_minor),
        "second": lambda number: ReceiptSearch(**second(number)),
        "everything since a day": lambda number: ReceiptSearch(since=day(number)),
        "last four": lambda number: ReceiptSearch(last4=last4(number)),
        "whole card": lambda _: ReceiptSearch(card_lookup=lookup),
        "batch": lambda number: ReceiptSearch(batch=place(number)["batch"]),
        "type": lambda _: ReceiptSearch(payment=PaymentKind.PREAUTHORISATION),
        "tag": lambda _: ReceiptSearch(tag="tea"),
        "merchant": lambda _: ReceiptSearch(merchant=Settings().merchant_id),
        "last four and amount": lambda number: ReceiptSearch(
            last4=last4(number), amount_minor=sold(number).amount_minor
        ),
        "last four and second": lambda number: ReceiptSearch(last4=last4(number), **second(number)),
    }


def _bare_ms(path: Path) -> float:
    connection = sqlite3.connect(path)
    try:
        taken = []
        for number in _numbers():
            key = (f"R{number // PAYMENTS + 1:06}-{number % PAYMENTS + 1:06}",)
            began = time.perf_counter()
            connection.execute("SELECT body FROM snapshot WHERE document_id = ?", key).fetchall()
            taken.append(time.perf_counter() - began)
        return _median_ms(taken)
    finally:
        connection.close()


def _run(measure: Coroutine[Any, Any, list[float]]) -> float:
    return _median_ms(asyncio.run(measure))


def _median_ms(taken: list[float]) -> float:
    return statistics.median(taken) * 1000


async def _find(path: Path, search: Callable[[int], ReceiptSearch]) -> list[float]:
    """Find, check the hash of what was found, lay it out, encode it."""
    database = await open_sqlite(str(path))
    try:
        archive, taken = Archive(database), []
        for number in _numbers():
            wanted = search(number)
            began = time.perf_counter()
            found = await archive.find(wanted, CANDIDATES)
            lines = lay_out(open_snapshot(found[0]), CopyKind.MERCHANT)
            encode_job(lines, process_id=PROCESS_ID)
            taken.append(time.perf_counter() - began)
        return taken
    finally:
        await database.close()


async def _reprint(path: Path) -> list[float]:
    """Have a supervisor ask for it: found, written down, queued, begun, and the first byte."""
    database = await open_sqlite(str(path))
    hatch = Hatch()
    clerk, taken = await _clerk(database, hatch), []
    for number in _numbers():
        order = Order(what=What.ANY, rrn=sold(number).rrn, copy=CopyKind.MERCHANT)
        began = time.perf_counter()
        await clerk.reprint(await clerk.find(order), operator="00")
        taken.append(hatch.handed_at - began)
    await database.close()
    return taken


async def _clerk(database: Database, hatch: Hatch) -> Clerk:
    journal = Journal(database, lambda: FIRST_DAY)
    await journal.open()
    paperwork = Paperwork(journal, [hatch], local_now=lambda: FIRST_DAY)
    lookup = Vault(KEY).lookup
    return Clerk(paperwork, journal, Settings, card_lookup=lookup, local_now=lambda: FIRST_DAY)


def _start_ms(path: Path) -> float:
    async def start() -> float:
        began = time.perf_counter()
        database = await open_sqlite(str(path))
        await Journal(database, lambda: FIRST_DAY).open()
        took = (time.perf_counter() - began) * 1000
        await database.close()
        return took

    # The quickest of some: a neighbour's work is not the disk's.
    return min(asyncio.run(start()) for _ in range(STARTS))


def _numbers() -> range:
    """Return payments of all ages, each one of those whose print jobs were kept."""
    return range(PRINTED_EVERY - 1, BATCHES * PAYMENTS, BATCHES * PAYMENTS // LOOKUPS)


KEYS: Final = _searches()
"""What a receipt is found by."""
