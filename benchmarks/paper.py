"""Old paper at the counter: find one payment of many by any key, render it, encode it; and start.

Held against the bare lookup of one row by its key in the same file, and against the ten
milliseconds that a person does not notice.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.archive import FIRST_DAY, KEY, fill, rrn_of
from benchmarks.result import Claim, Report, Row, alternate
from protocol.secrets import Pan
from terminal.aio.archive import Archive
from terminal.aio.database import open_sqlite
from terminal.aio.journal import Journal
from terminal.documents import CopyKind, open_snapshot
from terminal.escpos import encode_job
from terminal.layout import lay_out
from terminal.search import ReceiptSearch
from terminal.vault import Vault

BATCHES: Final = 400
PAYMENTS: Final = 50
"""Twenty thousand payments in 400 closed batches: about 100 MB."""
LOOKUPS: Final = 50
ROUNDS: Final = 7
STARTS: Final = 5
PROCESS_ID: Final = b"    "
TARGET_MS: Final = 10.0
CARD: Final = Pan("5555555555554444")


def run() -> Report:
    """Fill a disk, then look for one payment after the other."""
    with tempfile.TemporaryDirectory(prefix="tallywire-bench-") as folder:
        full, empty = Path(folder) / "full.db", Path(folder) / "empty.db"
        fill(full, batches=BATCHES, payments=PAYMENTS)
        fill(empty, batches=0, payments=0)
        contestants: list[tuple[str, Callable[[], float]]] = [
            ("bare SQLite row by its key", lambda: _bare_ms(full))
        ]
        contestants += [
            (f"find by {key}, render, encode", lambda key=key: _find_ms(full, key)) for key in KEYS
        ]
        found = alternate(contestants, unit="ms", rounds=ROUNDS)
        starts = alternate(
            [
                ("journal opened, empty", lambda: _start_ms(empty)),
                (f"journal opened, {BATCHES} closed batches", lambda: _start_ms(full)),
            ],
            unit="ms",
            rounds=ROUNDS,
        )
    slowest = max(row.median for row in found[1:])
    claims = (
        Claim("slowest search to the ten milliseconds", slowest / TARGET_MS, 1.0, at_least=False),
        Claim("full start to the empty one", _ratio(starts), 1.5, at_least=False),
    )
    notes = (
        f"{BATCHES * PAYMENTS:,} payments; each value is the mean of {LOOKUPS} lookups",
        f"the bare lookup takes {found[0].median:.3f} ms: the slowest search"
        f" is {slowest / found[0].median:.0f} times that",
    )
    return Report("Old paper", (*found, *starts), claims, notes)


def _ratio(starts: tuple[Row, ...]) -> float:
    return starts[1].median / starts[0].median


def _searches() -> dict[str, Callable[[int], ReceiptSearch]]:
    vault = Vault(KEY)

    def place(number: int) -> dict[str, str]:
        day, stan = divmod(number, PAYMENTS)
        return {"batch": f"{day + 1:06}", "stan": f"{stan + 1:06}"}

    def minute(number: int) -> dict[str, str]:
        day = FIRST_DAY.replace(hour=0).toordinal() + number // PAYMENTS + 1
        local = type(FIRST_DAY).fromordinal(day).strftime("%Y/%m/%d")
        return {"since": f"{local} 08:00:30", "before": f"{local} 08:00:31"}

    return {
        "voucher and batch": lambda number: ReceiptSearch(**place(number)),
        "reference": lambda number: ReceiptSearch(rrn=rrn_of(number)),
        "amount": lambda number: ReceiptSearch(amount_minor=100 + number * 37 % 99_900),
        "second of a day": lambda number: ReceiptSearch(**minute(number)),
        "last four and batch": lambda number: ReceiptSearch(
            last4="4444", batch=place(number)["batch"]
        ),
        "tag": lambda _: ReceiptSearch(tag="tea"),
        "whole card": lambda _: ReceiptSearch(card_lookup=vault.lookup(CARD)),
    }


def _bare_ms(path: Path) -> float:
    connection = sqlite3.connect(path)
    try:
        began = time.perf_counter()
        for number in _numbers():
            key = (f"R{number // PAYMENTS + 1:06}-{number % PAYMENTS + 1:06}",)
            connection.execute("SELECT body FROM snapshot WHERE document_id = ?", key).fetchall()
        return (time.perf_counter() - began) * 1000 / LOOKUPS
    finally:
        connection.close()


def _find_ms(path: Path, key: str) -> float:
    return asyncio.run(_find(path, KEYS[key]))


async def _find(path: Path, search: Callable[[int], ReceiptSearch]) -> float:
    database = await open_sqlite(str(path))
    try:
        archive = Archive(database)
        began = time.perf_counter()
        for number in _numbers():
            found = await archive.find(search(number), 20)
            if found:
                lines = lay_out(open_snapshot(found[0]), CopyKind.MERCHANT)
                encode_job(lines, process_id=PROCESS_ID)
        return (time.perf_counter() - began) * 1000 / LOOKUPS
    finally:
        await database.close()


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
    step = BATCHES * PAYMENTS // LOOKUPS
    return range(step // 2, BATCHES * PAYMENTS, step)


KEYS: Final = _searches()
"""What a receipt is found by."""
