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

OF_CARD: Final = (
    "document_id IN (SELECT 'R' || batch || '-' || stan FROM payment WHERE card_lookup = ?)"
)
"""A whole card number is found by its keyed hash, which only the books of money hold."""

PRECISE: Final = frozenset(
    {
        "stan = ?",
        "rrn = ?",
        "authorisation = ?",
        "amount_minor = ?",
        "last4 = ?",
        "tag = ?",
        OF_CARD,
    }
)
"""Keys that few papers share. Beside one of them the others are marked `+`, so that SQLite, which
guesses without statistics, does not walk every receipt in the order of `number` instead."""

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
    given: dict[str, Value] = {"kind = ?": kind, "batch = ?": search.batch}
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
                OF_CARD: search.card_lookup,
            }
        case SettlementSearch():
            given["result = ?"] = None if search.result is None else search.result.value
    chosen = {test: value for test, value in given.items() if value is not None}
    precise = bool(PRECISE & chosen.keys())
    tests = (f"+{test}" if precise and test not in PRECISE else test for test in chosen)
    return " AND ".join(tests), tuple(chosen.values())


def order(search: Search) -> str:
    """Return the column that a search is ordered and paged by.

    `+` when only a window of time narrows it: SQLite shall walk the window, not all numbers.
    """
    where, _ = conditions(search)
    narrow = any(key in where for key in (*PRECISE, "batch = ?"))
    return "+number" if "printed_time" in where and not narrow else "number"
