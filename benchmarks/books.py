"""What the books cost as they grow: a purchase, a close, an upload, and totals counted again.

All of it is work of the processor, measured as such: the disk is asked for nothing, so that its
moods do not hide what grows. The million are written by one statement and are of other terminals.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from acquirer_sim.aio.opening import prepare
from acquirer_sim.aio.sqlite_ledger import SqliteLedger
from acquirer_sim.configuration import default_configuration
from acquirer_sim.policy import Policy
from benchmarks.result import ROUNDS_MIN, Claim, Report, Row, alternate, times
from protocol.amount import Amount
from protocol.operations import (
    Card,
    Origin,
    OriginalReference,
    PaymentRequest,
    Request,
    Settlement,
    Stamp,
    Totals,
    UploadEnd,
    UploadItem,
)
from protocol.secrets import Key, Pan

MANY: Final = 1_000_000
FEW: Final = 1_000
TOTALED: Final = 100_000
BATCH_MAX: Final = 999
SMALL: Final = 99
GROUP: Final = 64
PURCHASES: Final = 4_096
CLOSES: Final = 15
NOW: Final = datetime(2026, 11, 20, 11, 34, 25, tzinfo=UTC)
STAMP: Final = Stamp("1120113425", "193425", "1120")
MERCHANT: Final = "M00000000000001"
BATCH: Final = "000001"
CARD: Final = Card(Pan("4111111111111111"))
KEY: Final = Key(bytes(range(32)))

FILL: Final = """
INSERT INTO payment
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
SELECT printf('X%07d', n % ?), 'M00000000000001', '000001', printf('%06d', n / ? + 1), 'sale',
    '1120113425', 'aaaaaaaaaaaaaaaaaaaaaaaa', '411111******1111', 1234, 1234, '156', '00',
    '000001', '1120', 'approved', 0, 0, 0, 0, n, '2026-11-20T11:34:25+00:00'
FROM number
"""
TOTALS: Final = (
    "SELECT count(*), sum(minor) FROM payment WHERE terminal = 'X0000000' AND status = 'approved'"
)
COVERING: Final = "CREATE INDEX covering ON payment (terminal, status, minor)"


class Shop:
    """A ledger with so many payments of other terminals in it, on a disk that is not waited for."""

    def __init__(self, folder: str, payments: int) -> None:
        connection = sqlite3.connect(Path(folder) / f"{payments}.db", isolation_level=None)
        self.ledger: SqliteLedger = prepare(connection, KEY).ledger
        connection.execute("PRAGMA synchronous = OFF")
        terminals = max(1, payments // TOTALED)
        connection.execute(FILL, (payments, terminals, terminals))
        connection.execute("UPDATE counter SET value = ?", (payments,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._policy = Policy(default_configuration(), KEY)
        self._terminals = 0
        self._now = NOW

    def new_terminal(self) -> Origin:
        """Return a terminal that nobody has met."""
        self._terminals += 1
        return Origin(f"T{self._terminals:07d}", MERCHANT)

    def perform(self, requests: Sequence[Request]) -> float:
        """Return how long the processor works on requests, in groups, in microseconds."""
        began = time.process_time()
        for place in range(0, len(requests), GROUP):
            self._now += timedelta(seconds=1)
            self.ledger.perform(requests[place : place + GROUP], self._now, self._policy, {})
        return (time.process_time() - began) * 1e6

    def purchase(self) -> float:
        """Return what one purchase costs."""
        origins = [self.new_terminal() for _ in range(GROUP)]
        requests = [_purchase(origins[n % GROUP], n // GROUP + 1) for n in range(PURCHASES)]
        return self.perform(requests) / len(requests)

    def close(self, payments: int) -> float:
        """Return what it costs to close a batch of so many, told apart from selling them."""
        costs = []
        for _ in range(CLOSES):
            origin = self.new_terminal()
            self.perform([_purchase(origin, n) for n in range(1, payments + 1)])
            costs.append(self.perform([_settlement(origin, payments)]))
        return statistics.median(costs)

    def upload(self, payments: int) -> float:
        """Return what an item of an upload of so many costs, the comparison at its end with it."""
        origin = self.new_terminal()
        sold = [_purchase(origin, n) for n in range(1, payments + 1)]
        self.perform([*sold, _settlement(origin, 0)])
        items = [_item(origin, n) for n in range(1, payments + 1)]
        end = UploadEnd(origin=origin, stan="009999", stamp=STAMP, batch=BATCH, count=payments)
        return self.perform([*items, end]) / payments

    def totals(self) -> float:
        """Return how long it takes to add up one terminal's payments, in milliseconds."""
        began = time.process_time()
        self.ledger.connection.execute(TOTALS).fetchall()
        return (time.process_time() - began) * 1e3


def _purchase(origin: Origin, number: int) -> PaymentRequest:
    return PaymentRequest(
        origin=origin,
        stan=f"{number:06d}",
        stamp=STAMP,
        batch=BATCH,
        amount=Amount(1234),
        card=CARD,
    )


def _settlement(origin: Origin, payments: int) -> Settlement:
    totals = Totals(debit_count=payments, debit_amount=payments * 1234)
    return Settlement(
        origin=origin,
        stan="009000",
        stamp=STAMP,
        batch=BATCH,
        totals=totals,
        settlement_date="1120",
    )


def _item(origin: Origin, number: int) -> UploadItem:
    return UploadItem(
        origin=origin,
        stan=f"{number + 2000:06d}",
        stamp=STAMP,
        batch=BATCH,
        number=number,
        count=BATCH_MAX,
        original=OriginalReference("0200", f"{number:06d}", STAMP.transmission),
        amount=Amount(1234),
        pan=CARD.pan,
    )


def run() -> Report:
    """Measure small and large in turn."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Shop(folder, FEW), Shop(folder, MANY)
        for shop in (few, many):
            shop.purchase()  # the pages it will need again are at hand from here on
        grown = alternate(
            [("purchase, 10^3 in the books", few.purchase), ("purchase, 10^6", many.purchase)],
            unit="us",
        )
        closes = alternate(
            [
                (f"close a batch of {SMALL}", lambda: many.close(SMALL)),
                (f"close a batch of {BATCH_MAX}", lambda: many.close(BATCH_MAX)),
            ],
            unit="us",
        )
        uploads = alternate(
            [
                (f"item of an upload of {SMALL}", lambda: many.upload(SMALL)),
                (f"item of an upload of {BATCH_MAX}", lambda: many.upload(BATCH_MAX)),
            ],
            unit="us",
        )
        totals = (_counted(many, f"totals of {TOTALED:,} among {MANY:,}"),)
        many.ledger.connection.execute(COVERING)
        totals += (_counted(many, "the same, by a covering index"),)
        for shop in (few, many):
            shop.ledger.close()
    claims = (
        Claim("a purchase stays flat", times(grown[1], grown[0]), 1.5, at_least=False),
        Claim("a close stays flat", times(closes[1], closes[0]), 1.5, at_least=False),
        Claim("an upload is linear", times(uploads[1], uploads[0]), 1.5, at_least=False),
    )
    notes = (
        "processor time; synchronous=OFF, so that the disk is not what is measured",
        "the books have no covering index: it would nearly double what a purchase writes,"
        " and the running totals of a batch need none",
    )
    return Report("The books as they grow", (*grown, *closes, *uploads, *totals), claims, notes)


def _counted(shop: Shop, name: str) -> Row:
    shop.totals()
    return Row(name, "ms", tuple(shop.totals() for _ in range(ROUNDS_MIN)))
