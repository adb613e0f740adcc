"""The papers that a commit of money carries, as a shop has set them."""

from __future__ import annotations

import msgspec
import pytest

from protocol.kinds import PaymentKind
from protocol.operations import Operation, PaymentReply, UploadReply
from protocol.secrets import ChipData, Pan
from terminal.aio.archive import NOT_TAKEN
from terminal.configuration import Limits, Settings
from terminal.detail import DetailList
from terminal.documents import Document, Receipt, SettlementSlip, read_document
from terminal.orders import Order, What
from terminal.policy import PaperRules
from terminal.presented import Presented
from terminal.totals import COUNTED
from tests.terminal.test_chip_marks import chip
from tests.terminal.till import LOST, QUICK, VISA, Host, Till, open_till, unbalanced, visa, yuan

SINGLE_TRY: Settings = msgspec.structs.replace(
    QUICK,
    limits=Limits(advice_tries_max=1),
    timing=msgspec.structs.replace(QUICK.timing, advice_backoff_s=0.0),
)
READ: Presented = Presented(Pan(VISA), "3012", "051", chip=ChipData(chip()))


def shop_with(**rules: bool) -> Settings:
    """Return quick settings whose paper follows some rules."""
    return msgspec.structs.replace(QUICK, paper=PaperRules(**rules))


async def newest(till: Till, kind: str) -> Document:
    """Return the newest document of a kind."""
    snapshot = await till.terminal.paperwork.archive.last(kind)
    assert snapshot is not None
    return read_document(snapshot.body)


@pytest.mark.asyncio
async def test_receipt_says_what_the_chip_said_and_others_say_nothing() -> None:
    """Paper page, 1: chip lines on the receipts of chip payments, and on no other."""
    till = await open_till()

    await till.terminal.sale(yuan(), READ)
    of_chip = await newest(till, "receipt")
    await till.terminal.sale(yuan(), visa())
    of_keys = await newest(till, "receipt")
    await till.terminal.close()

    assert isinstance(of_chip, Receipt)
    assert isinstance(of_keys, Receipt)
    assert of_chip.chip is not None
    assert ("I", "A000000333010101", "ARQC") == (
        of_chip.entry,
        of_chip.chip.aid,
        of_chip.chip.kind,
    )
    assert ("M", None) == (of_keys.entry, of_keys.chip)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.asyncio
async def test_expiry_line_stands_where_the_shop_wants_it(*, there: bool) -> None:
    """Paper page, 1: 不打印或****; the date itself is on no paper."""
    till = await open_till(settings=shop_with(expiry_line=there))
    await till.terminal.sale(yuan(), visa())
    (copy, *_) = await till.terminal.paperwork.copies("R000001-000002")
    text = await till.terminal.paperwork.preview(copy.document_id)
    await till.terminal.close()

    assert there is ("有效期(EXP DATE): ****" in text)
    assert "3012" not in text


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.asyncio
async def test_slip_names_types_without_payments_where_the_shop_wants_it(*, named: bool) -> None:
    """Paper page, 2: zero rows are hidden by default; what was frozen is what is reprinted."""
    till = await open_till(settings=shop_with(zero_rows=named))
    await till.terminal.sale(yuan(), visa())
    await till.terminal.settle()
    slip = await newest(till, "settlement")
    await till.terminal.close()

    assert isinstance(slip, SettlementSlip)
    assert 1 == sum(row.count for row in slip.rows)
    kinds = {row.kind for row in slip.rows}
    assert (set(COUNTED) if named else {PaymentKind.SALE}) == kinds


def refused(reply: Operation) -> Operation:
    """Turn a reply into a refusal of the item that was sent."""
    assert isinstance(reply, UploadReply | PaymentReply)
    return msgspec.structs.replace(reply, code="30")


async def listed(till: Till, batch: str = "000001") -> DetailList:
    """Return the detail list of a batch, as it is ordered."""
    chosen = await till.terminal.clerk.find(Order(what=What.LIST, batch=batch))
    view = getattr(chosen, "view", None)
    assert isinstance(view, DetailList)
    return view


@pytest.mark.asyncio
async def test_detail_list_names_what_the_upload_left_behind() -> None:
    """Paper page, 3: UNSUCC LIST and DENIED LIST; when all is taken there is none."""
    till = await open_till()
    await unbalanced(till, 3)
    till.host.faults = [None, refused, LOST, None, *([refused, LOST] * 20)]
    await till.terminal.settle()
    before = await listed(till)
    till.host.faults = []
    await till.terminal.settle()
    after = await listed(till)
    await till.terminal.close()

    assert [("000002", "30", True), ("000003", "L21", False)] == [
        (one.stan, one.code, one.denied) for one in before.not_taken
    ]
    assert (3, 3, ()) == (len(before.receipts), len(after.receipts), after.not_taken)


@pytest.mark.asyncio
async def test_detail_list_names_advices_that_got_no_yes() -> None:
    """Paper page, 3: what the host refused is denied, what it did not answer is unsuccessful."""
    host = Host(refuses={PaymentKind.OFFLINE_SALE: "51"})
    till = await open_till(host, settings=SINGLE_TRY)
    await till.terminal.sale(yuan(), visa())
    await till.terminal.offline_sale(yuan("5.00"), visa())
    await till.terminal.recover()
    await till.terminal.offline_sale(yuan("6.00"), visa())
    host.faults = [LOST] * 9
    await till.terminal.recover()
    view = await listed(till)
    await till.terminal.close()

    assert [(True, 500, "51"), (False, 600, "L21")] == [
        (one.denied, one.amount_minor, one.code) for one in view.not_taken
    ]
    assert {"411111******1111"} == {one.card for one in view.not_taken}


@pytest.mark.asyncio
async def test_what_is_not_taken_is_looked_for_in_one_batch() -> None:
    """REQ 000-16: the plan of the query scans no table but the queue of advices, which is short."""
    till = await open_till()
    rows = await till.database.fetch(f"EXPLAIN QUERY PLAN {NOT_TAKEN}", ("1", "1", "1"))
    await till.terminal.close()

    plan = [str(row[3]) for row in rows]
    assert [] == [step for step in plan if step.startswith("SCAN") and step != "SCAN a"]
