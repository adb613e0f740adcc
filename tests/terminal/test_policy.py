from __future__ import annotations

import msgspec
import pytest

from terminal.documents import CopyKind, Document
from terminal.policy import CardShown, PaperRules, Role
from terminal.print_outcome import As
from tests.terminal.samples import receipt, settlement
from tests.terminal.till import QUICK, open_till, visa, yuan

STRICT = PaperRules(reprints_max=2, age_days_max=30, settlement_by_cashier=False)


def test_shop_shows_of_a_card_what_its_law_allows() -> None:
    """Paper page: some jurisdictions allow the last four digits only."""
    assert "411111******1111" == PaperRules().shown("411111******1111")
    assert "************1111" == PaperRules(card=CardShown.LAST_FOUR).shown("411111******1111")


@pytest.mark.parametrize("letters", [{"5": "I"}, {"05": "chip"}, {"05": "1"}, {"ab": "I"}])
def test_entry_letters_that_say_nothing_are_refused(letters: dict[str, str]) -> None:
    """REQ 003-07."""
    with pytest.raises(ValueError, match="two digits, one letter"):
        PaperRules(entry_letters=letters)


@pytest.mark.asyncio
async def test_receipt_shows_the_card_and_its_letter_as_the_shop_wants() -> None:
    rules = PaperRules(card=CardShown.LAST_FOUR, entry_letters={"01": "K"})
    till = await open_till(settings=msgspec.structs.replace(QUICK, paper=rules))

    await till.terminal.sale(yuan(), visa())

    paper = await till.terminal.paperwork.preview("R000001-000002")
    assert "************1111 /K" in paper
    assert "411111" not in paper
    await till.terminal.close()


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
