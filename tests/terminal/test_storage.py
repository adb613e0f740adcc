from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from protocol.kinds import PaymentKind
from terminal.storage import (
    MEBIBYTE,
    Gauge,
    Level,
    SideFigures,
    StorageFigures,
    StorageRules,
    gauges,
    nearly_full,
    refusal,
    worst,
)

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
SALE, VOID, REFUND, HOLD = (
    PaymentKind.SALE,
    PaymentKind.VOID,
    PaymentKind.REFUND,
    PaymentKind.PREAUTHORISATION,
)


def measured(figures: StorageFigures, rules: StorageRules | None = None) -> tuple[Gauge, ...]:
    usual = rules or StorageRules()
    return gauges(figures, usual, count_max=500, count_warning=450, now=NOON)


def held(debits: int = 0, credits: int = 0, *, minor: int = 0) -> StorageFigures:
    return StorageFigures(debit=SideFigures(debits, minor), credit=SideFigures(credits))


def free(mebibytes: int) -> StorageFigures:
    return StorageFigures(free_bytes=mebibytes * MEBIBYTE)


def old(days: int) -> StorageFigures:
    return StorageFigures(oldest=NOON - timedelta(days=days), debit=SideFigures(1, 100))


SIDES = StorageRules(side_max=100, reserve=10)

BOUNDS = [
    # figures, rules, sale, void, refund, pre-authorisation
    (held(499), None, "", "", "", ""),
    (held(500), None, "L01", "", "L01", ""),
    (held(250, 250), None, "L01", "", "L01", ""),
    (held(500, 49), None, "L01", "", "L01", ""),
    (held(500, 50), None, "L01", "L01", "L01", ""),
    (held(99), SIDES, "", "", "", ""),
    (held(100), SIDES, "L01", "", "", ""),
    (held(0, 100), SIDES, "", "", "L01", ""),
    (held(0, 109), SIDES, "", "", "L01", ""),
    (held(0, 110), SIDES, "", "L01", "L01", ""),
    (held(1, minor=900_000_000_000 - 1), None, "", "", "", ""),
    (held(1, minor=900_000_000_000), None, "L01", "", "", ""),
    (free(64), None, "", "", "", ""),
    (free(63), None, "L44", "", "L44", "L44"),
    (free(16), None, "L44", "", "L44", "L44"),
    (free(15), None, "L44", "L44", "L44", "L44"),
    (StorageFigures(database_bytes=8192 * MEBIBYTE), None, "", "", "", ""),
    (StorageFigures(database_bytes=8192 * MEBIBYTE + 1), None, "L45", "", "L45", "L45"),
    (old(6), None, "", "", "", ""),
    (old(7), None, "L46", "", "L46", "L46"),
    (old(700), StorageRules(days_max=0), "", "", "", ""),
    (old(-3), None, "", "", "", ""),
]


@pytest.mark.parametrize(("figures", "rules", "sale", "void", "refund", "hold"), BOUNDS)
def test_new_payments_stop_at_the_stop_and_voids_behind_the_reserve(
    figures: StorageFigures,
    rules: StorageRules | None,
    sale: str,
    void: str,
    refund: str,
    hold: str,
) -> None:
    """REQ 002-01, 002-02, 002-10: one fen more, one payment more, one byte less, one day more."""
    found = measured(figures, rules)

    codes = [refusal(found, kind, 1) for kind in (SALE, VOID, REFUND, HOLD)]

    assert [sale, void, refund, hold] == codes


def test_amount_itself_counts_towards_the_stop() -> None:
    """A side never overflows its twelve digits, by whatever last payment."""
    found = measured(held(1, minor=899_999_999_000))

    assert ["", "L01"] == [refusal(found, SALE, minor) for minor in (1000, 1001)]


@pytest.mark.parametrize(
    ("figures", "name"),
    [
        (held(448), ""),
        (held(449), "payments"),
        (StorageFigures(debit=SideFigures(1, 810_000_000_000)), "debit amount"),
        (free(256), "free disk"),
        (free(257), ""),
        (old(5), ""),
        (old(6), "days"),
    ],
)
def test_person_is_warned_before_it_is_full(figures: StorageFigures, name: str) -> None:
    """REQ 002-02: the warning band."""
    assert name == nearly_full(measured(figures), SALE, 1)


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        (held(0), Level.OK),
        (held(460), Level.WARNING),
        (held(500), Level.FULL),
        (held(300, 250), Level.EXHAUSTED),
        (free(10), Level.EXHAUSTED),
    ],
)
def test_worst_gauge_gives_the_level(figures: StorageFigures, level: Level) -> None:
    assert level is worst(measured(figures))


@pytest.mark.parametrize(
    "wrong",
    [
        {"side_max": 950},
        {"side_max": 0},
        {"amount_minor_max": 10**12},
        {"warning_percent": 0},
        {"free_mb_min": 300},
        {"days_max": -1},
    ],
)
def test_rules_that_the_wire_cannot_keep_do_not_exist(wrong: dict[str, int]) -> None:
    """Three digits count a side: overflow is refused, never wrapped."""
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for people
        StorageRules(**wrong)
