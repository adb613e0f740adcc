"""What every decision has at hand: the group's rows, the policy, and the moment.

A handler reads, decides, and only then writes its rows; it must not raise after its first
write, because the rest of the group goes on with the same working set.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from acquirer_sim.orders import Order
from acquirer_sim.policy import CardFacts, Policy
from acquirer_sim.rows import Alert, Batch, BatchState, Terminal
from acquirer_sim.working_set import WorkingSet
from protocol.operations import Origin


class Desk(msgspec.Struct):
    """One group being decided at one moment, `now` and, as ISO 8601 in UTC, `at`.

    `order` is what a rule or a fault wants of the request at hand; nearly always nothing.
    """

    rows: WorkingSet
    policy: Policy
    now: datetime
    at: str
    order: Order | None = None

    @classmethod
    def open(cls, rows: WorkingSet, policy: Policy, now: datetime) -> Desk:
        """Sit down at the moment `now` (aware, UTC)."""
        return cls(rows, policy, now, now.isoformat())

    @property
    def settlement_date(self) -> str:
        """Return the moment's F15, MMDD."""
        return self.policy.settlement_date(self.now)

    def spent_by(self, card: CardFacts) -> int:
        """Return what is used up of a card's limit: of the one of its two with less left."""
        in_all = self.rows.spent.get(card.token, 0)
        if card.daily_minor is None:
            return in_all
        day = self.policy.settlement_day(self.now)
        today = self.rows.spent.get(f"{card.token} {day}", 0)
        if card.total_minor is None:
            return today
        return max(in_all, card.total_minor - card.daily_minor + today)

    def open_batch(self, origin: Origin) -> str | None:
        """Return the batch the host has open for a terminal, None for one never met."""
        terminal = self.rows.terminals.get((origin.terminal_id, origin.merchant_id))
        return terminal.open_batch if terminal is not None else None

    def new_batch(self, origin: Origin, batch: str, currency: str) -> Batch:
        """Return the row of a batch that begins now. Keeping it is the caller's."""
        terminal, merchant, opened_at = origin.terminal_id, origin.merchant_id, self.at
        return Batch(
            terminal, merchant, batch, BatchState.OPEN, 0, 0, 0, 0, currency,
            None, None, None, None, 0, 0, opened_at, None, None, None,
            self.policy.capture(origin),
        )  # fmt: skip

    def meet(self, origin: Origin, batch: str) -> None:
        """Remember a terminal by the batch that it says is open."""
        self.rows.put_terminal(Terminal(origin.terminal_id, origin.merchant_id, batch))

    def alert(self, origin: Origin, batch: str, *, kind: str, text: str) -> None:
        """Leave a note for a person, in the same commit."""
        row = Alert(origin.terminal_id, origin.merchant_id, batch, kind, text, self.at)
        self.rows.alerts.append(row)
