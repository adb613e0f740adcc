"""Voids, pre-authorisations and completions, from the wish to the books of both sides."""

from __future__ import annotations

import pytest

from protocol.kinds import PaymentKind
from protocol.operations import Card, OriginalPayment, PaymentRequest, Reversal
from protocol.secrets import Pan
from terminal.intent import Voucher
from terminal.results import PaymentResult
from tests.terminal.till import LOST, Till, agree, open_till, visa, yuan

MASTERCARD = Card(Pan("5555555555554444"), "3012")


def of(payment: PaymentResult) -> Voucher:
    return Voucher(payment.stan)


async def void_of_a_sale(till: Till) -> tuple[PaymentResult, PaymentResult]:
    sold = await till.terminal.sale(yuan(), visa())
    return sold, await till.terminal.void(of(sold))


@pytest.mark.asyncio
async def test_void_takes_a_sale_back_and_changes_nothing_of_it() -> None:
    """The void is a payment of its own, named by its original; the sale's row stays."""
    till = await open_till()

    sold, voided = await void_of_a_sale(till)

    assert (voided.outcome, voided.kind, voided.original) == (
        "approved",
        "void",
        f"000001-{sold.stan}",
    )
    asked = till.host.heard[-1]
    assert isinstance(asked, PaymentRequest)
    sale = till.host.heard[1]
    assert asked.original == OriginalPayment(
        "0200",
        sold.stan,
        sale.stamp.transmission,
        "000001",
        sold.rrn,
        sold.authorisation,
        sale.stamp.date,
    )
    assert asked.card.pan == visa().pan
    lines = await till.terminal.payments()
    assert [(line.kind, line.outcome, line.voided) for line in lines] == [
        ("void", "approved", False),
        ("sale", "approved", True),
    ]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_voided_sale_and_its_void_both_count() -> None:
    """Print both sections: one debit, one credit, net nothing."""
    till = await open_till()
    await void_of_a_sale(till)

    result = await till.terminal.settle()

    assert (result.outcome, result.count, result.amount_minor) == ("closed_balanced", 2, 0)
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_void_that_gets_no_answer_is_undone_and_the_sale_stands() -> None:
    """T6: the reversal of a void restores the sale; it may be voided again."""
    till = await open_till()
    sold = await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST]

    lost = await till.terminal.void(of(sold))
    again = await till.terminal.void(of(sold))

    assert (lost.outcome, again.outcome) == ("reversed", "approved")
    undo = till.host.heard[-2]
    assert isinstance(undo, Reversal)
    assert (undo.kind, undo.original.stan) == (PaymentKind.VOID, lost.stan)
    assert undo.earlier is not None
    assert (undo.earlier.stan, undo.advice) == (sold.stan, False)
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_void_is_refused_with_its_code_and_nothing_is_sent() -> None:
    """REQ 004-04: L08, L10, L12, L13; no STAN is used up."""
    till = await open_till()
    sold, _ = await void_of_a_sale(till)
    other = await till.terminal.sale(yuan("5.00"), visa())
    heard, stan = len(till.host.heard), (await till.terminal.status()).last_stan

    codes = [
        (await till.terminal.void(Voucher("000999"))).code,
        (await till.terminal.void(of(sold))).code,
        (await till.terminal.void(of(other), amount=yuan("4.99"))).code,
        (await till.terminal.void(of(other), card=MASTERCARD)).code,
        (await till.terminal.void(of(other), kind=PaymentKind.COMPLETION_VOID)).code,
    ]

    assert codes == ["L08", "L10", "L12", "L13", "L60"]
    assert (len(till.host.heard), (await till.terminal.status()).last_stan) == (heard, stan)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_void_after_settlement_says_refund_instead() -> None:
    """L11: the batch is closed, on both sides."""
    till = await open_till()
    sold = await till.terminal.sale(yuan(), visa())
    await till.terminal.settle()

    result = await till.terminal.void(of(sold))

    assert (result.outcome, result.code, result.next_en) == (
        "refused",
        "L11",
        "Make a refund instead",
    )
    await till.terminal.close()


@pytest.mark.asyncio
async def test_voucher_is_found_by_the_reference_of_the_host() -> None:
    till = await open_till()
    sold = await till.terminal.sale(yuan(), visa())

    voided = await till.terminal.void(Voucher(rrn=sold.rrn))

    assert voided.original == f"000001-{sold.stan}"
    await till.terminal.close()


@pytest.mark.asyncio
async def test_completion_is_settled_and_its_preauthorisation_is_not() -> None:
    """A pre-authorisation counts on neither side and outlives the batch."""
    till = await open_till()
    held = await till.terminal.preauthorise(yuan("100.00"), visa())
    await till.terminal.sale(yuan("1.00"), visa())
    first = await till.terminal.settle()

    completed = await till.terminal.complete(of(held), amount=yuan("80.00"))
    again = await till.terminal.complete(of(held))
    second = await till.terminal.settle()

    assert (first.count, first.amount_minor) == (1, 100)
    assert (completed.outcome, completed.kind) == ("approved", "completion")
    assert again.code == "L64"
    assert (second.outcome, second.count, second.amount_minor) == ("closed_balanced", 1, 8000)
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_voided_completion_may_be_completed_again() -> None:
    till = await open_till()
    held = await till.terminal.preauthorise(yuan("100.00"), visa())
    completed = await till.terminal.complete(of(held))

    voided = await till.terminal.void(of(completed), kind=PaymentKind.COMPLETION_VOID)
    again = await till.terminal.complete(of(held))
    too_late = await till.terminal.void(of(held), kind=PaymentKind.PREAUTHORISATION_VOID)

    assert (voided.outcome, again.outcome, too_late.code) == ("approved", "approved", "L64")
    assert (await till.terminal.settle()).amount_minor == 10000
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_preauthorisation_is_given_back_by_its_void() -> None:
    till = await open_till()
    held = await till.terminal.preauthorise(yuan("100.00"), visa())

    voided = await till.terminal.void(of(held), kind=PaymentKind.PREAUTHORISATION_VOID)

    assert voided.outcome == "approved"
    assert (await till.terminal.complete(of(held))).code == "L10"
    assert (await till.terminal.settle()).code == "L16"
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_receipt_of_a_void_names_the_original() -> None:
    """备注: the voucher that was voided."""
    till = await open_till()
    sold, voided = await void_of_a_sale(till)

    body = await till.database.fetch(
        "SELECT body FROM snapshot WHERE document_id = ?", (f"R000001-{voided.stan}",)
    )

    assert f'["原凭证号","ORIG VOUCHER","{sold.stan}"]' in body[0][0]
    await till.terminal.close()
