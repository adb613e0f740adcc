"""Measures how full the terminal is: its batch, its database, the disk below them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from protocol.kinds import KINDS, PaymentKind, Side
from terminal.aio.books import OCCUPYING
from terminal.aio.journal import Journal
from terminal.aio.upload_plan import COUNTED_KINDS
from terminal.configuration import Settings
from terminal.storage import Gauge, SideFigures, StorageFigures, gauges

HELD: Final = (
    "SELECT kind, count(*), sum(amount_minor), min(prepared_at) FROM payment"
    " WHERE batch = (SELECT batch FROM terminal)"
    f" AND phase IN {OCCUPYING} AND kind IN {COUNTED_KINDS} GROUP BY kind"
)
SIZE: Final = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"

FreeBytes = Callable[[], int | None]
"""How many bytes the disk has left, None where nobody can tell."""


def nobody_can_tell() -> int | None:
    """Stand for a disk without end."""
    return None


def free_bytes_at(data: Path) -> FreeBytes:
    """Return what measures the disk on which a folder lies, as anybody but root may use it."""

    def measure() -> int | None:
        try:
            found = os.statvfs(data)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize

    return measure


async def measured(
    journal: Journal, settings: Settings, free_bytes: FreeBytes, now: datetime
) -> tuple[Gauge, ...]:
    """Return every gauge as it stands. Raises JournalError."""
    held = {Side.DEBIT: SideFigures(), Side.CREDIT: SideFigures()}
    oldest = ""
    for kind, count, minor, since in await journal.fetch(HELD):
        side = KINDS[PaymentKind(kind)].side
        before = held[side]
        held[side] = SideFigures(before.count + count, before.minor + minor)
        oldest = min(oldest or since, since)
    figures = StorageFigures(
        debit=held[Side.DEBIT],
        credit=held[Side.CREDIT],
        database_bytes=(await journal.fetch(SIZE))[0][0],
        free_bytes=free_bytes(),
        oldest=datetime.fromisoformat(oldest) if oldest else None,
    )
    limits = settings.limits
    return gauges(
        figures,
        settings.storage,
        count_max=limits.unsettled_max,
        count_warning=limits.unsettled_warning,
        now=now,
    )
