"""F48 of a settlement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.amount import AMOUNT_MINOR_MAX
from protocol.errors import StructureError
from protocol.operations import ReconciliationResult
from protocol.structures.totals import SIDE_COUNT_MAX, CardTotals, SettlementTotals

amounts = st.integers(0, AMOUNT_MINOR_MAX)
counts = st.integers(0, SIDE_COUNT_MAX)
card_totals = st.builds(
    CardTotals,
    debit_amount=amounts,
    debit_count=counts,
    credit_amount=amounts,
    credit_count=counts,
    reply_code=st.sampled_from("0123456789"),
)
VALUE = "000000012345002000000001000001" + "1" + "000000000000000000000000000000" + "2"


@given(st.builds(SettlementTotals, domestic=card_totals, foreign=card_totals))
def test_totals_come_back_from_62_digits(totals: SettlementTotals) -> None:
    value = totals.build()

    assert (62, totals) == (len(value), SettlementTotals.parse(value))


def test_totals_stand_where_the_table_says() -> None:
    totals = SettlementTotals.parse(VALUE)

    assert totals.domestic == CardTotals(
        debit_amount=12345, debit_count=2, credit_amount=1000, credit_count=1, reply_code="1"
    )
    assert totals.domestic.result is ReconciliationResult.IN_BALANCE
    assert totals.foreign.result is ReconciliationResult.OUT_OF_BALANCE
    assert VALUE == totals.build()


@pytest.mark.parametrize("code", "0456789")
def test_other_reply_code_is_no_verdict(code: str) -> None:
    """Only 1, 2 and 3 say something; whatever else comes closes no batch."""
    assert CardTotals(reply_code=code).result is None


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"debit_count": 1000}, "F48 at character 12: debit count is 0 to 999"),
        ({"credit_count": 1000}, "F48 at character 27: credit count is 0 to 999"),
        ({"debit_amount": 10**12}, "F48 at character 0: debit amount is 0 to 999999999999"),
        ({"credit_amount": -1}, "F48 at character 15: credit amount is 0 to 999999999999"),
    ],
)
def test_totals_are_refused_and_never_wrapped(wrong: dict[str, int], problem: str) -> None:
    """REQ 002-01: the thousandth payment of a side has no room."""
    with pytest.raises(ValueError, match=f"^{problem}$"):
        CardTotals(**wrong)


def test_reply_code_is_one_digit() -> None:
    for code in ("", "12", "A", "\N{SUPERSCRIPT TWO}"):
        with pytest.raises(ValueError, match="reply code"):
            CardTotals(reply_code=code)


@pytest.mark.parametrize(
    ("value", "position"),
    [
        ("0" * 61, 61),
        ("0" * 63, 62),
        ("0" * 11 + "A" + "0" * 50, 0),
        ("0" * 43 + "1 2" + "0" * 16, 43),
        ("", 0),
    ],
)
def test_wrong_totals_are_a_field_error(value: str, position: int) -> None:
    with pytest.raises(StructureError) as caught:
        SettlementTotals.parse(value)

    assert (caught.value.field, caught.value.position) == (48, position)
