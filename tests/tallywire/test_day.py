"""The shop's day: the shipped one is real-shaped, a wrong one is refused by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from acquirer_sim.configuration import default_configuration
from acquirer_sim.policy import Policy
from acquirer_sim.reflex import answer
from protocol.amount import Amount
from protocol.operations import Card, Origin, PaymentReply, PaymentRequest, Stamp
from protocol.secrets import Key, Pan
from protocol.settings import SettingsError
from tallywire.day import Day, DayPayment, load_day

SHIPPED = Path(__file__).parents[2] / "examples" / "day.toml"

SMALL = """
date = "2026-03-14"
timezone = "Asia/Shanghai"
currency = "156"
payments = [{ at = "08:00", card = "visa", amount = "12.50" }]
[shop]
name = "A"
[cards]
visa = { pan = "4111111111111111", expiry = "3012" }
"""


def test_shipped_day_is_as_long_as_promised() -> None:
    day = load_day(SHIPPED.read_text("utf-8"), "day.toml")

    assert len(day.payments) >= 200


def test_shipped_day_is_one_the_shipped_acquirer_answers_plainly() -> None:
    """Every customer of the demo is approved or declined: no built-in card pays in part there."""
    day = load_day(SHIPPED.read_text("utf-8"), "day.toml")
    policy = Policy(default_configuration(), Key(bytes(32)))

    codes = {answered(payment, day, policy) for payment in day.payments}

    assert "00" in codes
    assert codes - {"00"}
    assert "10" not in codes


def answered(payment: DayPayment, day: Day, policy: Policy) -> str:
    reply = answer(
        PaymentRequest(
            origin=Origin("10000001", "104100000000001"),
            stan="000001",
            stamp=Stamp("1120032201", "112201", "1120"),
            batch="000001",
            amount=Amount.parse(payment.amount, day.currency),
            card=Card(Pan(day.cards[payment.card].pan)),
        ),
        policy,
    )
    assert isinstance(reply, PaymentReply)
    return reply.code


def test_small_day_is_read() -> None:
    day = load_day(SMALL, "small.toml")

    assert day.payments[0].amount == "12.50"
    assert "4111111111111111" not in repr(day)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('card = "visa"', 'card = "vista"', "payments[0]"),
        ("12.50", "12.505", "payments[0]"),
        ("12.50", "12,50", "payments[0]"),
        ('"08:00"', "8", "payments[0].at"),
        ('name = "A"', 'nome = "A"', "shop"),
        ("4111111111111111", "4111", "cards"),
    ],
)
def test_wrong_day_is_refused_by_key(old: str, new: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_day(SMALL.replace(old, new), "small.toml")

    assert key in caught.value.key
    assert caught.value.source == "small.toml"
    assert "4111" not in str(caught.value)


def test_day_that_runs_backwards_is_refused() -> None:
    line = '{ at = "07:00", card = "visa", amount = "1.00" }]'

    with pytest.raises(SettingsError, match="07:00 is before 08:00"):
        load_day(SMALL.replace('"12.50" }]', '"12.50" },' + line), "small.toml")
