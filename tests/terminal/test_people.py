from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from terminal.people import (
    DEFAULT_PASSWORDS,
    PERMISSIONS,
    Act,
    Leave,
    PeopleRules,
    Rank,
    Session,
    is_number,
    may_manage,
    may_unlock,
    password_problem,
    rank_of,
)

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

MATRIX = {
    # act: cashier alone, cashier and 00, 00 alone, 00 and 99, 99 alone, 99 and 00
    Act.SELL: (1, 1, 0, 0, 0, 0),
    Act.VOID: (1, 1, 0, 0, 0, 0),
    Act.REFUND: (0, 1, 0, 0, 0, 0),
    Act.SIGN: (1, 1, 1, 1, 0, 0),
    Act.SETTLE: (1, 1, 1, 1, 0, 0),
    Act.FORCE_CLOSE: (0, 0, 0, 1, 0, 1),
    Act.RECOVER: (1, 1, 1, 1, 1, 1),
    Act.REPRINT: (1, 1, 1, 1, 0, 0),
    Act.PRINT_JOBS: (1, 1, 1, 1, 0, 0),
    Act.LOOK: (1, 1, 1, 1, 1, 1),
    Act.REBUILD: (0, 0, 1, 1, 1, 1),
    Act.CHANGE_SETTINGS: (0, 0, 0, 0, 1, 1),
    Act.MANAGE_PEOPLE: (0, 0, 1, 1, 1, 1),
    Act.READ_AUDIT: (0, 0, 1, 1, 1, 1),
    Act.SWITCH_OFF: (0, 0, 0, 0, 1, 1),
}
PEOPLE = (("01", ""), ("01", "00"), ("00", ""), ("00", "99"), ("99", ""), ("99", "00"))


def test_matrix_knows_every_act_and_every_rank() -> None:
    assert set(Act) == set(MATRIX) == set(PERMISSIONS)
    assert all(set(Rank) == set(row) for row in PERMISSIONS.values())


@pytest.mark.parametrize("act", Act)
def test_act_is_permitted_to_those_whom_the_matrix_names(act: Act) -> None:
    """REQ 000-14, 002-03: the permission matrix, by table."""
    allowed = [not PeopleRules().refusal(act, first, second) for first, second in PEOPLE]

    assert [bool(one) for one in MATRIX[act]] == allowed


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("00", "00", "L79"),
        ("00", "01", "L79"),
        ("00", "", "L79"),
        ("01", "00", "L07"),
        ("00", "99", ""),
    ],
)
def test_two_people_are_two_and_the_second_is_no_cashier(
    first: str, second: str, code: str
) -> None:
    """The two-person rule of a forced close."""
    assert code == PeopleRules().refusal(Act.FORCE_CLOSE, first, second)


def test_shop_decides_about_refunds_and_settling() -> None:
    shop = PeopleRules(refund_alone=True, settle_by_cashier=False)

    assert Leave.ALONE is shop.leave(Act.REFUND, Rank.CASHIER)
    assert Leave.NO is shop.leave(Act.REFUND, Rank.SUPERVISOR)
    assert ("L07", "") == (shop.refusal(Act.SETTLE, "01"), shop.refusal(Act.SETTLE, "00"))


@pytest.mark.parametrize(
    ("number", "password", "good"),
    [
        ("01", "4711", True),
        ("01", "471", False),
        ("01", "0000", False),
        ("01", "5555", False),
        ("01", "12ab", False),
        ("01", "", False),
        ("00", "4711", False),
        ("00", "471147", True),
        ("00", "123456", False),
        ("99", "471147", False),
        ("99", "47114711", True),
        ("99", "12345678", False),
        ("01", "1" + "2" * 16, False),
    ],
)
def test_password_is_digits_enough_of_them_and_no_default(
    number: str, password: str, *, good: bool
) -> None:
    """REQ 000-17."""
    assert good is (password_problem(number, password) == "")


def test_every_default_is_refused_as_a_password() -> None:
    assert all(password_problem("01", one) for one in DEFAULT_PASSWORDS.values())


def test_session_ends_by_idling_and_when_the_clock_goes_back() -> None:
    session = Session("01", NOON)

    assert session.alive(NOON + timedelta(seconds=299), 300)
    assert not session.alive(NOON + timedelta(seconds=300), 300)
    assert not session.alive(NOON - timedelta(seconds=1), 300)
    assert session.used(NOON + timedelta(seconds=299)).alive(NOON + timedelta(seconds=598), 300)


def test_numbers_are_two_digits_and_make_the_rank() -> None:
    assert [True, False, False, False] == [is_number(one) for one in ("07", "7", "007", "ab")]
    ranks = [rank_of(one) for one in ("00", "99", "01", "98")]
    assert [Rank.SUPERVISOR, Rank.ADMINISTRATOR, Rank.CASHIER, Rank.CASHIER] == ranks


def test_supervisor_manages_cashiers_and_unlocks_the_administrator() -> None:
    """Three wrong tries lock nobody out for ever."""
    assert [True, False, False] == [may_manage(by="00", number=one) for one in ("01", "00", "99")]
    assert may_manage(by="99", number="00")
    assert not may_manage(by="01", number="02")
    assert [True, True] == [
        may_unlock(by="00", number="99"),
        may_unlock(by="99", number="00"),
    ]
    assert not may_unlock(by="99", number="99")
