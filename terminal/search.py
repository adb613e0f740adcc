"""What papers are searched by (REQ 001-03, 000-02): every filter narrows, none guesses.

A search is data; the archive turns it into one query that walks one index. Which one is decided
here, not by SQLite, which has no statistics and would guess: a shop with one price and a million
papers makes a bad index of the amount, one with one customer a bad one of the card. A key that few
papers share leads at once. Of several that many may share, each is counted first, up to
`COUNTED_MAX` (`probe`), and the one that the fewest share leads.

Times are the shop's local time as it stands on the paper, so "today" means the shop's day. What is
searched by its time alone comes in the order of times, all else in the order in which it was
frozen; so a search has one order, whatever the counts say, and its pages fit together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from protocol.kinds import PaymentKind
from terminal.documents import Balance
from terminal.projections import Value

FEW: Final = frozenset({"stan = ?", "rrn = ?", "authorisation = ?"})
"""Keys that few papers share."""
NAME: Final = "document_id = ?"
"""A voucher and its batch are the name of one paper."""
BATCH: Final = "batch = ?"
"""At most some hundred papers."""
MERCHANT_NO: Final = "json_extract(body, '$.shop.merchant_id') = ?"
MERCHANT_NAME: Final = "json_extract(body, '$.shop.merchant_name') = ?"
"""As the schema's indexes write it: only the same words find the index."""
SOME: Final = frozenset(
    {
        "amount_minor = ?",
        "last4 = ?",
        "payment = ?",
        "tag = ?",
        "card_lookup = ?",
        MERCHANT_NO,
        MERCHANT_NAME,
    }
)
"""Keys that many papers may share."""
SINCE: Final = "printed_time >= ?"
BEFORE: Final = "printed_time < ?"
WINDOW: Final = frozenset({SINCE, BEFORE})
COUNTED_MAX: Final = 1000
"""More papers than this are many; counting so far takes no time that anybody notices."""
NUMBER_MAX: Final = 2**62
"""No paper has so high a number."""
MERCHANT_NO_LENGTH: Final = 15

LOCAL_TIME: Final = "%Y/%m/%d %H:%M:%S"
"""A local time as it stands on paper."""

_TIME: Final = re.compile(r"\d{4}/\d{2}/\d{2}( \d{2}:\d{2}:\d{2})?", re.ASCII)


class _Search(msgspec.Struct, frozen=True, kw_only=True):
    """Filters that every paper has.

    `since` and `before` are local "YYYY/MM/DD[ hh:mm:ss]"; `merchant` is the number (F42, 15
    characters) or the whole name.
    """

    batch: str | None = None
    since: str | None = None
    before: str | None = None
    merchant: str | None = None

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


Tests = dict[str, Value]
"""What must hold, as SQL, and the value that it is held against."""


def tests(search: Search) -> Tests:
    """Return what a paper must be to be found."""
    kind = "receipt" if isinstance(search, ReceiptSearch) else "settlement"
    given: Tests = {"kind = ?": kind, BATCH: search.batch}
    given |= {SINCE: search.since, BEFORE: search.before}
    merchant = search.merchant
    by_number = merchant is not None and merchant.isascii() and len(merchant) == MERCHANT_NO_LENGTH
    given[MERCHANT_NO if by_number else MERCHANT_NAME] = merchant
    match search:
        case ReceiptSearch():
            if search.batch is not None and search.stan is not None:
                given[NAME] = f"R{search.batch}-{search.stan}"
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
    return {test: value for test, value in given.items() if value is not None}


def leads(search: Search) -> tuple[frozenset[str], ...]:
    """Return the keys whose index a search may walk; several must be counted (`probe`)."""
    chosen = frozenset(tests(search))
    sure = frozenset({NAME}) & chosen or FEW & chosen or frozenset({BATCH}) & chosen
    if sure:
        return (sure,)
    unsure = [frozenset({test}) for test in sorted(SOME & chosen)]
    window = WINDOW & chosen
    return tuple([*unsure, window] if window else unsure)


def probe(search: Search) -> tuple[str, tuple[Value, ...]] | None:
    """Return the query that counts what each lead leads past; None where there is no choice."""
    leading, given = leads(search), tests(search)
    if len(leading) < 2:
        return None
    counts, values = [], []
    for lead in leading:
        walked = sorted(lead if lead.isdisjoint(WINDOW) else lead | {"kind = ?"})
        where = " AND ".join(walked)
        counts.append(
            f"(SELECT count(*) FROM (SELECT 1 FROM snapshot WHERE {where} LIMIT {COUNTED_MAX}))"
        )
        values += [given[test] for test in walked]
    return f"SELECT {', '.join(counts)}", tuple(values)


def page(
    search: Search, counts: Sequence[int] = (), *, before: int | None = None
) -> tuple[str, tuple[Value, ...]]:
    """Return all but the columns of a page's query (FROM to ORDER BY), and its parameters.

    `counts` is what `probe` found; `before` is the number of the last paper of the page before.
    """
    leading, given = leads(search), tests(search)
    ranked = sorted(zip(counts, leading, strict=True), key=lambda one: one[0]) if counts else ()
    lead = ranked[0][1] if ranked else (*leading, frozenset[str]())[0]
    by_window = not lead.isdisjoint(WINDOW)
    # The indexes of batches, times and kinds hold the kind as well; those of a key do not.
    walked = lead | {"kind = ?"} if lead <= WINDOW | {BATCH} else lead
    # A `+` keeps SQLite from the index of a test that is to be looked at only.
    where = [test if test in walked else f"+{test}" for test in given]
    values = list(given.values())
    if by_window and len(leading) == 1:
        order = "printed_time DESC, number DESC"
        if before is not None:
            where.append(f"(printed_time, number) < ({_TIME_OF}, ?)")
            values += [before, before]
    else:
        number = "+number" if by_window else "number"
        order = f"{number} DESC"
        where.append(f"{number} < ?")
        values.append(NUMBER_MAX if before is None else before)
    return f"FROM snapshot WHERE {' AND '.join(where)} ORDER BY {order}", tuple(values)


_TIME_OF: Final = "(SELECT printed_time FROM snapshot WHERE number = ?)"
