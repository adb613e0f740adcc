"""What papers are searched by (REQ 001-03, 000-02): every filter narrows, none guesses.

A search is data; the archive turns it into one indexed query. Times are the shop's local time as
it stands on the paper, so "today" means the shop's day.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from protocol.kinds import PaymentKind
from terminal.documents import Balance
from terminal.projections import Value

FEW: Final = frozenset({"stan = ?", "rrn = ?", "authorisation = ?"})
"""Keys that few papers share."""
SOME: Final = frozenset({"amount_minor = ?", "last4 = ?", "tag = ?", "card_lookup = ?"})
"""Keys that some papers share: many, where one card or price serves for everything."""
BATCH: Final = "batch = ?"
"""At most some hundred papers."""

LOCAL_TIME: Final = "%Y/%m/%d %H:%M:%S"
"""A local time as it stands on paper."""

_TIME: Final = re.compile(r"\d{4}/\d{2}/\d{2}( \d{2}:\d{2}:\d{2})?", re.ASCII)


class _Search(msgspec.Struct, frozen=True, kw_only=True):
    """Filters that every paper has; `since` and `before` are local "YYYY/MM/DD[ hh:mm:ss]"."""

    batch: str | None = None
    since: str | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        for time in (self.since, self.before):
            if time is not None and not _TIME.fullmatch(time):
                raise ValueError("a local time looks like 2026/01/02 or 2026/01/02 10:15:09")


class ReceiptSearch(_Search, frozen=True, kw_only=True):
    """Find receipts, in open and closed batches alike."""

    stan: str | None = None
    rrn: str | None = None
    authorisation: str | None = None
    amount_minor: int | None = None
    last4: str | None = None
    payment: PaymentKind | None = None
    tag: str | None = None
    card_lookup: str | None = None


class SettlementSearch(_Search, frozen=True, kw_only=True):
    """Find settlement slips."""

    result: Balance | None = None


Search = ReceiptSearch | SettlementSearch


def conditions(search: Search) -> tuple[str, tuple[Value, ...]]:
    """Return the WHERE clause of a search, and its parameters."""
    kind = "receipt" if isinstance(search, ReceiptSearch) else "settlement"
    given: dict[str, Value] = {"kind = ?": kind, BATCH: search.batch}
    given |= {"printed_time >= ?": search.since, "printed_time < ?": search.before}
    match search:
        case ReceiptSearch():
            payment = None if search.payment is None else search.payment.value
            given |= {
                "stan = ?": search.stan,
                "rrn = ?": search.rrn,
                "authorisation = ?": search.authorisation,
                "amount_minor = ?": search.amount_minor,
                "last4 = ?": search.last4,
                "payment = ?": payment,
                "tag = ?": search.tag,
                "card_lookup = ?": search.card_lookup,
            }
        case SettlementSearch():
            given["result = ?"] = None if search.result is None else search.result.value
    chosen = {test: value for test, value in given.items() if value is not None}
    leading = _leading(frozenset(chosen))
    # Without statistics SQLite guesses: a `+` keeps it from an index that leads past too many.
    tests = (test if not leading or test in leading else f"+{test}" for test in chosen)
    return " AND ".join(tests), tuple(chosen.values())


def _leading(chosen: frozenset[str]) -> frozenset[str]:
    """Return the keys whose index a search shall walk; none when only a window narrows it."""
    return FEW & chosen or frozenset({BATCH}) & chosen or SOME & chosen


def order(search: Search) -> str:
    """Return the column that a search is ordered and paged by.

    `+` when only a window of time narrows it: SQLite shall walk the window, not all numbers.
    """
    where, _ = conditions(search)
    narrow = any(key in where for key in (*FEW, BATCH, *SOME))
    return "+number" if "printed_time" in where and not narrow else "number"
