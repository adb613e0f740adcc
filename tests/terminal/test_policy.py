from __future__ import annotations

import pytest

from terminal.documents import CopyKind, Document
from terminal.policy import PaperRules, Role
from terminal.print_outcome import As
from tests.terminal.samples import receipt, settlement

STRICT = PaperRules(reprints_max=2, age_days_max=30, settlement_by_cashier=False)


@pytest.mark.parametrize(
    ("document", "duplicate", "age_days", "as_what", "code"),
    [
        (receipt(), 2, 30, As.DUPLICATE, ""),
        (receipt(), 3, 0, As.DUPLICATE, "L55"),
        (receipt(), 1, 31, As.DUPLICATE, "L55"),
        (receipt(), 0, 31, As.DUPLICATE, ""),
        (receipt(), 0, 0, As.ORIGINAL, "L07"),
        (settlement(), 1, 0, As.DUPLICATE, "L07"),
        (settlement(), 0, 0, As.DUPLICATE, ""),
    ],
)
def test_rules_bind_a_cashier_and_not_a_supervisor(
    document: Document, duplicate: int, age_days: int, as_what: As, code: str
) -> None:
    """REQ 001-12, 001-15, 000-14: number, age and role; the first paper is always owed."""
    said = [
        STRICT.refusal(document, role, duplicate=duplicate, age_days=age_days, as_what=as_what)
        for role in (Role.CASHIER, Role.SUPERVISOR)
    ]

    assert [code, ""] == said


def test_operator_is_a_cashier_unless_listed() -> None:
    assert [Role.SUPERVISOR, Role.CASHIER] == [PaperRules().role_of(one) for one in ("00", "01")]


@pytest.mark.parametrize(
    "copies",
    [(), (CopyKind.MERCHANT, CopyKind.MERCHANT), (CopyKind.SETTLEMENT,)],
)
def test_copies_of_a_receipt_are_each_listed_once(copies: tuple[CopyKind, ...]) -> None:
    with pytest.raises(ValueError, match="cop"):
        PaperRules(copies=copies)


def test_numbers_are_not_negative() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        PaperRules(reprints_max=-1)
