"""Holds that nobody completed in time: found at whatever is asked, and given back.

Whoever asks for more than a plain sale of a card without limits brings the host to look for holds
that have outlived `hold_days`, whosever they are: a sign-on, a settlement, an inquiry, the next
payment of a limited card. So does the first group of a settlement date. The oldest go first, so
many at once that a group stays short; the next group takes the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from acquirer_sim import ledger
from acquirer_sim.configuration import Configuration
from acquirer_sim.desk import Desk
from acquirer_sim.originals import is_expired
from acquirer_sim.rows import PaymentStatus

SWEEP_MAX: Final = 256
"""So many holds are released with one group."""


def held_before(configuration: Configuration, now: datetime) -> str:
    """Return before which moment a hold has begun that has expired."""
    return (now - timedelta(days=configuration.hold_days)).isoformat()


def release_holds(desk: Desk) -> None:
    """Give back the holds that were found, in one journal entry."""
    rows, configuration = desk.rows, desk.policy.configuration
    due = [held for held in rows.held if is_expired(held, desk.at, configuration)]
    if not due:
        return
    entry = rows.next_entry()
    for held in due:
        assert held.ended_entry == 0, "found among those that stand"
        rows.put_payment(msgspec.structs.replace(held, status=PaymentStatus.EXPIRED))
        rows.transfers.append(ledger.expire(held, entry, desk.at))
        rows.spend(held, -held.minor)
