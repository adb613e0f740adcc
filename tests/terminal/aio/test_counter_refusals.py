"""Voids and refunds that may not be: each has its own code, its words, and its next step."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.operations import Card
from protocol.secrets import Pan
from terminal.intent import Voucher
from tests.terminal.till import LOST, Till, agree, open_till, visa, yuan

OTHER_CARD = Card(Pan("5555555555554444"))
SOLD, VOIDED, HELD = "000002", "000003", "000005"


async def _open_day() -> Till:
    """Return a terminal with a sale, a voided one, and a hold."""
    till = await open_till()
    for amount in ("5.00", "6.00"):
        await till.terminal.sale(yuan(amount), visa())
    await till.terminal.void(Voucher(VOIDED))
    await till.terminal.preauthorise(yuan("7.00"), visa())
    return till


@pytest.mark.parametrize(
    ("flow", "words", "code", "next_zh", "next_en"),
    [
        ("void", {"voucher": "000099"}, "L08", "请核对凭证号", "Check the voucher number"),
        ("refund", {"voucher": "000099"}, "L08", "请核对凭证号", "Check the voucher number"),
        ("void", {"voucher": VOIDED}, "L10", "无需再次撤销", "Nothing is left to undo"),
        ("refund", {"voucher": VOIDED}, "L10", "无需再次撤销", "Nothing is left to undo"),
        (
            "void",
            {"voucher": SOLD, "amount": yuan("4.99")},
            "L12",
            "请核对金额",
            "Check the amount",
        ),
        ("void", {"voucher": SOLD, "card": OTHER_CARD}, "L13", "请使用原卡", "Use the same card"),
        ("refund", {"voucher": SOLD, "card": OTHER_CARD}, "L13", "请使用原卡", "Use the same card"),
        ("refund", {"voucher": SOLD, "amount": yuan("5.01")}, "L62", "请核对", "Refund at most"),
        ("void", {"voucher": HELD}, "L60", "请核对凭证号", "Check the voucher number"),
        ("complete", {"voucher": HELD, "amount": yuan("9.00")}, "L63", "请核对", "Complete for"),
    ],
)
@pytest.mark.asyncio
async def test_refusal_says_why_and_what_to_do(
    flow: str, words: dict[str, Any], code: str, next_zh: str, next_en: str
) -> None:
    """REQ 004-04: nothing is sent, no number is used up, and a person knows what to do."""
    till = await _open_day()
    heard, status = len(till.host.heard), await till.terminal.status()
    wish = {**words, "voucher": Voucher(words["voucher"])}

    result = await getattr(till.terminal, flow)(**wish)

    assert ("refused", code) == (result.outcome, result.code)
    assert (result.zh, result.en) != ("", "")
    assert result.next_zh.startswith(next_zh)
    assert result.next_en.startswith(next_en)
    assert (heard, status) == (len(till.host.heard), await till.terminal.status())
    await till.terminal.close()


@pytest.mark.asyncio
async def test_void_after_settlement_says_refund_instead() -> None:
    """L11, 请使用退货: and the refund is then done."""
    till = await open_till()
    sold = await till.terminal.sale(yuan("5.00"), visa())
    await till.terminal.settle()

    late = await till.terminal.void(Voucher(sold.stan))
    given = await till.terminal.refund(Voucher(sold.stan))

    assert ("L11", "请使用退货") == (late.code, late.next_zh)
    assert "Make a refund instead" == late.next_en
    assert "approved" == given.outcome
    await agree(till)
    await till.terminal.close()


@pytest.mark.asyncio
async def test_voucher_number_of_two_batches_is_ambiguous() -> None:
    """L09: a refund reaches back, so it wants the batch when two have the number."""
    till = await open_till()
    await till.terminal.sale(yuan("5.00"), visa())
    await till.terminal.settle()
    await _go_round(till)
    await till.terminal.sale(yuan("5.00"), visa())

    vague = await till.terminal.refund(Voucher("000002"))
    clear = await till.terminal.refund(Voucher("000002", "000001"))

    assert ("L09", "refused") == (vague.code, vague.outcome)
    assert "by its batch" in vague.next_en
    assert "批次号" in vague.next_zh
    assert ("approved", "000001-000002") == (clear.outcome, clear.original)
    await till.terminal.close()


async def _go_round(till: Till) -> None:
    """Let the counter of numbers stand where it stood a million numbers ago."""
    await till.database.script("UPDATE terminal SET stan = '000001'")


@pytest.mark.asyncio
async def test_refund_that_is_answered_at_once_waits_in_nobody_s_eyes() -> None:
    """L61 is told of an advice that waits, and not before it was tried."""
    till = await open_till()
    sold = await till.terminal.sale(yuan(), visa())
    till.notices.clear()

    await till.terminal.refund(Voucher(sold.stan), amount=yuan("0.01"))
    answered = till.told()
    till.notices.clear()
    till.host.faults = [LOST]
    await till.terminal.adjust(Voucher(sold.stan), yuan("0.02"))

    assert [("00", "approved")] == [one for one in answered if one[0] != "L58"]
    assert [("L61", "waiting")] == [one for one in till.told() if one[0] != "L58"]
    await till.terminal.close()
