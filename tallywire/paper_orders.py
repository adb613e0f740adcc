"""Orders of paper as people and programs write them: words, numbers and dates, not yet checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

import msgspec

from protocol.amount import Amount
from protocol.kinds import PaymentKind
from protocol.secrets import Pan
from tallywire.cards import CardFile
from terminal.documents import Balance, CopyKind
from terminal.orders import Order, What
from terminal.search import LOCAL_TIME
from terminal.views import Period

K = TypeVar("K", bound=Enum)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was written; "" was not. `number` is a voucher, batch or period, as `what` has it."""

    what: str = "last"
    number: str = ""
    name: str = ""
    stan: str = ""
    batch: str | None = None
    rrn: str = ""
    auth: str = ""
    amount: str = ""
    last4: str = ""
    card: str | CardFile = ""
    kind: str = ""
    tag: str = ""
    merchant: str = ""
    since: str = ""
    until: str = ""
    result: str = ""
    on: str = ""
    copy: str = ""


class BadOrder(ValueError):
    """An order that cannot be read: `str()` is the sentence."""


NUMBER_IS: Final[Mapping[What, str]] = {
    What.ANY: "stan",
    What.SETTLEMENT: "batch",
    What.LIST: "batch",
    What.TOTALS: "batch",
    What.REPORT: "period",
}
SIX_DIGITS: Final = 6


def order_of(asked: Asked, currency: str) -> Order:
    """Return the order that was written. Raises BadOrder, and TerminalError (L53)."""
    what = _one_of(What, asked.what, "paper")
    filters: dict[str, Any] = {
        "name": asked.name,
        "stan": _six(asked.stan),
        "batch": _six(asked.batch or ""),
        "rrn": asked.rrn,
        "authorisation": asked.auth,
        "last4": asked.last4,
        "tag": asked.tag,
        "merchant": asked.merchant,
        "amount_minor": _amount(asked.amount, currency),
        "card": _card(asked.card),
        "payment": _maybe(PaymentKind, asked.kind, "type of payment"),
        "result": _maybe(Balance, asked.result, "result"),
        "copy": _maybe(CopyKind, asked.copy, "copy"),
        "since": _since(asked.since),
        "before": _before(asked.until),
        "day": None if not asked.on else _time(asked.on).date(),
    }
    if asked.number:
        name = NUMBER_IS.get(what)
        if name is None:
            raise BadOrder(f"{what.value} takes no number: {asked.number!r}")
        period = name == "period"
        filters[name] = _one_of(Period, asked.number, "period") if period else _six(asked.number)
    order = Order(
        what=what, **{key: None if value == "" else value for key, value in filters.items()}
    )
    if what is What.ANY and not order.given - {"copy"}:
        raise BadOrder("any wants a voucher number, like 000012, or another filter")
    return order


def _six(number: str) -> str:
    if number and not (number.isascii() and number.isdigit() and len(number) <= SIX_DIGITS):
        raise BadOrder(f"{number!r} is no number of up to six digits, like 000012")
    return number.zfill(SIX_DIGITS) if number else ""


def _amount(text: str, currency: str) -> int | None:
    if not text:
        return None
    problem = ""
    try:
        return Amount.parse(text, currency).minor
    except ValueError as error:
        problem = str(error)
    raise BadOrder(f"{text!r}: {problem}")


def _card(written: str | CardFile) -> Pan | None:
    digits = written.pan if isinstance(written, CardFile) else written
    if not digits:
        return None
    try:
        return Pan(digits)
    except ValueError:
        pass
    raise BadOrder("a whole card number has 12 to 19 digits")


def _since(text: str) -> str:
    return _time(text).strftime(LOCAL_TIME) if text else ""


def _before(text: str) -> str:
    """The end is meant: a day is in it to its last second, a second to its end."""
    if not text:
        return ""
    step = timedelta(days=1) if len(text) == len("2026/01/02") else timedelta(seconds=1)
    return (_time(text) + step).strftime(LOCAL_TIME)


def _time(text: str) -> datetime:
    """Read a local time of the shop: what stands on its papers."""
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        pass
    raise BadOrder(f"{text!r} is no day like 2026-01-02, or 2026-01-02 10:15:09")


def _maybe(kinds: type[K], word: str, noun: str) -> K | None:
    return _one_of(kinds, word, noun) if word else None


def _one_of(kinds: type[K], word: str, noun: str) -> K:
    try:
        return kinds(word)
    except ValueError:
        pass
    raise BadOrder(f"no {noun} {word!r}; there are {', '.join(one.value for one in kinds)}")
