"""Orders of paper: what a person asks the clerk for, and which filters go with it.

An order is data, the same from the command line, from `serve` and from a test. A filter that
says nothing about what is asked for is refused (L53), never passed over: whoever asks for the
last receipt of yesterday must not be given today's (REQ 000-06, 000-08).
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

import msgspec

from protocol.kinds import PaymentKind
from protocol.secrets import Pan
from terminal.documents import Balance, CopyKind
from terminal.errors import TerminalError
from terminal.search import ReceiptSearch, SettlementSearch
from terminal.texts import text_of
from terminal.views import Period

TAG_LENGTH_MAX: Final = 24
TAG_DIGITS_MAX: Final = 6


class What(Enum):
    """What can be previewed, printed and exported."""

    LAST = "last"
    ANY = "any"
    SETTLEMENT = "settlement"
    LIST = "list"
    TOTALS = "totals"
    REPORT = "report"
    RECORDS = "records"
    CONFIGURATION = "configuration"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One order; None stands for a filter that was not given.

    `batch` is the batch of a receipt, a slip, a list or totals. `since` and `before` are local,
    "YYYY/MM/DD[ hh:mm:ss]". `day` is any day of a report's `period`. `name` is a document's own.
    """

    what: What
    name: str | None = None
    stan: str | None = None
    batch: str | None = None
    rrn: str | None = None
    authorisation: str | None = None
    amount_minor: int | None = None
    last4: str | None = None
    card: Pan | None = None
    payment: PaymentKind | None = None
    tag: str | None = None
    merchant: str | None = None
    since: str | None = None
    before: str | None = None
    result: Balance | None = None
    period: Period | None = None
    day: date | None = None
    copy: CopyKind | None = None

    @property
    def given(self) -> frozenset[str]:
        """Return the names of the filters that were given."""
        named = msgspec.structs.asdict(self)
        return frozenset(name for name, value in named.items() if value is not None) - {"what"}

    def receipts(self, card_lookup: str | None) -> ReceiptSearch:
        """Return this order as a search of receipts."""
        return ReceiptSearch(
            batch=self.batch,
            since=self.since,
            before=self.before,
            stan=self.stan,
            rrn=self.rrn,
            authorisation=self.authorisation,
            amount_minor=self.amount_minor,
            last4=self.last4,
            payment=self.payment,
            tag=self.tag,
            merchant=self.merchant,
            card_lookup=card_lookup,
        )

    def settlements(self) -> SettlementSearch:
        """Return this order as a search of settlement slips."""
        return SettlementSearch(
            batch=self.batch,
            since=self.since,
            before=self.before,
            merchant=self.merchant,
            result=self.result,
        )


_RECEIPT_FILTERS: Final = frozenset(
    "stan batch rrn authorisation amount_minor last4 card payment tag merchant since before".split()
)
APPLIES: Final[dict[What, frozenset[str]]] = {
    What.LAST: frozenset({"copy"}),
    What.ANY: _RECEIPT_FILTERS | {"copy", "name"},
    What.SETTLEMENT: frozenset({"batch", "since", "before", "merchant", "result"}),
    What.LIST: frozenset({"batch"}),
    What.TOTALS: frozenset({"batch"}),
    What.REPORT: frozenset({"period", "day"}),
    What.RECORDS: frozenset(),
    What.CONFIGURATION: frozenset(),
}
"""Which filters say something about what."""


def tag_problem(tag: str) -> str:
    """Say what is wrong with a tag, "" when nothing is: it is a word, never a card number (I7)."""
    if len(tag) > TAG_LENGTH_MAX or not tag.isprintable():
        return f"a tag has at most {TAG_LENGTH_MAX} printable characters"
    if sum(character.isdigit() for character in tag) > TAG_DIGITS_MAX:
        return f"a tag has at most {TAG_DIGITS_MAX} digits"
    return ""


def check(order: Order) -> None:
    """Raise TerminalError (L53) when a filter was given that does not apply."""
    strange = sorted(order.given - APPLIES[order.what])
    if strange:
        names = ", ".join(strange)
        raise TerminalError("L53", f"{text_of('L53').en}: {names} for {order.what.value}")
