"""F54: additional amounts."""

from __future__ import annotations

import pytest

from protocol.amount import Amount
from protocol.errors import StructureError
from protocol.structures.balances import AmountType, Balance, Balances, Sign

ONE = Balance(amount=Amount(12345), account_type="10")


def test_balance_takes_twenty_characters() -> None:
    balances = Balances((ONE,))

    assert "1002156C000000012345" == balances.build()
    assert balances == Balances.parse(balances.build())


def test_balances_stand_side_by_side() -> None:
    owed = Balance(
        amount=Amount(1, "840"),
        sign=Sign.DEBIT,
        account_type="30",
        amount_type=AmountType.LEDGER_BALANCE.value,
    )
    balances = Balances((ONE, owed))

    assert balances.build().endswith("3001840D000000000001")
    assert balances == Balances.parse(balances.build())


@pytest.mark.parametrize(
    ("value", "position", "problem"),
    [
        ("", 0, "1 to 6 amounts"),
        ("1002156C00000001234", 8, "amount has 12 characters, not 11"),
        ("1002156X000000012345", 7, "sign is C or D"),
        ("1002156C000000012345" + "10A2156C000000012345", 22, "amount type holds"),
        ("1002156C000000012345" * 7, 0, "1 to 6 amounts"),
    ],
)
def test_wrong_balance_is_a_field_error(value: str, position: int, problem: str) -> None:
    with pytest.raises(StructureError, match=problem) as caught:
        Balances.parse(value)

    assert (caught.value.field, caught.value.position) == (54, position)


def test_wrong_balance_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="account type"):
        Balance(amount=Amount(1), account_type="1")
    with pytest.raises(ValueError, match="currency"):
        Balance(amount=Amount(1, "CNY"))
    with pytest.raises(ValueError, match="1 to 6"):
        Balances(())
