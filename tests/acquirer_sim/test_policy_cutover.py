"""The settlement date: when it changes, and what of it reaches into payments and batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from acquirer_sim.configuration import CardSettings, MerchantSettings
from acquirer_sim.policy import Policy
from protocol.kinds import PaymentKind
from protocol.operations import ReconciliationResult, Totals
from tests.acquirer_sim.asking import (
    BATCH,
    KEY,
    ORIGIN,
    Books,
    configuration,
    of,
    payment,
    purchase,
    reversal,
    settlement,
)

LIMITED = "4012888888881881"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("cutover", "moment", "date"),
    [
        ("00:00", "2026-11-20T23:59:59+08:00", "20261120"),
        ("00:00", "2026-11-21T00:00:00+08:00", "20261121"),
        ("23:00", "2026-11-20T22:59:59+08:00", "20261120"),
        ("23:00", "2026-11-20T23:00:00+08:00", "20261121"),
        ("23:00", "2026-11-21T00:30:00+08:00", "20261121"),
        ("23:00", "2026-12-31T23:00:00+08:00", "20270101"),
        ("23:00", "2028-02-28T23:15:00+08:00", "20280229"),
        ("00:15", "2027-01-01T00:14:59+08:00", "20270101"),
        ("00:15", "2027-01-01T00:15:00+08:00", "20270102"),
    ],
)
def test_settlement_date_changes_at_the_cut_over(cutover: str, moment: str, date: str) -> None:
    policy = Policy(configuration(cutover=cutover), KEY)

    assert date == policy.settlement_day(at(moment))
    assert date[4:] == policy.settlement_date(at(moment))


@pytest.mark.parametrize(
    ("moment", "date"),
    [("2026-03-29T21:45:00+02:00", "0329"), ("2026-03-29T22:00:00+02:00", "0330")],
)
def test_settlement_date_changes_by_the_wall_clock(moment: str, date: str) -> None:
    """Also on a day of 23 hours."""
    policy = Policy(configuration(cutover="22:00", time_zone="Europe/Berlin"), KEY)

    assert date == policy.settlement_date(at(moment))


BEFORE, AFTER = at("2026-12-31T22:59:00+08:00"), at("2026-12-31T23:01:00+08:00")


def test_batch_has_the_date_of_its_settlement(books: Books) -> None:
    """A payment of one date may be settled on the next: each tells its own."""
    books.believe(cutover="23:00")
    (sold,) = books.decide(purchase(1), now=BEFORE)
    (settled,) = books.decide(settlement(1, 1234), now=AFTER)

    assert ("1231", "0101") == (
        sold.reply.settlement_date,  # type: ignore[union-attr] # a PaymentReply
        settled.reply.settlement_date,  # type: ignore[union-attr] # a SettlementReply
    )


def test_payments_get_90_while_the_host_cuts_over(books: Books) -> None:
    """H8: a declined payment is on record; reversals and settlements are served."""
    books.believe(cutover="23:00", cutover_pause_s=120)
    books.decide(purchase(1), now=BEFORE)
    asked = (purchase(2), reversal(1), settlement(0, 0))
    pausing = [one.reply.code for one in books.decide(*asked, now=AFTER) if one.reply]
    (after,) = books.decide(purchase(3, batch="000002"), now=AFTER + timedelta(minutes=1))

    assert ["90", "00", "00"] == pausing
    assert after.reply is not None
    assert "00" == after.reply.code


def test_daily_limit_begins_anew_with_the_settlement_date(books: Books) -> None:
    card = CardSettings(pan=LIMITED, daily_limit_minor=1000)
    books.believe(cutover="23:00", card=(card,))
    spent = [
        books.decide(purchase(stan, minor, pan=LIMITED), now=now)[0].reply
        for stan, (minor, now) in enumerate(
            [(600, BEFORE), (401, BEFORE), (400, BEFORE), (1, BEFORE), (1000, AFTER), (1, AFTER)], 1
        )
    ]

    assert ["00", "51", "00", "51", "00", "51"] == [one.code for one in spent if one]


def test_reversal_gives_back_the_day_that_was_spent(books: Books) -> None:
    card = CardSettings(pan=LIMITED, daily_limit_minor=1000)
    books.believe(cutover="23:00", card=(card,))
    books.decide(purchase(1, 1000, pan=LIMITED), now=BEFORE)
    late = [
        reversal(1, 1000, pan=None),
        purchase(2, 1000, pan=LIMITED),
        purchase(3, 1, pan=LIMITED),
    ]

    codes = [one.reply.code for one in books.decide(*late, now=AFTER) if one.reply]

    assert ["00", "00", "51"] == codes
    assert [] == books.problems()


def test_both_limits_hold_together(books: Books) -> None:
    card = CardSettings(pan=LIMITED, limit_minor=1500, daily_limit_minor=1000, in_part=True)
    books.believe(card=(card,))
    books.decide(purchase(1, 1001, pan=LIMITED), now=BEFORE)
    inquiry = payment(PaymentKind.BALANCE, 3, 0, pan=LIMITED)
    later = BEFORE + timedelta(days=1)
    told, sold = books.decide(inquiry, purchase(2, 1001, pan=LIMITED), now=later)

    assert [("000001", 1000), ("000002", 500)] == books.rows("SELECT stan, minor FROM payment")
    assert ("00", "10") == (told.reply.code, sold.reply.code)  # type: ignore[union-attr] # replies
    assert 500 == told.reply.balance.minor  # type: ignore[union-attr] # a PaymentReply


def test_cut_over_leaves_batches_open(books: Books) -> None:
    """H8: unless the host is told otherwise."""
    books.believe(cutover="23:00")
    books.decide(purchase(1), now=BEFORE)
    books.decide(purchase(2), now=AFTER)

    assert (2, 2468, 0, 0) == books.figures()


def test_cut_over_closes_batches_when_the_host_is_told_so(books: Books) -> None:
    """H8: the money moves once, the next payment of the terminal is told its batch is over."""
    books.believe(cutover="23:00", force_close_on_cutover=True)
    books.decide(purchase(1), now=BEFORE)
    late = (purchase(2), settlement(1, 1234), purchase(3, 50, batch="000002"))

    sold, settled, next_day = (one.reply for one in books.decide(*late, now=AFTER))

    assert sold is not None
    assert next_day is not None
    assert ("77", "00") == (sold.code, next_day.code)
    assert ("94", ReconciliationResult.ERROR) == (settled.code, settled.result)  # type: ignore[union-attr] # a SettlementReply
    assert [("forced",)] == books.rows("SELECT state FROM batch WHERE batch = ?", (BATCH,))
    assert 1234 == books.balance("merchant:")
    assert [] == books.problems()


@pytest.mark.parametrize(
    ("points", "own", "fee"), [(150, None, 19), (0, 150, 19), (150, 0, 0), (10_000, None, 1234)]
)
def test_merchant_pays_for_its_batch_once(
    books: Books, points: int, own: int | None, fee: int
) -> None:
    """1.50 % of 12.34 is 18.51 of the smallest unit: 19."""
    merchant = MerchantSettings(id=ORIGIN.merchant_id, discount_basis_points=own)
    books.believe(discount_basis_points=points, merchant=(merchant,))
    books.ask(purchase(1), settlement(1, 1234), settlement(1, 1234, repeat=True))

    assert (fee, 1234 - fee) == (books.balance("fees:"), books.balance("merchant:"))
    assert [] == books.problems()


def test_merchant_gets_its_fee_back_when_it_gave_more_than_it_took(books: Books) -> None:
    books.believe(discount_basis_points=100)
    totals = Totals(credit_count=1, credit_amount=1234)
    refund = payment(PaymentKind.REFUND, 2, original=of(1), batch="000002")
    books.ask(purchase(1), settlement(1, 1234))
    paid = books.balance("fees:")
    books.ask(refund, settlement(0, 0, batch="000002", totals=totals))

    assert (12, 0, 0) == (paid, books.balance("fees:"), books.balance("merchant:"))
    assert [] == books.problems()
