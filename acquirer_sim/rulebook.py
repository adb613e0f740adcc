"""Rules at work: which one a request meets, and why the ones before it were passed over.

`Rulebook.match` counts and decides; `Rulebook.explain` says the same in words, and both read one
table of checks. The time is an argument, aware; the rules' time of day is the zone's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

import msgspec

from acquirer_sim.arrival import Arrival
from acquirer_sim.orders import Order
from acquirer_sim.rules import WEEKDAYS, RuleSettings


class Check(msgspec.Struct, frozen=True):
    """One key of a rule: what it wants, what was found, and whether that is enough."""

    key: str
    wanted: str
    found: str
    holds: bool


class Explained(msgspec.Struct, frozen=True):
    """One rule and what its keys say of a request; `reached` is false after the first match."""

    position: int
    name: str
    checks: tuple[Check, ...]
    reached: bool
    matches: bool


class Rulebook:
    """The rules of a configuration and how often the keys of each were met."""

    def __init__(self, rules: Sequence[RuleSettings], zone: tzinfo) -> None:
        self._rules = tuple(rules)
        self._zone = zone
        self._counts = [0] * len(self._rules)

    @property
    def rules(self) -> tuple[RuleSettings, ...]:
        """The rules in their order."""
        return self._rules

    @property
    def counts(self) -> tuple[int, ...]:
        """How often the keys of each rule were met, its count aside."""
        return tuple(self._counts)

    def match(self, arrival: Arrival, now: datetime) -> RuleSettings | None:
        """Return the first rule that matches, and count the request at each rule asked."""
        local = now.astimezone(self._zone)
        for place, rule in enumerate(self._rules):
            if not all(check.holds for check in _checks(rule, arrival, local)):
                continue
            self._counts[place] += 1
            if all(check.holds for check in _count_checks(rule, self._counts[place])):
                return rule
        return None

    def explain(self, arrival: Arrival, now: datetime, count: int = 1) -> list[Explained]:
        """Say of every rule why it matches or not; the request is the `count`-th that fits it."""
        local = now.astimezone(self._zone)
        told: list[Explained] = []
        decided = False
        for position, rule in enumerate(self._rules, start=1):
            checks = (*_checks(rule, arrival, local), *_count_checks(rule, count))
            matches = not decided and all(check.holds for check in checks)
            told.append(Explained(position, rule.name, checks, not decided, matches))
            decided = decided or matches
        return told

    def rule(self, position: int) -> RuleSettings:
        """Return a rule by its position, counted from 1 as `explain` does."""
        return self._rules[position - 1]


def order_of(rule: RuleSettings) -> Order | None:
    """Return what a rule makes the host decide; None when it leaves that to the host."""
    if rule.code is None:
        return None
    return Order(code=rule.code, part_percent=rule.part_percent, part_minor=rule.part_minor)


def _checks(rule: RuleSettings, arrival: Arrival, local: datetime) -> Iterator[Check]:
    """Yield a check for every key that the rule has, but for the counts."""
    for key, check in _CHECKS.items():
        wanted = getattr(rule, key)
        if wanted is not None and wanted != ():
            found, holds = check(wanted, arrival)
            yield Check(key, _shown(wanted), found, holds)
    yield from _amount_checks(rule, arrival)
    yield from _time_checks(rule, local)


def _equal(member: str) -> Callable[[object, Arrival], tuple[str, bool]]:
    def check(wanted: object, arrival: Arrival) -> tuple[str, bool]:
        found = getattr(arrival, member)
        return _shown(found), found == wanted

    return check


def _begins(wanted: object, arrival: Arrival) -> tuple[str, bool]:
    return arrival.processing or "none", arrival.processing.startswith(str(wanted))


def _in_range(wanted: object, arrival: Arrival) -> tuple[str, bool]:
    if arrival.card is None:
        return "none", False
    low, _, high = str(wanted).partition("-")
    begin = arrival.card.reveal()[: len(low)]
    return arrival.card.masked, len(begin) == len(low) and low <= begin <= (high or low)


_CHECKS: Final[Mapping[str, Callable[[object, Arrival], tuple[str, bool]]]] = {
    "request": _equal("request"),
    "mti": _equal("mti"),
    "kind": _equal("kind"),
    "processing": _begins,
    "card": _in_range,
    "merchant": _equal("merchant"),
    "terminal": _equal("terminal"),
    "minor": _equal("minor"),
}
"""Key of a rule -> how it is looked at: what was found, and whether it is what was wanted."""

_NO_LIMITS: Final = RuleSettings(code="00")


def _amount_checks(rule: RuleSettings, arrival: Arrival) -> Iterator[Check]:
    minor = arrival.minor
    found = _shown(minor)
    if rule.minor_min != _NO_LIMITS.minor_min:
        holds = minor is not None and minor >= rule.minor_min
        yield Check("minor_min", str(rule.minor_min), found, holds)
    if rule.minor_max != _NO_LIMITS.minor_max:
        holds = minor is not None and minor <= rule.minor_max
        yield Check("minor_max", str(rule.minor_max), found, holds)
    if rule.minor_ends is not None:
        holds = minor is not None and f"{minor:012d}".endswith(rule.minor_ends)
        yield Check("minor_ends", rule.minor_ends, found, holds)


def _time_checks(rule: RuleSettings, local: datetime) -> Iterator[Check]:
    clock = f"{local:%H:%M}"
    after, before = rule.after or "00:00", rule.before or "24:00"
    if rule.after is not None or rule.before is not None:
        inside = after <= clock < before
        if after > before:
            inside = clock >= after or clock < before
        yield Check("after, before", f"{after}-{before}", clock, inside)
    if rule.weekdays:
        today = WEEKDAYS[local.weekday()]
        wanted = ", ".join(day.value for day in rule.weekdays)
        yield Check("weekdays", wanted, today.value, today in rule.weekdays)


def _count_checks(rule: RuleSettings, count: int) -> Iterator[Check]:
    """Yield what the rule wants of the number of a request that fits its other keys."""
    if rule.nth is not None:
        yield Check("nth", str(rule.nth), str(count), count == rule.nth)
    if rule.every is not None:
        yield Check("every", str(rule.every), str(count), count % rule.every == 0)
    if rule.first is not None:
        yield Check("first", str(rule.first), str(count), count <= rule.first)


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    return str(getattr(value, "value", value))
