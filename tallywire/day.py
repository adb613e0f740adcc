"""A shop's day from a file: who sells, the cards in the queue, and what each customer buys."""

from __future__ import annotations

import msgspec

from protocol.amount import Amount
from protocol.secrets import Pan
from protocol.settings import SettingsError, parse_settings


class Shop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sells; the name stands on every receipt."""

    name: str


class DayCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card of the day: a published test number, and its expiry as YYMM."""

    pan: str
    expiry: str

    def __post_init__(self) -> None:
        Pan(self.pan)

    def __repr__(self) -> str:
        return f"DayCard({Pan(self.pan).masked})"


class DayPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One customer: hh:mm, a name of the table of cards, major units as text, what was bought."""

    at: str
    card: str
    amount: str
    what: str = ""


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; `payments` in the order of the day."""

    date: str
    timezone: str
    currency: str
    shop: Shop
    cards: dict[str, DayCard]
    payments: tuple[DayPayment, ...]


def load_day(text: str, source: str) -> Day:
    """Read the TOML `text` of the file `source`. Raises SettingsError: file, key, problem."""
    day = parse_settings(text, Day, source)
    earlier = ""
    for place, payment in enumerate(day.payments):
        problem = _problem(payment, day, earlier)
        if problem:
            raise SettingsError(source, f"payments[{place}]", problem)
        earlier = payment.at
    return day


def _problem(payment: DayPayment, day: Day, earlier: str) -> str:
    if payment.card not in day.cards:
        return f"no card {payment.card!r} in the table [cards]"
    if payment.at < earlier:
        return f"{payment.at} is before {earlier}"
    try:
        Amount.parse(payment.amount, day.currency)
    except ValueError as error:
        return str(error)
    return ""
