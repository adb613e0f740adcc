from __future__ import annotations

import pytest

from acquirer_sim.configuration import default_configuration, load_configuration
from acquirer_sim.magic import MAGIC_CODES
from acquirer_sim.orders import Order
from acquirer_sim.policy import Policy
from protocol.operations import Card
from protocol.secrets import Pan, Track2
from tests.acquirer_sim.asking import KEY, NOW, VISA, purchase


def code_of(text: str, minor: int = 1234, pan: str = VISA, spent: int = 0) -> str:
    policy = Policy(load_configuration(text, "test.toml"), KEY)
    return policy.judge(purchase(1, minor, pan=pan), policy.card(Pan(pan)), spent)


@pytest.mark.parametrize("code", MAGIC_CODES)
def test_magic_amount_gets_its_code(code: str) -> None:
    """1000.xx is answered xx."""
    assert code == code_of("", 100_000 + int(code))


@pytest.mark.parametrize("minor", [100_000, 100_002, 100_051 - 1, 200_051])
def test_ordinary_amount_is_approved(minor: int) -> None:
    assert "00" == code_of("", minor)


def test_magic_can_be_switched_off() -> None:
    assert "00" == code_of("magic_amounts = false", 100_051)


@pytest.mark.parametrize(
    ("pan", "code"),
    [
        ("5555555555554444", "00"),
        ("378282246310005", "00"),
        ("6200000000000005", "00"),
        ("4000000000000002", "05"),
        ("4000000000000069", "54"),
        ("371449635398431", "41"),
        ("4111111111111112", "14"),
        ("987654321098", "15"),
    ],
)
def test_card_has_its_answer(pan: str, code: str) -> None:
    """Published test cards are approved or declined as listed; any other card is refused."""
    assert code == code_of("", pan=pan)


def test_foreign_cards_are_taken_when_told_so() -> None:
    assert "00" == code_of("test_cards_only = false", pan="987654321098")
    assert "14" == code_of("test_cards_only = false", pan="987654321099")


def test_limits_are_kept() -> None:
    """A card may be good for a part of what goes beyond them."""
    assert "10" == code_of("", 5_001, pan="5200828282828210")
    assert "61" == code_of("", 10_001, pan="5105105105105100")
    assert "00" == code_of("", 10_000, pan="5105105105105100")
    assert "51" == code_of("", 1, pan="4012888888881881", spent=50_000)


def test_unknown_terminal_is_refused_when_told_so() -> None:
    assert "97" == code_of('unknown_terminals = "refuse"')


def test_unknown_merchant_is_refused_when_told_so() -> None:
    assert "03" == code_of('unknown_merchants = "refuse"')


def test_settlement_date_is_local() -> None:
    """F15 in the host's time zone: 11:34 UTC is the same day in Shanghai, 17:00 is the next."""
    policy = Policy(default_configuration(), KEY)

    assert "1120" == policy.settlement_date(NOW)
    assert "1121" == policy.settlement_date(NOW.replace(hour=17))
    assert "1120" == policy.settlement_date(NOW.replace(hour=15, minute=59, second=59))
    assert "1121" == policy.settlement_date(NOW.replace(hour=16, minute=0, second=0))


def test_facts_of_cards_show_no_number() -> None:
    policy = Policy(default_configuration(), KEY)
    facts = policy.card(Pan(VISA))

    assert ("411111******1111", 24) == (facts.mask, len(facts.token))
    assert facts is policy.card(Pan(VISA))


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (Card(Pan(VISA), "2611"), "00"),
        (Card(Pan(VISA), "2610"), "54"),
        (Card(Pan(VISA), track2=Track2(f"{VISA}=26101010000")), "54"),
        (Card(Pan(VISA), track2=Track2(f"{VISA}D30121010000")), "00"),
        (Card(Pan(VISA)), "00"),
    ],
)
def test_card_past_its_month_is_declined_when_told_so(card: Card, code: str) -> None:
    """F14, or else track 2, against the host's month."""
    asked = purchase(1, card=card)

    for text, expected in (("check_expiry = true", code), ("", "00")):
        policy = Policy(load_configuration(text, "test.toml"), KEY)
        assert expected == policy.judge(asked, policy.card(card.pan), 0, None, NOW)


def test_card_with_an_expiry_wants_that_one() -> None:
    text = f'[[card]]\npan = "{VISA}"\nexpiry = "3012"'
    policy = Policy(load_configuration(text, "test.toml"), KEY)

    codes = [
        policy.judge(purchase(1, card=card), policy.card(card.pan), 0, None, NOW)
        for card in (Card(Pan(VISA), "3012"), Card(Pan(VISA), "3011"))
    ]

    assert ["00", "54"] == codes


def test_order_stands_after_cards_and_before_magic_amounts() -> None:
    """The documented order: terminal, merchant, card, PIN, orders, magic amounts, limits."""
    policy = Policy(default_configuration(), KEY)

    def judge(minor: int, pan: str, code: str) -> str:
        asked = purchase(1, minor, pan=pan)
        return policy.judge(asked, policy.card(Pan(pan)), 0, Order(code=code))

    assert "05" == judge(1, "4000000000000002", "61")
    assert "61" == judge(100_051, VISA, "61")
    assert "00" == judge(100_051, VISA, "00")
    assert "00" == judge(99_999, "5105105105105100", "00")
