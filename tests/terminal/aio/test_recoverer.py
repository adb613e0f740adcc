"""Recovering receipts: paper comes back, money stays where it is (REQ 001-08, I10)."""

from __future__ import annotations

import pytest

from protocol.inquiries import PaymentState
from terminal.aio.clerk import Stored
from terminal.documents import CopyKind, Receipt
from terminal.orders import Order, What
from terminal.results import RecoveryResult
from terminal.selection import Selection
from tests.terminal.aio.test_host_pages import ASKING, lost_till
from tests.terminal.copying_host import CopyingHost
from tests.terminal.till import LOST, QUICK, Till, agree, open_till, visa, yuan

MONEY = (
    "payment",
    "follow_up",
    "reversal",
    "advice",
    "batch",
    "settlement",
    "upload",
    "upload_item",
)


async def money_of(till: Till) -> dict[str, list[object]]:
    return {name: list(await till.database.fetch(f"SELECT * FROM {name}")) for name in MONEY}


async def recover(till: Till, wanted: Selection | None = None, **how: bool) -> RecoveryResult:
    compared = await till.terminal.recoverer.compare(wanted or Selection())
    return await till.terminal.recoverer.rebuild(compared, **how)


@pytest.mark.asyncio
async def test_nobody_asks_when_it_is_switched_off() -> None:
    till = await open_till(CopyingHost())

    result = await recover(till)

    assert not QUICK.payment_inquiry
    assert ("refused", "L90") == (result.outcome, result.code)
    assert [] == till.host.heard
    await till.terminal.close()


@pytest.mark.asyncio
async def test_lost_receipts_come_back_and_no_money_table_changes() -> None:
    """I10: bit for bit; and recovering twice gives one."""
    till = await lost_till(3)
    await till.terminal.sign_on()
    before, status = await money_of(till), await till.terminal.status()

    first = await recover(till)
    again = await recover(till)

    assert ("recovered", "L95", 3) == (first.outcome, first.code, len(first.receipts))
    assert ("nothing", "L96", ()) == (again.outcome, again.code, again.receipts)
    assert {"recovered"} == {line.agreement for line in again.payments}
    assert before == await money_of(till)
    after = await till.terminal.status()
    assert (0, 0) == (after.unsettled_count, after.unsettled_minor)
    assert (status.batch, status.mode) == (after.batch, after.mode)
    assert 3 == len(await till.database.fetch("SELECT 1 FROM snapshot"))
    assert () == await till.terminal.verify()
    await till.terminal.close()


@pytest.mark.asyncio
async def test_recovered_receipt_is_found_shown_and_printed_like_any_other() -> None:
    till = await lost_till(2)
    name = (await recover(till, Selection(rrn="000001000003"))).receipts[0]
    clerk = till.terminal.clerk

    chosen = await clerk.find(Order(what=What.ANY, rrn="000001000003"))
    assert isinstance(chosen, Stored)
    assert isinstance(chosen.document, Receipt)
    text = await clerk.preview(chosen)
    assert ("R000001-000003", 2) == (name, text.count("****补录/RECOVERED****"))
    assert () == await till.terminal.paperwork.owed()
    await clerk.reprint(chosen, operator="01")

    jobs = await till.terminal.paperwork.archive.jobs_of(f"{name}/{CopyKind.MERCHANT.value}")
    assert [0, 0] == [job.duplicate for job in jobs], "none was out: the first has no number"
    assert () == await till.terminal.verify()
    await till.terminal.close()


@pytest.mark.asyncio
async def test_receipts_are_owed_at_once_when_they_are_wanted_now() -> None:
    till = await lost_till(1)

    await recover(till, printed=True)

    assert 2 == len(await till.terminal.paperwork.owed())
    await till.terminal.close()


@pytest.mark.parametrize(
    ("wanted", "code", "outcome"),
    [
        (Selection(voucher="000003"), "L92", "nothing"),
        (Selection(authorisation="000050"), "L94", "nothing"),
        (Selection(rrn="000001000004"), "L98", "nothing"),
        (Selection(voucher="000099"), "L91", "declined"),
        (Selection(batch="000099"), "L91", "declined"),
    ],
)
@pytest.mark.asyncio
async def test_payment_that_is_not_lost_is_not_recovered(
    wanted: Selection, code: str, outcome: str
) -> None:
    """000003 is here, 000050 was reversed there and is unknown here, 000004 they tell apart."""
    host = CopyingHost()
    till = await open_till(host, settings=ASKING)
    await till.terminal.sale(yuan("1.00"), visa())
    host.dead["000001", "000050"] = PaymentState.REVERSED
    host.code = "51"
    await till.terminal.sale(yuan("1.00"), visa())
    host.approved["000001", "000004"] = 100

    result = await recover(till, wanted)

    assert (code, outcome, ()) == (result.code, result.outcome, result.receipts)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_number_that_the_host_refused_does_not_hide_what_was_lost() -> None:
    """A sale before the recovery got 94: the host has another payment under that number."""
    host = CopyingHost()
    host.approved["000001", "000002"] = 777
    host.code = "94"
    till = await open_till(host, settings=QUICK)
    refused = await till.terminal.sale(yuan("1.00"), visa())
    await till.terminal.close()
    assert ("declined", "94", "000002") == (refused.outcome, refused.code, refused.stan)

    host.code = "00"
    till = await open_till(host, settings=ASKING)
    result = await recover(till)

    assert ("R000001-000002",) == result.receipts
    await till.terminal.close()


@pytest.mark.asyncio
async def test_what_the_books_learn_in_between_is_not_recovered() -> None:
    till = await lost_till(2)
    compared = await till.terminal.recoverer.compare(Selection())
    await till.terminal.recoverer.rebuild(compared)

    again = await till.terminal.recoverer.rebuild(compared)

    assert () == again.receipts
    await till.terminal.close()


@pytest.mark.asyncio
async def test_numbers_of_recovered_payments_are_never_given_out() -> None:
    """A receipt of a new payment under the same number could not be kept beside it."""
    till = await lost_till(3)
    await recover(till)
    books = till.terminal._desk.books

    stan = await books.next_stan(after="000002", batch="000001")

    assert stan not in {stan for _, stan in till.host.approved}
    await till.terminal.close()


@pytest.mark.asyncio
async def test_batch_of_recovered_payments_alone_is_settled_and_differs() -> None:
    """Nothing here was counted; the upload tells so, and the slip names what only the host has."""
    till = await lost_till(2)
    assert "L16" == (await till.terminal.settle()).code
    await recover(till)

    settled = await till.terminal.settle()

    assert ("closed_unbalanced", 0, 0) == (settled.outcome, settled.count, settled.amount_minor)
    slip = await till.terminal.clerk.preview(
        await till.terminal.clerk.find(Order(what=What.SETTLEMENT))
    )
    assert "000003 消费 1.00 补录" in slip
    assert "异常/待人工(EXCEPTIONS): 2" in slip
    assert () == await till.terminal.verify()
    assert "approved" == (await till.terminal.sale(yuan("1.00"), visa())).outcome
    await till.terminal.close()


@pytest.mark.asyncio
async def test_comparison_of_a_sound_batch_says_so() -> None:
    till = await open_till(CopyingHost(), settings=ASKING)
    await till.terminal.sale(yuan("1.00"), visa())
    till.host.faults = [LOST]
    await till.terminal.sale(yuan("2.00"), visa())

    compared = await till.terminal.recoverer.compare(Selection())

    assert ("L96", "same", ()) == (compared.result.code, compared.result.outcome, compared.lost)
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_payment_that_only_the_till_has_is_told() -> None:
    """REQ 000-10."""
    till = await open_till(CopyingHost(), settings=ASKING)
    await till.terminal.sale(yuan("1.00"), visa())
    till.host.approved.clear()

    compared = await till.terminal.recoverer.compare(Selection())

    assert ["only_here"] == [line.agreement for line in compared.result.payments]
    assert ("L97", "differs") == (compared.result.code, compared.result.outcome)
    await till.terminal.close()
