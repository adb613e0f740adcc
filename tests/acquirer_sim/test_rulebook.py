from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest

from acquirer_sim.arrival import Arrival
from acquirer_sim.configuration import load_configuration
from acquirer_sim.orders import Order
from acquirer_sim.rulebook import Rulebook, order_of
from acquirer_sim.settings import RequestName
from protocol.kinds import PaymentKind
from protocol.secrets import Pan
from protocol.settings import SettingsError
from tests.acquirer_sim.asking import VISA

SHANGHAI: Final = timezone(timedelta(hours=8))
FRIDAY: Final = datetime(2026, 11, 20, 11, 34, 25, tzinfo=UTC)
"""19:34 of a Friday in Shanghai."""

ARRIVAL: Final = Arrival(
    mti="0200",
    request=RequestName.PAYMENT,
    kind=PaymentKind.SALE,
    processing="000000",
    terminal="T0000001",
    merchant="M1",
    batch="000001",
    stan="000001",
    minor=1234,
    card=Pan(VISA),
)


def book(*rules: str) -> Rulebook:
    text = "".join(f"[[rule]]\n{rule}\n" for rule in rules)
    return Rulebook(load_configuration(text, "rules.toml").rule, SHANGHAI)


def met(rules: Rulebook, arrival: Arrival = ARRIVAL, now: datetime = FRIDAY) -> str:
    rule = rules.match(arrival, now)
    return rule.name if rule is not None else "none"


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        ('card = "4111"', True),
        ('card = "42"', False),
        ('card = "400000-419999"', True),
        ('card = "420000-499999"', False),
        ("minor = 1234", True),
        ("minor = 1235", False),
        ("minor_min = 1234\nminor_max = 1234", True),
        ("minor_min = 1235", False),
        ("minor_max = 1233", False),
        ('minor_ends = "34"', True),
        ('minor_ends = "234567"', False),
        ('mti = "0200"', True),
        ('mti = "0220"', False),
        ('request = "payment"', True),
        ('request = "settlement"', False),
        ('kind = "sale"', True),
        ('kind = "refund"', False),
        ('processing = "00"', True),
        ('processing = "20"', False),
        ('merchant = "M1"', True),
        ('merchant = "M2"', False),
        ('terminal = "T0000001"', True),
        ('terminal = "T0000002"', False),
        ('after = "19:34"', True),
        ('after = "19:35"', False),
        ('before = "19:35"', True),
        ('before = "19:34"', False),
        ('after = "19:00"\nbefore = "07:00"', True),
        ('after = "20:00"\nbefore = "07:00"', False),
        ('weekdays = ["fri"]', True),
        ('weekdays = ["sat", "sun"]', False),
    ],
)
def test_key_says_what_matches(key: str, *, holds: bool) -> None:
    rules = book(f'code = "05"\nname = "it"\n{key}')

    assert ("it" if holds else "none") == met(rules)


def test_first_rule_that_matches_decides() -> None:
    rules = book('code="61"\nname="first"\nminor_max=2000', 'code="05"\nname="second"')

    assert "first" == met(rules)
    assert "second" == met(rules, Arrival(mti="0200", minor=2001))


@pytest.mark.parametrize(
    ("key", "seen"),
    [("nth = 2", "·x··"), ("every = 2", "·x·x"), ("first = 3", "xxx·")],
)
def test_count_is_of_the_requests_that_fit(key: str, seen: str) -> None:
    """What does not fit the other keys is not counted."""
    rules = book(f'code = "05"\nname = "x"\nminor = 1234\n{key}')
    other = Arrival(mti="0200", minor=1)

    found = []
    for _ in range(4):
        met(rules, other)
        found.append(met(rules))

    assert list(seen.replace("·", "-")) == [name.replace("none", "-") for name in found]


def test_explanation_says_of_each_key_what_was_found() -> None:
    """And shows no card number."""
    rules = book(
        'code = "05"\nname = "a"\ncard = "5"\nterminal = "T0000001"',
        'code = "61"\nname = "b"\nnth = 3',
        'code = "96"',
    )

    told = rules.explain(ARRIVAL, FRIDAY, 3)

    assert [(1, True, False), (2, True, True), (3, False, False)] == [
        (one.position, one.reached, one.matches) for one in told
    ]
    assert [
        ("card", "5", "411111******1111", False),
        ("terminal", "T0000001", "T0000001", True),
    ] == [(check.key, check.wanted, check.found, check.holds) for check in told[0].checks]
    assert VISA not in repr(told)


def test_explaining_counts_nothing() -> None:
    rules = book('code = "05"\nname = "x"\nfirst = 1')

    rules.explain(ARRIVAL, FRIDAY)

    assert "x" == met(rules)


def test_rule_without_a_code_orders_nothing() -> None:
    rules = book("delay_s = 1.5", 'code = "10"\npart_percent = 30')

    assert order_of(rules.rule(1)) is None
    assert Order(code="10", part_percent=30) == order_of(rules.rule(2))


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('code = "5"', "rule[0].code", "found '5'"),
        ('card = "9-1"\ncode = "05"', "rule[0].card", "a range goes up"),
        ("minor = 1", "rule[0]", "a rule answers: code, delay_s"),
        ('code = "05"\ncolour = 1', "rule[0].colour", "allowed: name, request"),
        ('code = "05"\nweekdays = ["friday"]', "rule[0].weekdays[0]", "allowed: mon, tue"),
        ('code = "05"\nafter = "24:30"', "rule[0].after", "found '24:30'"),
        ('code = "05"\nrequest = "sale"', "rule[0].request", "allowed: payment, reversal"),
    ],
)
def test_mistake_is_told_with_what_is_allowed(text: str, key: str, words: str) -> None:
    """Path, key, found, allowed."""
    with pytest.raises(SettingsError) as raised:
        load_configuration(f"[[rule]]\n{text}", "rules.toml")

    assert str(raised.value).startswith(f"rules.toml: {key}: ")
    assert words in str(raised.value)
