"""Which payments are asked for, and what of an answer is meant."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal.selection import Selection
from tests.terminal.copies import known


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (Selection(), ""),
        (Selection(batch="000012", voucher="000345"), ""),
        (Selection(rrn="60021000034A", authorisation="12345A"), ""),
        (Selection(batch="12"), "a batch is six digits, like 000012"),
        (Selection(batch="000000"), "a batch is six digits, like 000012"),
        (Selection(voucher="00034X"), "a voucher is six digits, like 000012"),
        (Selection(voucher="٣٤٥٦٧٨"), "a voucher is six digits, like 000012"),
        (Selection(rrn="6" * 13), "a reference number has at most 12 letters and digits"),
        (Selection(rrn="6-1"), "a reference number has at most 12 letters and digits"),
        (Selection(authorisation="1234567"), "an authorisation code has at most 6"),
    ],
)
def test_selection_says_what_cannot_be_asked(wanted: Selection, problem: str) -> None:
    assert wanted.problem.startswith(problem)
    assert bool(problem) == bool(wanted.problem)


@pytest.mark.parametrize(
    "other", [{"batch": "000013"}, {"stan": "000346"}, {"rrn": "1"}, {"authorisation": "1"}]
)
def test_answer_about_another_payment_is_not_meant(other: dict[str, str]) -> None:
    payment = known()
    wanted = Selection(
        batch=payment.batch,
        voucher=payment.stan,
        rrn=payment.rrn,
        authorisation=payment.authorisation,
    )

    assert wanted.means(payment)
    assert Selection().means(payment)
    assert not wanted.means(replace(payment, **other))
