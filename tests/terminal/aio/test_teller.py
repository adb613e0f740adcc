"""Refunds, completions told as advice, offline sales and adjustments, on both sides' books."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from protocol.kinds import PaymentKind
from protocol.operations import PaymentRequest
from terminal.configuration import Limits
from terminal.documents import FaultReason, FaultSlip, read_document
from terminal.intent import Voucher
from tests.terminal.till import LOST, QUICK, Host, Till, agree, open_till, visa, yuan

IMPATIENT = msgspec.structs.replace(
    QUICK,
    limits=Limits(advice_tries_max=1),
    timing=msgspec.structs.replace(QUICK.timing, advice_backoff_s=0.0),
)


def advices(till: Till) -> list[PaymentRequest]:
    """Return what was told, in order."""
    told = (one for one in till.host.heard if isinstance(one, PaymentRequest))
    return [one for one in told if one.kind in (PaymentKind.REFUND, PaymentKind.OFFLINE_SALE)]


@pytest.mark.asyncio
async def test_refund_gives_back_part_after_part_but_never_more() -> None:
    """L62: the sum of refunds stays within the sale, also after its batch is closed."""
    till = await open_till()
    sold = await till.terminal.sale(yuan("10.00"), visa())
    first = await till.terminal.refund(Voucher(sold.stan), amount=yuan("4.00"))
    settled = await till.terminal.settle()

    too_much = await till.terminal.refund(Voucher(rrn=sold.rrn), amount=yuan("6.01"))
    rest = await till.terminal.refund(Voucher(rrn=sold.rrn))
    nothing = await till.terminal.refund(Voucher(rrn=sold.rrn))

    assert (first.outcome, settled.amount_minor) == ("approved", 600)
    assert (too_much.outcome, too_much.code) == ("refused", "L62")
    assert (rest.outcome, rest.amount_minor, nothing.code) == ("approved", 600, "L62")
    assert (await till.terminal.settle()).amount_minor == -600
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_unlinked_refund_is_refused() -> None:
    """REQ 003-05: a refund names the payment it gives back."""
    till = await open_till()

    result = await till.terminal.refund(Voucher(rrn="999999999999"))

    assert (result.outcome, result.code, till.host.heard) == ("refused", "L08", [])
    await till.terminal.close()


@pytest.mark.asyncio
async def test_unanswered_refund_is_told_again_until_it_is_answered(tmp_path: Path) -> None:
    """A2: 0221 identical, across restarts; it is neither reversed nor forgotten."""
    path, host = str(tmp_path / "terminal.db"), Host()
    till = await open_till(host, path=path, settings=IMPATIENT)
    sold = await till.terminal.sale(yuan(), visa())
    host.faults = [LOST]
    refund = await till.terminal.refund(Voucher(sold.stan))
    status = await till.terminal.status()
    host.faults = [LOST]
    await till.terminal.recover()
    await till.pull_plug()

    till = await open_till(host, path=path, settings=IMPATIENT)
    again = await till.terminal.refund(Voucher(sold.stan))
    await till.terminal.recover()

    assert (refund.outcome, refund.code, status.advices_waiting) == ("waiting", "L61", 1)
    assert again.code == "L62"
    first, *repeats = advices(till)
    assert [one.repeat for one in repeats] == [True, True]
    assert {msgspec.structs.replace(one, repeat=False) for one in repeats} == {first}
    assert [line.outcome for line in await till.terminal.payments(limit=1)] == ["approved"]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_settlement_waits_until_every_advice_is_answered() -> None:
    """S1, L66: nothing is frozen while the host does not know everything."""
    till = await open_till(settings=IMPATIENT)
    sold = await till.terminal.sale(yuan(), visa())
    till.host.faults = [LOST, LOST]
    await till.terminal.refund(Voucher(sold.stan))

    refused = await till.terminal.settle()
    closed = await till.terminal.settle()

    assert (refused.outcome, refused.code) == ("refused", "L66")
    assert (closed.outcome, closed.count, closed.amount_minor) == ("closed_balanced", 2, 0)
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_offline_sale_stands_at_once_and_is_told_before_the_settlement() -> None:
    """Its receipt is there while nobody can be reached; 脱机交易 stands on it."""
    till = await open_till(Host(unreachable=99))
    sold = await till.terminal.offline_sale(yuan(), visa())
    body = (await till.database.fetch("SELECT body FROM snapshot"))[0][0]
    heard = list(till.host.heard)
    till.host.unreachable = 0

    settled = await till.terminal.settle()

    assert (sold.outcome, sold.code, heard) == ("waiting", "L67", [])
    assert '["脱机交易","OFFLINE",""]' in body
    assert till.host.mtis() == ["SignOn", "PaymentRequest", "Settlement"]
    assert (settled.outcome, settled.count) == ("closed_balanced", 1)
    assert len(await till.database.fetch("SELECT * FROM snapshot")) == 2
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_offline_sale_has_its_own_limit() -> None:
    """L15: nobody asked the issuer, so the shop risks less."""
    till = await open_till()

    result = await till.terminal.offline_sale(yuan("1000.01"), visa())

    assert (result.outcome, result.code) == ("refused", "L15")
    await till.terminal.close()


@pytest.mark.asyncio
async def test_refused_advice_is_an_exception_on_the_slip() -> None:
    """It counts on neither side, and a person sees it."""
    till = await open_till(Host(refuses={PaymentKind.OFFLINE_SALE: "51"}))
    await till.terminal.sale(yuan("1.00"), visa())
    sold = await till.terminal.offline_sale(yuan(), visa())

    settled = await till.terminal.settle()

    slip = await till.database.fetch("SELECT body FROM snapshot WHERE document_id = 'S000001'")
    assert (settled.outcome, settled.count) == ("closed_balanced", 1)
    assert '"exceptions":1' in slip[0][0]
    assert f"{sold.stan} 离线 51 余额不足" in slip[0][0]
    assert f"{sold.stan} OFFLINE 51 insufficient funds" in slip[0][0]
    assert ("51", "declined") in till.told()
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_refused_offline_sale_asks_a_person_by_a_fault_slip() -> None:
    """Paper page, section 4: its receipt is out, so somebody must set it right."""
    till = await open_till(Host(refuses={PaymentKind.OFFLINE_SALE: "51"}))
    await till.terminal.sale(yuan("1.00"), visa())
    sold = await till.terminal.offline_sale(yuan(), visa())

    await till.terminal.settle()

    (found,) = await till.database.fetch("SELECT body FROM snapshot WHERE kind = 'fault'")
    slip = read_document(found[0])
    assert isinstance(slip, FaultSlip)
    assert ("51", FaultReason.ADVICE_REFUSED) == (slip.code, slip.reason)
    assert (sold.batch, sold.stan, 1234) == (slip.batch, slip.stan, slip.amount_minor)
    owed = [one.document_id for one in await till.terminal.paperwork.owed()]
    assert f"F{sold.batch}-{sold.stan}" in owed
    await till.terminal.close()


@pytest.mark.asyncio
async def test_advices_are_told_in_the_order_in_which_they_happened() -> None:
    """The first one unanswered ends the round: nothing overtakes it."""
    till = await open_till(settings=IMPATIENT)
    await till.terminal.sign_on()
    first = await till.terminal.offline_sale(yuan("1.00"), visa())
    second = await till.terminal.offline_sale(yuan("2.00"), visa())
    till.host.faults = [LOST]

    await till.terminal.recover()
    await till.terminal.recover()

    assert [one.stan for one in advices(till)] == [first.stan, first.stan, second.stan]
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_completion_advice_and_adjustment_count_as_payments_of_their_own() -> None:
    till = await open_till()
    held = await till.terminal.preauthorise(yuan("100.00"), visa())
    sold = await till.terminal.sale(yuan("20.00"), visa())

    completed = await till.terminal.complete(
        Voucher(held.stan), kind=PaymentKind.COMPLETION_ADVICE, amount=yuan("90.00")
    )
    tip = await till.terminal.adjust(Voucher(sold.stan), yuan("3.00"))
    void = await till.terminal.void(Voucher(sold.stan))

    assert [completed.outcome, tip.outcome, void.code] == ["approved", "approved", "L65"]
    assert (await till.terminal.settle()).amount_minor == 11300
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_every_kind_is_uploaded_in_the_prescribed_order() -> None:
    """Messages page, section 5: offline, online detail, refunds, completion advices."""
    till = await open_till()
    await till.terminal.offline_sale(yuan("1.00"), visa())
    held = await till.terminal.preauthorise(yuan("100.00"), visa())
    advice = PaymentKind.COMPLETION_ADVICE
    await till.terminal.complete(Voucher(held.stan), kind=advice)
    sold = await till.terminal.sale(yuan("20.00"), visa())
    await till.terminal.refund(Voucher(sold.stan), amount=yuan("5.00"))
    other = await till.terminal.sale(yuan("7.00"), visa())
    await till.terminal.void(Voucher(other.stan))
    del till.host.approved["000001", other.stan]

    settled = await till.terminal.settle()

    items = [one for one in till.host.heard if type(one).__name__ == "UploadItem"]
    assert [getattr(one, "kind", None) for one in items] == [
        PaymentKind.OFFLINE_SALE,
        PaymentKind.SALE,
        PaymentKind.SALE,
        PaymentKind.VOID,
        PaymentKind.REFUND,
        PaymentKind.COMPLETION_ADVICE,
    ]
    assert settled.outcome == "closed_unbalanced"
    await agree(till)
    await till.terminal.close()
